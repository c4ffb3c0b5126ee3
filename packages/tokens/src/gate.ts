import type { Clock } from '@dragoman/core';

export interface GateOptions {
  /** Works so many things at once. */
  readonly atOnce: number;
  /** So many more may wait. */
  readonly waiting: number;
  /** Waits no longer than this, ms. */
  readonly patienceMs: number;
  readonly clock: Clock;
}

/** Does the work when it is its turn; resolves with undefined when there is no room for it or its turn does not come. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T | undefined>;

export function createGate({ atOnce, waiting, patienceMs, clock }: GateOptions): Gate {
  const queue = new Set<(isAdmitted: boolean) => void>();
  let working = 0;

  async function turn(): Promise<boolean> {
    if (working < atOnce) {
      working += 1;
      return true;
    }
    if (queue.size >= waiting) return false;
    return new Promise((resolve) => {
      const settle = (isAdmitted: boolean): void => {
        queue.delete(settle);
        cancel();
        resolve(isAdmitted);
      };
      const cancel = clock.after(patienceMs, () => settle(false));
      queue.add(settle);
    });
  }

  /** The place goes to who waits longest, without ever being free in between. */
  function leave(): void {
    const [next] = queue;
    if (next === undefined) working -= 1;
    else next(true);
  }

  return async (work) => {
    if (!(await turn())) return undefined;
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
