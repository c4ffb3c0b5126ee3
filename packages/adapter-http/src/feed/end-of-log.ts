import type { Core, Session } from '@dragoman/core';

/** Whether the log goes on after a number. */
async function goesOnAfter(core: Core, session: Session, afterNumber: number): Promise<boolean> {
  return (await core.events(session, { afterNumber, limit: 1 })).lastNumber > afterNumber;
}

/** The number after which the log of a workspace has nothing yet, found in as many looks as the number has bits. */
export async function endOfLog(core: Core, session: Session): Promise<number> {
  let [low, high] = [0, 1];
  while (await goesOnAfter(core, session, high)) [low, high] = [high, Math.min(high * 2, Number.MAX_SAFE_INTEGER)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await goesOnAfter(core, session, middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
