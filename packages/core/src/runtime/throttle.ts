import type { Cancel, Clock } from '../ports.js';

/** Runs at once and then not again before its time; a request in between is served at its end. */
export class Throttle {
  readonly #ms: number;
  readonly #clock: Clock;
  readonly #run: () => void;
  #isWanted = false;
  #cancel: Cancel | undefined;

  constructor(ms: number, clock: Clock, run: () => void) {
    this.#ms = ms;
    this.#clock = clock;
    this.#run = run;
  }

  request(): void {
    if (this.#cancel !== undefined) this.#isWanted = true;
    else this.#fire();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#isWanted = false;
  }

  #fire(): void {
    this.#isWanted = false;
    this.#cancel = this.#clock.after(this.#ms, () => {
      this.#cancel = undefined;
      if (this.#isWanted) this.#fire();
    });
    this.#run();
  }
}
