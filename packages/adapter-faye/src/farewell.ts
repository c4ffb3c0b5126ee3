import type { Advice } from './bayeux.js';

/** A part of the spread whose multiples visit all of it evenly, whatever the number of clients. */
const step = 0.3862;

/** Once begun, everybody is told to come back later, each at another time: they must not all shake hands at once. */
export class Farewell {
  readonly #spreadMs: number;
  #isSaid = false;
  #intervalMs = 0;

  constructor(spreadMs: number) {
    this.#spreadMs = spreadMs;
  }

  begin(): void {
    this.#isSaid = true;
  }

  /** Undefined while nobody leaves. */
  advice(): Advice | undefined {
    if (!this.#isSaid) return undefined;
    this.#intervalMs = (this.#intervalMs + step * this.#spreadMs) % this.#spreadMs;
    return { reconnect: 'handshake', interval: Math.round(this.#intervalMs) };
  }
}
