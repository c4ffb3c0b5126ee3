import { createHash } from 'node:crypto';
import type { MessageProperties, Options } from 'amqplib';
import { traceIn, type Clock, type Log, type Outcome, type Trace } from '@dragoman/core';
import { backoffMs } from '../backoff.js';
import type { Carrier, Letter, Taken } from '../transport.js';
import { Refused, Stopped } from '../transport.js';
import { problemOf } from '../link.js';
import { within } from '../waiting.js';
import type { Address, Opaque, Parsed, Problem, Reading } from './frames.js';
import { sessionKey } from './keys.js';
import type { Repeats } from './repeats.js';
import type { Suspects, Taker } from './suspects.js';
import type { Tally } from './tally.js';

/** What becomes of a message: it has had its effect, it is put aside, or it is tried again. */
export type Verdict = 'done' | { readonly park: Problem } | { readonly retryMs: number };

/** What the broker says about an event. */
export interface Circumstances {
  /** The name of its session. */
  readonly session: string;
  /** When it was published, ms; undefined where nobody says. */
  readonly sentAt: number | undefined;
  readonly receivedAt: number;
  /** Names the message for good, in its session: producers may count for each. Absent: two alike are two. */
  readonly named: { readonly commandId?: string };
  /** The trace the message came with. */
  readonly trace: Trace | undefined;
}

export interface IntakeOptions<Event extends Address & { readonly type: string }> {
  readonly queue: string;
  readonly parse: (body: Uint8Array, how: Reading) => Parsed<Event>;
  readonly reading: Reading;
  /** A type that nobody knows is not worth a place aside. */
  readonly ignoresUnknown: boolean;
  readonly platforms: ReadonlySet<string>;
  /** What makes the event have its effect; called one after the other for each session. */
  readonly handle: (event: Event, about: Circumstances) => Promise<Verdict>;
  /** Keeps an event without meaning with its chat; undefined: there is none, or it is too large. */
  readonly keep: (event: Opaque, about: Circumstances) => Promise<Verdict | undefined>;
  /** The problem is put aside; the chat may have to be told. */
  readonly parked: (problem: Problem) => Promise<void>;
  /** Types that say nothing once they are old. */
  readonly shortLived: ReadonlySet<string>;
  readonly staleMs: number;
  readonly origin: string;
  readonly space: string;
  readonly parkQueue: string;
  readonly repeats: Repeats;
  readonly suspects: Suspects;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly log: Log;
  readonly nextId: () => string;
  /** Gives everything back to the broker until the core can store something. */
  readonly giveBack: () => void;
}

/** One message that is to have its effect. */
interface Errand {
  readonly type: string;
  readonly attempt: () => Promise<Verdict>;
  /** It has had it. */
  readonly done: () => void;
}

const again = { firstMs: 100, mostMs: 5_000 } as const;
/** What fails for so long is given back to the broker, and nothing is taken until the core works, ms. */
const patienceMs = 60_000;
/** Signs of life are never kept, whoever gives them. [SERMOD later types] */
const fleeting: ReadonlySet<string> = new Set(['application_heartbeat']);
const unnamed = {} as const;
const encodings: ReadonlySet<unknown> = new Set([undefined, '', 'utf-8', 'UTF-8', 'utf8', 'identity']);

/** Takes messages from one queue: each ends acknowledged, after its effect is durable or a copy of it is put aside. */
export class Intake<Event extends Address & { readonly type: string }> implements Taker {
  readonly #options: IntakeOptions<Event>;
  readonly #carrier: () => Carrier;

  constructor(carrier: () => Carrier, options: IntakeOptions<Event>) {
    this.#carrier = carrier;
    this.#options = options;
  }

  readonly take = (taken: Taken): void => this.#options.suspects.take(taken, this);

