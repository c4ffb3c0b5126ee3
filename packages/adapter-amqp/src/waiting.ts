import type { Cancel, Clock } from '@dragoman/core';

/** Waits that end early when everything stops. */
export class Waiting {
  readonly #clock: Clock;
  readonly #pending = new Map<() => void, Cancel>();
  #isOver = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  pause(ms: number): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        this.#pending.delete(end);
        resolve();
      };
      this.#pending.set(end, this.#clock.after(ms, end));
    });
  }

  stop(): void {
    this.#isOver = true;
    for (const [end, cancel] of this.#pending) {
      cancel();
      end();
    }
  }
}

/** Resolves when the work is over, well or not, or after so long, ms. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  const waiting = new Waiting(clock);
  const done = work.then(
    () => waiting.stop(),
    () => waiting.stop(),
  );
  await Promise.race([done, waiting.pause(ms)]);
}
