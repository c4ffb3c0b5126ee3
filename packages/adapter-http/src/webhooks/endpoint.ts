import type { Cancel, ChatEvent, Core, Session } from '@dragoman/core';
import { visibleTo } from '../feed/visible.js';
import { addressGuard } from './address-guard.js';
import { beginningOf } from './beginning.js';
import { after, momentOf, paused, well, widthOf, type Attempt, type Condition, type PauseCause } from './condition.js';
import { DeadLetters, type DeadLetter } from './dead-letters.js';
import { letterOf } from './letter.js';
import { defaultWebhookLimits, type Receiver, type WebhookEndpoint, type WebhookLimits } from './options.js';
import { Outbox, type Handled } from './outbox.js';
import { delayMs, isGivenUp } from './patience.js';
import { Poster, type Posted } from './poster.js';
import { isTaken, reasonOf } from './reasons.js';
import { eventTypeOf } from './wanted.js';

/** So long a stop waits for the answer to what is under way, ms. */
const lastWordsMs = 1_000;

/** Where an endpoint lives. */
export interface Surroundings {
  readonly core: Core;
  /** Of scope `all`, for this endpoint alone. */
  readonly session: Session;
  /** The adapter's own. */
  readonly space: string;
}

/** The guard of a receiver: plain http goes to networks that are allowed by name and nowhere else. */
export function guardOf({ url, allow = [] }: Receiver) {
  return addressGuard(allow, { publicToo: new URL(url).protocol === 'https:' });
}

interface Kept {
  readonly outbox: () => Outbox;
  readonly dead: DeadLetters;
  readonly condition: Condition;
}

/** One endpoint that is told what happens: tries, waits, pauses, and sets aside what it does not take. */
export class Endpoint {
  readonly id: string;
  readonly url: URL;
  readonly types: WebhookEndpoint['types'];
  readonly dead: DeadLetters;
  readonly #name: string;
  readonly #secrets: readonly string[];
  readonly #limits: WebhookLimits;
  readonly #around: Surroundings;
  readonly #poster: Poster;
  readonly #outbox: () => Outbox;
  /** Counted attempts of events that have failed, by number. */
  readonly #attempts = new Map<number, number>();
  /** Numbers of what is sent once more. */
  readonly #redriven = new Set<number>();
  #condition: Condition;
  #lastFailure: { readonly at: number; readonly reason: string } | null = null;
  #cancelWait: Cancel | undefined;

