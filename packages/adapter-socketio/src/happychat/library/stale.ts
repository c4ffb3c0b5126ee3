import type { Cancel, Clock } from '@dragoman/core';
import { staleChatsRemoved } from './actions.js';
import type { Bridge } from './bridge.js';
import type { Logs } from './logs.js';
import { STATUS_CLOSED, type LibraryState } from './state.js';

/** How often closed chats are looked through, ms [HCS housekeeping]. */
const everyMs = 60_000;

/** Closed chats kept however young they are; of more the oldest go. */
const maxClosed = 10_000;

/** Forgets chats closed too long ago, at once and from time to time. */
export function forgetStale(
  staleMs: number,
  on: { readonly bridge: Bridge; readonly logs: Logs; readonly clock: Clock },
): Cancel {
  let cancel: Cancel = on.clock.after(0, sweep);

  function sweep(): void {
    cancel = on.clock.after(everyMs, sweep);
    const chats = on.bridge.truth().chatlist;
    on.bridge.tell(staleChatsRemoved(Math.max(on.clock.now() - staleMs, crowdedOut(chats))));
    const left = on.bridge.truth().chatlist;
    if (left === chats) return;
    for (const id of Object.keys(chats)) if (!Object.hasOwn(left, id)) on.logs.forget(id);
  }

  return () => cancel();
}

/** The moment before which chats were closed for which there is no room. */
function crowdedOut(chats: LibraryState['chatlist']): number {
  const closings = Object.values(chats).flatMap(([status, , , at]) =>
    status === STATUS_CLOSED && typeof at === 'number' ? [at] : [],
  );
  if (closings.length <= maxClosed) return 0;
  return closings.sort((a, b) => b - a)[maxClosed - 1] ?? 0;
}
