import { setTimeout as pause } from 'node:timers/promises';
import { connect, type ConfirmChannel, type GetMessage, type Message, type Options } from 'amqplib';
import { brokerAddress } from './broker-address.js';
import { socketOf, type BrokerTls } from './link.js';

/** A queue of messages that were put aside, by us or by the broker. */
export interface ReviewOptions {
  /** One `amqp:` or `amqps:` address. */
  readonly url: string;
  readonly tls?: BrokerTls;
  /** For example `gw.parked`, or `gw.dead`. */
  readonly queue: string;
  /** Messages looked at, at most. Default 1000. */
  readonly limit?: number;
}

/** A message that was put aside. */
export interface AsideMessage {
  /** Its place in the queue, from 1. */
  readonly place: number;
  /** Why: a reason of ours, or the broker's; '' where nobody says. */
  readonly reason: string;
  /** Names a field, a type or a code, never what somebody wrote. */
  readonly detail: string;
  /** When, ISO 8601; '' where nobody says. */
  readonly at: string;
  /** Our queue it came from, where it can go again; '' where nobody says. */
  readonly from: string;
  /** How often it was given again already. */
  readonly times: number;
  readonly messageId: string | undefined;
  readonly body: Buffer;
}

/** `again`: back into the queue it came from. `drop`: away for good. */
export type AsideVerdict = 'keep' | 'again' | 'drop';

export type ReviewResult = Readonly<Record<AsideVerdict, number>>;

/**
 * Goes through what was put aside, oldest first, and does with each what `decide` says; what is kept stays in its order.
 * Safe at any time: a message leaves the queue only after its copy is confirmed in the other; what has
 * no queue to go back to is kept. Rejects with the broker's own words, 404 where there is no such queue.
 */
export async function review(
  { url, tls = {}, queue, limit = 1_000 }: ReviewOptions,
  decide: (message: AsideMessage) => AsideVerdict | Promise<AsideVerdict>,
): Promise<ReviewResult> {
  const model = await connect(brokerAddress(url).options, socketOf(tls, 'dragoman review'));
  model.on('error', () => undefined);
  try {
    const channel = await model.createConfirmChannel();
    channel.on('error', () => undefined);
    const counts = { keep: 0, again: 0, drop: 0 };
    // What comes in meanwhile is for the next review.
    const { messageCount } = await channel.checkQueue(queue);
    for (let place = 1; place <= Math.min(limit, messageCount); place += 1) {
      const found = await channel.get(queue);
      if (found === false) break;
      const message = told(found, place);
      const wanted = await decide(message);
      const verdict = wanted !== 'again' || (await isGivenAgain(channel, found, message)) ? wanted : 'keep';
      if (verdict !== 'keep') channel.ack(found);
      counts[verdict] += 1;
    }
    await giveBack(channel, queue, counts.keep);
    await channel.close();
    return counts;
  } finally {
    await model.close().catch(() => undefined);
  }
}

/** A quorum queue takes back later than it says so; whoever looks next is to find it. */
const backMs = { look: 20, most: 1_000 } as const;

/** What was kept, in its old order. Resolves when the queue has it, or when somebody else may have taken it again. */
async function giveBack(channel: ConfirmChannel, queue: string, kept: number): Promise<void> {
  if (kept === 0) return;
  channel.nackAll(true);
  for (let waitedMs = 0; waitedMs < backMs.most; waitedMs += backMs.look) {
    if ((await channel.checkQueue(queue)).messageCount >= kept) return;
    await pause(backMs.look);
  }
}

function told({ properties, content }: GetMessage, place: number): AsideMessage {
  const headers: Readonly<Record<string, unknown>> = properties.headers ?? {};
  const first = (...names: readonly string[]): string =>
    names.map((name) => headers[name]).find((value) => typeof value === 'string') ?? '';
  const times = headers[timesHeader];
  return {
    place,
    reason: first('x-park-reason', 'x-first-death-reason'),
    detail: first('x-park-detail'),
    at: first('x-park-at'),
    from: first('x-park-queue', 'x-first-death-queue'),
    times: typeof times === 'number' ? times : 0,
    messageId: typeof properties.messageId === 'string' ? properties.messageId : undefined,
    body: content,
  };
}

const timesHeader = 'x-park-count';
/** What was said of its putting aside, by us and by the broker, and what would send it to further queues. */
const aboutAside = /^(?:x-(?:park-|death$|first-death-|last-death-|delivery-count$)|B?CC$)/;

/** Through the default exchange: nobody else gets it a second time. False: nobody has such a queue any more. */
async function isGivenAgain(
  channel: ConfirmChannel,
  { properties, content }: GetMessage,
  { from, times }: AsideMessage,
): Promise<boolean> {
  if (from === '') return false;
  const kept = Object.entries(properties.headers ?? {}).filter(([name]) => !aboutAside.test(name));
  const headers = { ...Object.fromEntries(kept), [timesHeader]: times + 1 };
  const { userId: _, expiration: _ms, clusterId: _id, ...passedOn } = properties;
  const letter: Options.Publish = { ...passedOn, headers, persistent: true, mandatory: true };
  let isReturned = false;
  const note = (_message: Message): void => void (isReturned = true);
  channel.once('return', note);
  await new Promise<void>((resolve, reject) => {
    channel.publish('', from, content, letter, (error: unknown) =>
      error == null ? resolve() : reject(new Error(`the queue ${from} takes nothing more`)),
    );
  });
  channel.off('return', note);
  return !isReturned;
}
