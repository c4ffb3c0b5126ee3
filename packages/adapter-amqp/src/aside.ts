import { createHash } from 'node:crypto';
import type { DeadLetter, DeadLetters } from '@dragoman/core';
import type { BrokerTls } from './link.js';
import { review, type AsideMessage, type AsideVerdict } from './review.js';

/** Where messages lie that were put aside. */
export interface AsidePlace {
  /** Tried in turn. */
  readonly urls: readonly string[];
  readonly tls?: BrokerTls | undefined;
  readonly queues: readonly string[];
}

/** A message has no name of its own on a broker: when it was put aside, and what is in it, tell it from the others. */
const idOf = (queue: string, { at, messageId, body }: AsideMessage): string =>
  `${queue}:${createHash('sha256').update(`${at} ${messageId}\n`).update(body).digest('base64url').slice(0, 22)}`;

/** What kind of message it says it is: a word of its protocol, never what somebody wrote. */
function typeOf(body: Buffer): string {
  const [, type] = /"(?:type|event)"\s*:\s*"([a-z_]{1,40})"/.exec(body.toString('utf8', 0, 4096)) ?? [];
  return type ?? 'message';
}

function letterOf(queue: string, message: AsideMessage): DeadLetter {
  const { reason, detail, from, times, at, body } = message;
  return {
    ...{ id: idOf(queue, message), way: 'in', to: from || queue, event: typeOf(body), chatId: null },
    reason: [reason || 'unknown', detail].filter((part) => part !== '').join(' '),
    attempts: times + 1,
    at: at === '' ? null : Date.parse(at),
  };
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 404;

/** What lies aside on a broker, as what the adapter has set aside. Every call looks there. */
export function asideOn({ urls, tls = {}, queues }: AsidePlace): DeadLetters {
  let latest: Promise<unknown> = Promise.resolve();
  /** Who looks while somebody looks already sees the same. */
  let looking: Promise<readonly DeadLetter[]> | undefined;

  /** One after the other: what one visit looks at is hidden from every other. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = latest.then(work, work);
    latest = turn;
    return turn;
  }

  async function visit(queue: string, decide: (message: AsideMessage) => AsideVerdict): Promise<void> {
    const problems: unknown[] = [];
    for (const url of urls) {
      try {
        return void (await review({ url, tls, queue }, decide));
      } catch (error) {
        // Where others made what is on the broker, there may be no such queue, and nothing lies in it.
        if (isMissing(error)) return;
        problems.push(error);
      }
    }
    throw new AggregateError(problems, `what lies aside in ${queue} cannot be read`);
  }

  async function all(): Promise<readonly DeadLetter[]> {
    const letters: DeadLetter[] = [];
    for (const queue of queues) {
      await visit(queue, (message) => {
        letters.push(letterOf(queue, message));
        return 'keep';
      });
    }
    return letters;
  }

  async function redrive(id: string): Promise<boolean> {
    const queue = queues.find((one) => id.startsWith(`${one}:`));
    if (queue === undefined) return false;
    let isFound = false;
    await visit(queue, (message) => {
      if (isFound || idOf(queue, message) !== id) return 'keep';
      isFound = true;
      return 'again';
    });
    return isFound;
  }

  const look = (): Promise<readonly DeadLetter[]> => inTurn(all).finally(() => (looking = undefined));
  return { all: () => (looking ??= look()), redrive: (id) => inTurn(() => redrive(id)) };
}
