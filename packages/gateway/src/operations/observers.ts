import type { Cancel, Observe, Sighting } from '@dragoman/core';

/** Everybody who looks on, behind the one function that the core knows. */
export interface Observers {
  readonly observe: Observe;
  /** From now on this one is told too, in the middle of the work: it must be quick and must not throw. */
  add(observe: Observe): Cancel;
}

export function createObservers(): Observers {
  let all: readonly Observe[] = [];
  return {
    observe(sighting: Sighting) {
      for (const tell of all) tell(sighting);
    },
    add(observe) {
      all = [...all, observe];
      return () => {
        all = all.filter((one) => one !== observe);
      };
    },
  };
}
