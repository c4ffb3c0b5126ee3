import type { Cancel, Clock } from '@dragoman/core';

export interface Throttle<Value> {
  push(value: Value): void;
  /** Forgets a value that has not been passed on yet. */
  drop(): void;
  stop(): void;
}

/** Passes on the first value at once and then at most one per interval, the latest [HC customer/typing]. */
export function createThrottle<Value>(everyMs: number, clock: Clock, pass: (value: Value) => void): Throttle<Value> {
  let latest: { readonly value: Value } | undefined;
  let cancel: Cancel | undefined;

  function release(): void {
    cancel = undefined;
    if (latest === undefined) return;
    const { value } = latest;
    latest = undefined;
    cancel = clock.after(everyMs, release);
    pass(value);
  }

  return {
    push(value) {
      latest = { value };
      if (cancel === undefined) release();
    },
    drop() {
      latest = undefined;
    },
    stop: () => cancel?.(),
  };
}
