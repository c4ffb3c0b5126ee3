import type { Clock } from '../ports.js';

/** How much somebody may do: so many at once, and so many a second for ever. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

const taken = { ok: true } as const;

/** A bucket of tokens that fills with time. */
export class Bucket {
  #tokens: number;
  #filledAt: number;
  readonly rate: Rate;
  readonly #clock: Clock;

  constructor(rate: Rate, clock: Clock) {
    this.rate = rate;
    this.#clock = clock;
    this.#tokens = rate.burst;
    this.#filledAt = clock.monotonic();
  }

  /** Takes one token; else how long to wait for the next, ms. */
  take(): { readonly ok: true } | { readonly ok: false; readonly afterMs: number } {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.rate.burst, this.#tokens + ((now - this.#filledAt) / 1_000) * this.rate.perSecond);
    this.#filledAt = now;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return taken;
    }
    return { ok: false, afterMs: Math.ceil(((1 - this.#tokens) / this.rate.perSecond) * 1_000) };
  }
}
