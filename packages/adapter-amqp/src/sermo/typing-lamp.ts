import type { Cancel, Clock } from '@dragoman/core';

/** How often a lamp that stays on is shown again, ms. [SERMOD typing] */
const renewMs = 10_000;

/** Shows that somebody writes: once when it begins, now and then while it lasts, and its end by itself. */
export class TypingLamp {
  readonly #clock: Clock;
  readonly #show: (isOn: boolean) => void;
  #shownAt: number | undefined;
  #cancel: Cancel | undefined;

  constructor(clock: Clock, show: (isOn: boolean) => void) {
    this.#clock = clock;
    this.#show = show;
  }

  set(isOn: boolean, forMs: number): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (!isOn) {
      if (this.#shownAt !== undefined) this.#show(false);
      this.#shownAt = undefined;
      return;
    }
    const now = this.#clock.monotonic();
    if (this.#shownAt === undefined || now - this.#shownAt >= renewMs) {
      this.#shownAt = now;
      this.#show(true);
    }
    this.#cancel = this.#clock.after(forMs, () => this.set(false, 0));
  }

  /** The words are there: nothing more is shown. */
  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#shownAt = undefined;
  }
}
