import type { Clock } from '@dragoman/core';

/** Batches smaller than this are not waited for, ms. */
const stepMs = 50;

/** Says good-bye to each in turn, evenly over the time given: who is told comes back at once, and all would come together. [PHX reconnecting] */
export async function sayFarewell(farewells: readonly (() => void)[], overMs: number, clock: Clock): Promise<void> {
  const pauseMs = overMs / Math.max(1, farewells.length);
  let owedMs = 0;
  for (const farewell of farewells) {
    if (owedMs >= stepMs) {
      const restMs = owedMs;
      owedMs = 0;
      await new Promise<void>((resolve) => void clock.after(restMs, resolve));
    }
    farewell();
    owedMs += pauseMs;
  }
}
