import type { Cancel, Clock } from '@dragoman/core';

export interface LifeLimits {
  /** Life after the last sign of a client, ms. */
  readonly lifeMs: number;
  /** Life of a session that never connected, ms. */
  readonly unconnectedMs: number;
  /** No connection for so long counts as quiet, ms. */
  readonly quietMs: number;
}

/** Whose time has come. */
export interface Calls<Session> {
  readonly silent: (session: Session) => void;
  readonly fellQuiet: (session: Session) => void;
}

/** Since when sessions have been without a sign or a connection; one timer for all of them. */
export class Lifetimes<Session> {
  readonly #clock: Clock;
  readonly #limits: LifeLimits;
  readonly #calls: Calls<Session>;
  /** Each in the order of the times they hold, so that a sweep looks at the due ones alone. */
  readonly #unconnected = new Map<Session, number>();
  readonly #heard = new Map<Session, number>();
  readonly #detached = new Map<Session, number>();
  readonly #quiet = new Set<Session>();
  #known = 0;
  #cancelSweep: Cancel = () => undefined;

  constructor(clock: Clock, limits: LifeLimits, calls: Calls<Session>) {
    this.#clock = clock;
    this.#limits = limits;
    this.#calls = calls;
  }

  opened(session: Session): void {
    this.#stamp(this.#unconnected, session);
    this.#known += 1;
    if (this.#known === 1) this.#sweepLater();
  }

  /** The client was heard; true when it had fallen quiet. */
  heard(session: Session): boolean {
    this.#unconnected.delete(session);
    this.#stamp(this.#heard, session);
    this.#detached.delete(session);
    return this.#quiet.delete(session);
  }

  attached(session: Session): void {
    this.#detached.delete(session);
  }

  detached(session: Session): void {
    this.#stamp(this.#detached, session);
  }

  ended(session: Session): void {
    for (const set of [this.#unconnected, this.#heard, this.#detached, this.#quiet]) set.delete(session);
    this.#known -= 1;
    if (this.#known === 0) this.#cancelSweep();
  }

  #stamp(times: Map<Session, number>, session: Session): void {
    times.delete(session);
    times.set(session, this.#clock.monotonic());
  }

  #sweepLater(): void {
    this.#cancelSweep();
    const every = Math.min(this.#limits.unconnectedMs, this.#limits.quietMs, this.#limits.lifeMs) / 5;
    this.#cancelSweep = this.#clock.after(every, () => this.#sweep());
  }

  #sweep(): void {
    const now = this.#clock.monotonic();
    for (const session of due(this.#unconnected, now - this.#limits.unconnectedMs)) this.#calls.silent(session);
    for (const session of due(this.#heard, now - this.#limits.lifeMs)) this.#calls.silent(session);
    for (const session of due(this.#detached, now - this.#limits.quietMs)) {
      this.#detached.delete(session);
      this.#quiet.add(session);
      this.#calls.fellQuiet(session);
    }
    if (this.#known > 0) this.#sweepLater();
  }
}

/** The keys whose time is not later than this; the map is in the order of its times. */
function due<Key>(times: ReadonlyMap<Key, number>, until: number): Key[] {
  const found: Key[] = [];
  for (const [key, time] of times) {
    if (time > until) break;
    found.push(key);
  }
  return found;
}
