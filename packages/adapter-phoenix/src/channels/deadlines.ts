import type { Cancel, Clock } from '@dragoman/core';

interface Deadline {
  readonly dueAt: number;
  readonly run: () => void;
}

/** Many deadlines of one length with one timer: what is added last falls due last. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #afterMs: number;
  readonly #open = new Set<Deadline>();
  #cancelTimer: Cancel | undefined;

  constructor(clock: Clock, afterMs: number) {
    this.#clock = clock;
    this.#afterMs = afterMs;
  }

  add(run: () => void): Cancel {
    const deadline = { dueAt: this.#clock.monotonic() + this.#afterMs, run };
    this.#open.add(deadline);
    this.#cancelTimer ??= this.#clock.after(this.#afterMs, () => this.#fire());
    return () => void this.#open.delete(deadline);
  }

  close(): void {
    this.#cancelTimer?.();
    this.#open.clear();
  }

  /** The timer counts as running until all who are due were told: what they add would start another beside the next. */
  #fire(): void {
    const now = this.#clock.monotonic();
    for (const deadline of this.#open) {
      if (deadline.dueAt > now) break;
      this.#open.delete(deadline);
      deadline.run();
    }
    const [next] = this.#open;
    this.#cancelTimer = next && this.#clock.after(next.dueAt - now, () => this.#fire());
  }
}