  begin(taken: Taken): void {
    const { tally, origin, clock } = this.#options;
    const { properties, content } = taken.message;
    if (properties.headers?.['x-gw-origin'] === origin) return this.#pass(taken, 'own');
    const receivedAt = clock.now();
    if (!encodings.has(properties.contentEncoding)) {
      return this.aside(taken, { reason: 'unsupported_encoding', detail: '' });
    }
    const parsed = this.#options.parse(content, this.#options.reading);
    if (!parsed.ok) return this.#refuse(taken, parsed.problem);
    for (const field of parsed.odd) tally.count(`odd_${field}`);
    const { alias } = parsed;
    if (alias !== undefined) tally.count(`alias_${alias}`);
    if ('opaque' in parsed) return this.#keep(taken, parsed.opaque, receivedAt);
    const { event } = parsed;
    if (!this.#options.platforms.has(event.platformId)) {
      return this.aside(taken, { reason: 'unknown_platform', detail: event.platformId });
    }
    const about = this.#about(taken, event, receivedAt);
    if (this.#isStale(event, about)) return this.#pass(taken, 'stale');
    this.#carrier().lanes.run(about.session, () => this.#obey(taken, event, about));
  }

  /** In the lane of its session where it has one, so that the chat is told in order. */
  aside(taken: Taken, problem: Problem): void {
    const key = problem.address === undefined ? '' : sessionKey(problem.address);
    this.#carrier().lanes.run(key, () => this.#park(taken, problem));
  }

  /** An event without meaning here stays with its chat; where there is none it is nothing. */
  #keep(taken: Taken, opaque: Opaque, receivedAt: number): void {
    const { platforms, keep } = this.#options;
    if (fleeting.has(opaque.name) || !platforms.has(opaque.platformId)) return this.#pass(taken, 'silent');
    const about = this.#about(taken, opaque, receivedAt);
    let isKept = true;
    const attempt = async (): Promise<Verdict> => {
      const kept = await keep(opaque, about);
      isKept = kept !== undefined;
      return kept ?? 'done';
    };
    const done = (): void => this.#pass(taken, isKept ? 'opaque' : 'silent');
    this.#carrier().lanes.run(about.session, () => this.#persist(taken, { type: opaque.name, attempt, done }));
  }

  #refuse(taken: Taken, problem: Problem): void {
    if (problem.reason === 'unknown_type' && this.#options.ignoresUnknown) this.#pass(taken, 'ignored_unknown_type');
    else this.aside(taken, problem);
  }