  static async open(endpoint: WebhookEndpoint, around: Surroundings): Promise<Endpoint> {
    const { core, session } = around;
    const name = `webhook/${endpoint.id}`;
    const limits = { ...defaultWebhookLimits, ...endpoint.limits };
    const dead = await DeadLetters.load(name, session, limits.deadLetters);
    const wants = eventTypeOf(endpoint.types);
    let outbox: Outbox;
    const opened = new Endpoint(endpoint, around, {
      outbox: () => outbox,
      dead,
      condition: await conditionOf(name, session),
    });
    outbox = await Outbox.open({
      core,
      session,
      name,
      held: limits.held,
      afterNumber: await beginningOf(name, endpoint.from ?? 'now', around),
      width: () => widthOf(opened.#condition, limits.parallel, core.clock.monotonic()),
      wants: (event) => wants(event.type) && visibleTo('all', event) !== undefined,
      handle: (event) => opened.#tell(event),
    });
    return opened;
  }

  private constructor(endpoint: WebhookEndpoint, around: Surroundings, kept: Kept) {
    const { id, url, secrets, types, limits } = endpoint;
    this.id = id;
    this.url = new URL(url);
    this.types = types;
    this.dead = kept.dead;
    this.#name = `webhook/${id}`;
    this.#secrets = secrets;
    this.#limits = { ...defaultWebhookLimits, ...limits };
    this.#around = around;
    this.#outbox = kept.outbox;
    this.#condition = kept.condition;
    const { parallel, timeoutMs } = this.#limits;
    const guard = guardOf(endpoint);
    this.#poster = new Poster({ url: this.url, guard, clock: around.core.clock, parallel, timeoutMs, replyBytes: 0 });
  }

  get condition(): Condition {
    return this.#condition;
  }

  get lastFailure(): { readonly at: number; readonly reason: string } | null {
    return this.#lastFailure;
  }

  /** Events in memory that it has not taken. */
  get waiting(): number {
    return this.#outbox().waiting;
  }

  /** Everything up to this number of the log was taken, set aside, or is not for it. */
  get place(): number {
    return this.#outbox().place;
  }

  readonly grown = (): void => this.#outbox().grown();

  /** Sends nothing more until it is resumed. Resolves when that is durable. */
  async pause(cause: PauseCause = 'asked'): Promise<void> {
    await this.#become(paused(this.#condition, cause, this.#around.core.clock.now()));
  }

  /** Goes on at once, whatever it was paused for. */
  async resume(): Promise<void> {
    this.#cancelWait?.();
    await this.#become(well);
    this.#outbox().go();
  }

  /** Sends what was set aside once more, behind what waits of its chat; undefined: there is no such letter. */
  async redrive(number: number): Promise<DeadLetter | undefined> {
    const { core, session } = this.#around;
    const letter = this.dead.find(number);
    if (letter === undefined || this.#redriven.has(number)) return letter;
    this.#redriven.add(number);
    const events = core.events(session, { afterNumber: number - 1, limit: 1 }).then((page) => page.events);
    const [event] = await events.catch((error: unknown) => {
      this.#redriven.delete(number);
      throw error;
    });
    if (event?.number === number) {
      void this.#again(event);
    } else {
      this.#redriven.delete(number);
      await this.drop(number);
    }
    return letter;
  }

  /** Gives up what was set aside, also where it is being sent once more. */
  async drop(number: number): Promise<void> {
    await this.dead.drop(number);
    this.#attempts.delete(number);
  }

  /** What is under way may still be taken; else it is sent again after the next start, under the same id. */
  async stop(): Promise<void> {
    const giveUp = this.#around.core.clock.after(lastWordsMs, () => this.#poster.stop());
    await this.#outbox().stop();
    giveUp();
    this.#cancelWait?.();
    this.#poster.stop();
  }

  async #again(event: ChatEvent): Promise<void> {
    await this.#outbox().again(event);
    this.#redriven.delete(event.number);
  }

  async #tell(event: ChatEvent): Promise<Handled> {
    const { core, space } = this.#around;
    if (this.#isDropped(event)) return 'done';
    const seen = visibleTo('all', event) ?? event;
    const { headers, body } = letterOf(seen, { core, space, secrets: this.#secrets });
    const posted = await this.#poster.post(headers, body);
    if (!posted.ok && posted.problem === 'STOPPED') return { againMs: 0 };
    const wasPaused = this.#condition.paused !== null;
    this.#note(attemptOf(posted, Math.random()));
    if (isTaken(posted)) return this.#taken(event.number);
    return this.#failed(event, posted, wasPaused);
  }

  /** Somebody gave it up while it was sent once more. */
  #isDropped({ number }: ChatEvent): boolean {
    return this.#redriven.has(number) && this.dead.find(number) === undefined;
  }

  async #taken(number: number): Promise<Handled> {
    this.#attempts.delete(number);
    if (this.dead.find(number) === undefined) return 'done';
    return this.dead.drop(number).then(
      () => 'done',
      () => ({ againMs: this.#limits.firstMs }),
    );
  }

  async #failed(event: ChatEvent, posted: Posted, wasPaused: boolean): Promise<Handled> {
    const { now } = this.#around.core.clock;
    if (this.#isDropped(event)) return 'done';
    const attempts = (this.#attempts.get(event.number) ?? 0) + (wasPaused ? 0 : 1);
    this.#attempts.set(event.number, attempts);
    this.#lastFailure = { at: now(), reason: reasonOf(posted) };
    const isPaused = this.#condition.paused !== null;
    const isRedriven = this.dead.find(event.number) !== undefined;
    const isOver = isGivenUp(this.#limits, { attempts, isPaused: wasPaused, ageMs: now() - event.at });
    if (isOver && (isRedriven || !this.dead.isFull)) return this.#setAside(event, posted, attempts);
    if (isOver) await this.pause('full').catch(() => undefined);
    return { againMs: isPaused ? 0 : delayMs(this.#limits, Math.max(attempts, 1), Math.random()) };
  }

  async #setAside(event: ChatEvent, posted: Posted, attempts: number): Promise<Handled> {
    const { core } = this.#around;
    const { number, eventId, chatId, type } = event;
    const [reason, status] = [reasonOf(posted), posted.ok ? posted.status : null];
    try {
      await this.dead.add({ number, eventId, chatId, type, reason, status, attempts, at: core.clock.now() });
    } catch (error) {
      core.log.warn({ error, webhook: this.id, number }, 'an event nobody takes cannot be set aside now');
      return { againMs: this.#limits.firstMs };
    }
    this.#attempts.delete(number);
    core.log.warn({ webhook: this.id, number, chatId, reason, attempts }, 'an event is set aside: nobody takes it');
    return 'done';
  }

  #note(attempt: Attempt): void {
    const { core } = this.#around;
    const next = after(this.#condition, attempt, momentOf(core.clock), this.#limits);
    this.#become(next).catch((error: unknown) =>
      core.log.warn({ error, webhook: this.id }, 'whether a webhook is paused was not kept'),
    );
    this.#waitUntil(next.restsUntilMs);
  }

  async #become(next: Condition): Promise<void> {
    const { core, session } = this.#around;
    const [before, now] = [this.#condition.paused, next.paused];
    this.#condition = next;
    if (before?.cause === now?.cause) return;
    if (now === null) core.log.info({ webhook: this.id }, 'a webhook goes on');
    else core.log.warn({ webhook: this.id, cause: now.cause }, 'a webhook is paused');
    await session.note(`${this.#name}/paused`, now);
  }

  #waitUntil(monotonicMs: number): void {
    this.#cancelWait?.();
    const { clock } = this.#around.core;
    const ms = monotonicMs - clock.monotonic();
    if (ms > 0) this.#cancelWait = clock.after(ms, () => this.#outbox().go());
  }
}

function attemptOf(posted: Posted, chance: number): Attempt {
  if (!posted.ok) return { type: 'failed', afterMs: null, chance };
  const { status, afterMs } = posted;
  if (isTaken(posted)) return { type: 'taken' };
  if (status === 410) return { type: 'gone' };
  return { type: 'failed', afterMs, chance };
}

/** A pause outlives a restart; one for failing begins with a probe at once. */
async function conditionOf(name: string, session: Session): Promise<Condition> {
  const kept = (await session.notes()).get(`${name}/paused`);
  return kept === undefined ? well : { ...well, paused: kept as Condition['paused'] };
}
