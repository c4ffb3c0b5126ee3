/** How often something may happen. */
export interface Rate {
  readonly perSecond: number;
  /** How many at once after a pause. */
  readonly burst: number;
}

/** Counts one thing against one rate. */
export class Bucket {
  #tokens: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#tokens = rate.burst;
    this.#at = now;
  }

  /** Takes one: 0; or how long until there is one, ms. */
  take({ perSecond, burst }: Rate, now: number): number {
    const tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    this.#tokens = tokens < 1 ? tokens : tokens - 1;
    return tokens < 1 ? Math.ceil(((1 - tokens) / perSecond) * 1000) : 0;
  }
}

/** So many within a time, from the first on. */
export interface Quota {
  readonly count: number;
  readonly withinMs: number;
}

/** Counts one thing against one quota. */
export class Tally {
  #count = 0;
  #since = 0;

  /** Counts one more; false: that was one too many. */
  add({ count, withinMs }: Quota, now: number): boolean {
    if (this.#count === 0 || now - this.#since >= withinMs) {
      this.#count = 0;
      this.#since = now;
    }
    this.#count += 1;
    return this.#count <= count;
  }
}
