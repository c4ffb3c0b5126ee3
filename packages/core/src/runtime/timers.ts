import type { Cancel, Clock, Log } from '../ports.js';
import type { Store, TimerOrder } from '../store.js';

/**
 * Timers that measure somebody's absence, with its beginning as their token: those that ran before a restart wait until
 * everybody could be back.
 */
const absenceTimers: ReadonlySet<string> = new Set(['customer-left', 'customer-gone', 'abandoned']);

/** A timer not settled after so long is claimed again, ms. */
const holdMs = 30_000;

/** How many timers are claimed at once. */
const claimAtOnce = 100;

interface TimerPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives the command; resolves when it has been settled. */
  readonly fire: (timer: TimerOrder) => Promise<void>;
}

/** Fires what is due in the store, and sleeps until the next. */
export class Timers {
  readonly #ports: TimerPorts;
  readonly #startedAt: number;
  /** By the monotonic clock: where a machine has just started, the other one may be set. */
  readonly #graceEndsMs: number;
  #cancel: Cancel | undefined;
  #wakesAt = Infinity;
  #isRunning = false;
  /** Woken while it ran: something may be due that it did not see. */
  #isWanted = false;
  #isStopped = false;

  constructor(ports: TimerPorts, graceMs: number) {
    this.#ports = ports;
    this.#startedAt = ports.clock.now();
    this.#graceEndsMs = ports.clock.monotonic() + graceMs;
  }

  /** A timer was set: wakes earlier if it is due earlier. */
  expect(dueAt: number): void {
    if (this.#isStopped || dueAt >= this.#wakesAt) return;
    this.#cancel?.();
    this.#wakesAt = dueAt;
    this.#cancel = this.#ports.clock.after(Math.max(dueAt - this.#ports.clock.now(), 0), () => void this.run());
  }

  async run(): Promise<void> {
    if (this.#isStopped) return;
    if (this.#isRunning) {
      this.#isWanted = true;
      return;
    }
    this.#isRunning = true;
    this.#wakesAt = Infinity;
    let nextAt: number | null = null;
    try {
      nextAt = await this.#claim();
    } catch (error) {
      this.#ports.log.error({ error }, 'timers could not be read');
      nextAt = this.#ports.clock.now() + holdMs;
    }
    this.#isRunning = false;
    if (this.#isWanted) nextAt = this.#ports.clock.now();
    this.#isWanted = false;
    if (nextAt !== null) this.expect(nextAt);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #isFromBefore(timer: TimerOrder): boolean {
    return absenceTimers.has(timer.name) && timer.token < this.#startedAt;
  }

  /** Resolves with when to look again. */
  async #claim(): Promise<number | null> {
    const { store, clock } = this.#ports;
    const graceMs = this.#graceEndsMs - clock.monotonic();
    const inGrace = graceMs > 0;
    const graceEndsAt = clock.now() + graceMs;
    const { due, nextAt } = await store.claimTimers(claimAtOnce, inGrace ? graceMs : holdMs);
    const ready = inGrace ? due.filter((timer) => !this.#isFromBefore(timer)) : due;
    await Promise.all(ready.map((timer) => this.#ports.fire(timer)));
    if (due.length === claimAtOnce) return clock.now();
    const held = ready.length < due.length ? graceEndsAt : Infinity;
    const next = Math.min(nextAt ?? Infinity, held);
    return next === Infinity ? null : next;
  }
}
