import type { Clock } from '@dragoman/core';

/** Batches smaller than this are not waited for, ms. */
const stepMs = 50;

/** Says good-bye to each in turn, evenly over the time given: who is told comes back at once, and all would come together. [PHX reconnecting] */
export async function sayFarewell(farewells: readonly (() => void)[], overMs: number, clock: Clock): Promise<void> {
  const pauseMs = overMs / Math.max(1, farewells.length);
  const from = clock.monotonic();
  for (const [index, farewell] of farewells.entries()) {
    // By its own time, not by the one before: what is late on a busy machine must not add up.
    const earlyMs = from + index * pauseMs - clock.monotonic();
    if (earlyMs >= stepMs) await new Promise<void>((resolve) => void clock.after(earlyMs, resolve));
    farewell();
  }
}