  #pass(taken: Taken, why: string): void {
    this.#options.tally.count(why);
    taken.ack();
  }

  #about({ message: { properties } }: Taken, address: Address, receivedAt: number): Circumstances {
    const { timestamp, messageId, appId, headers } = properties;
    const isNamed = typeof messageId === 'string' && messageId !== '';
    const { space, queue } = this.#options;
    const session = sessionKey(address);
    const producer = typeof appId === 'string' ? appId : '';
    return {
      session,
      receivedAt,
      sentAt: typeof timestamp === 'number' && timestamp > 0 ? timestamp * 1_000 : undefined,
      named: isNamed ? { commandId: `${space}/${queue}/${producer}/${session}/${messageId}` } : unnamed,
      trace: traceIn({ traceparent: headers?.['traceparent'], tracestate: headers?.['tracestate'] }),
    };
  }

  #isStale(event: Event, { sentAt, receivedAt }: Circumstances): boolean {
    const { shortLived, staleMs } = this.#options;
    return sentAt !== undefined && shortLived.has(event.type) && receivedAt - sentAt > staleMs;
  }

  #obey(taken: Taken, event: Event, about: Circumstances): void | Promise<void> {
    const { repeats, tally, clock, handle } = this.#options;
    const key = about.session;
    const digest = about.named.commandId === undefined && event.type === 'text' ? digestOf(taken) : undefined;
    if (digest !== undefined && taken.message.fields.redelivered && repeats.take(key, digest, clock.monotonic())) {
      return this.#pass(taken, 'duplicate');
    }
    const done = (): void => {
      tally.count(`in_${event.type}`);
      if (digest === undefined) return taken.ack();
      repeats.add(key, digest, clock.monotonic());
      taken.ack(() => void repeats.take(key, digest, clock.monotonic()));
    };
    return this.#persist(taken, { type: event.type, attempt: () => handle(event, about), done });
  }

  /** Until there is a verdict, or the message went back to the broker. */
  async #persist(taken: Taken, { type, attempt, done }: Errand): Promise<void> {
    const { clock, log } = this.#options;
    const { publisher } = this.#carrier();
    // What is read makes letters: those that wait go first, so that what is on its way stays little.
    if (publisher.isCrowded) await publisher.relief();
    const startedAt = clock.monotonic();
    for (let times = 0; taken.isAlive(); times += 1) {
      let verdict: Verdict = { retryMs: 0 };
      try {
        verdict = await attempt();
      } catch (error) {
        log.warn({ type, problem: problemOf(error) }, 'an event waits: the core cannot take it now');
      }
      if (verdict === 'done') return done();
      if ('park' in verdict) return this.#park(taken, verdict.park);
      if (clock.monotonic() - startedAt > patienceMs) this.#options.giveBack();
      const retryMs = Math.max(backoffMs(again, times, Math.random()), verdict.retryMs);
      await within(clock, retryMs, new Promise(() => undefined));
    }
  }

  async #park(taken: Taken, problem: Problem): Promise<void> {
    const { log, tally, parkQueue, queue, clock, nextId, parked } = this.#options;
    const { properties, fields, content } = taken.message;
    if (!taken.isAlive()) return;
    try {
      await parked(problem).catch((error: unknown) => log.warn({ problem: problemOf(error) }, 'the chat was not told'));
      const messageId = typeof properties.messageId === 'string' ? properties.messageId : nextId();
      const why = {
        'x-park-reason': problem.reason,
        'x-park-detail': problem.detail.slice(0, 500),
        'x-park-at': new Date(clock.now()).toISOString(),
        'x-park-queue': queue,
        'x-park-exchange': fields.exchange,
        'x-park-routing-key': fields.routingKey,
      };
      const aside = { exchange: '', key: parkQueue, body: content };
      const named = { messageId, persistent: true, mandatory: true };
      const kept = { ...passedOn(properties), ...named };
      await this.#sendWhenAllowed(taken, {
        ...aside,
        properties: { ...kept, headers: { ...kept.headers, ...why } },
      }).catch((error) => {
        if (error instanceof Stopped) throw error;
        // Properties that cannot be written again are left behind: the body is what matters.
        return this.#sendWhenAllowed(taken, { ...aside, properties: { ...named, headers: why } });
      });
      tally.count(`parked_${problem.reason}`);
      log.warn({ queue, reason: problem.reason, detail: problem.detail }, 'an event was put aside');
      taken.ack();
    } catch (error) {
      if (!(error instanceof Stopped)) log.error({ problem: problemOf(error) }, 'an event could not be put aside');
    }
  }

  /** What may not be put aside is not lost: its session waits, unacknowledged, until it may. */
  async #sendWhenAllowed(taken: Taken, letter: Letter): Promise<void> {
    for (;;) {
      try {
        return await this.#carrier().publisher.send(letter);
      } catch (error) {
        if (!(error instanceof Refused) || !taken.isAlive()) throw error;
        await within(this.#options.clock, again.mostMs, new Promise(() => undefined));
      }
    }
  }
}

/** Without what the broker would act on: it refuses another's user, lets a copy expire, and sends it to further queues. */
function passedOn({ userId: _, expiration: _ms, clusterId: _id, ...properties }: MessageProperties): Options.Publish {
  const { CC: _cc, BCC: _bcc, ...headers } = properties.headers ?? {};
  return { ...properties, headers };
}

function digestOf({ message }: Taken): string {
  return createHash('sha256').update(message.content).digest('base64');
}

/** What a command's outcome means for the message that asked it. `mayEnd` lists refusals that are as good as done. */
export function verdictOf(outcome: Outcome, mayEnd: readonly string[]): Verdict {
  if (outcome.ok) return 'done';
  const { code, canRetry, afterMs } = outcome.rejection;
  if (canRetry) return { retryMs: afterMs ?? 0 };
  if (mayEnd.includes(code)) return 'done';
  return { park: { reason: code === 'UNKNOWN_CHAT' ? 'unknown_session' : 'refused', detail: code } };
}
