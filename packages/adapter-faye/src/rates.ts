import type { Clock } from '@dragoman/core';

/** How often one key may do something. */
export interface Rate {
  readonly perSecond: number;
  /** How many at once after a pause. */
  readonly burst: number;
}

/** More keys than this are not told apart from newcomers: the ones idle longest are forgotten. */
const maxKeys = 10_000;

/** A bucket of tokens for each key. */
export class Rates {
  readonly #clock: Clock;
  readonly #rate: Rate;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#rate = rate;
  }

  /** Takes one token; false when none is left. */
  take(key: string): boolean {
    const bucket = this.#bucket(key);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  isEmpty(key: string): boolean {
    return this.#bucket(key).tokens < 1;
  }

  #bucket(key: string): { tokens: number } {
    const now = this.#clock.monotonic();
    const { perSecond, burst } = this.#rate;
    const old = this.#buckets.get(key);
    const tokens = old === undefined ? burst : Math.min(burst, old.tokens + ((now - old.at) / 1000) * perSecond);
    const bucket = { tokens, at: now };
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > maxKeys) this.#forgetOldest();
    return bucket;
  }

  #forgetOldest(): void {
    for (const key of this.#buckets.keys()) {
      this.#buckets.delete(key);
      return;
    }
  }
}
