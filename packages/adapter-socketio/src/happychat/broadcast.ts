import type { Cancel, Clock, Happening, Ids, Lobby } from '@dragoman/core';
import type { Peer } from '../transport.js';
import type { Board } from './board.js';

/** How long the state must be quiet before it is told, and how long it is never held back, ms [HCD 16]. */
export const broadcastPace = { quietMs: 20, atMostMs: 200 } as const;

/** Tells the operators what has changed in the state they share. */
export interface Broadcast {
  /** Something happened; the lobby it left behind is looked at when the state is told. */
  note(event: Happening): void;
  /** The state as it was last told: what has changed since is told to everybody alike [HCS versions]. */
  current(): { readonly version: string; readonly state: unknown };
  /** From now on this peer hears every change. */
  join(peer: Peer): Cancel;
  stop(): void;
}

export function createBroadcast(
  board: Board,
  lobby: () => Lobby,
  with_: { readonly clock: Clock; readonly ids: Ids },
): Broadcast {
  const peers = new Set<Peer>();
  let version = with_.ids.event();
  let dueAt: number | undefined;
  let cancel: Cancel | undefined;

  function tell(): void {
    cancel = undefined;
    dueAt = undefined;
    const change = board.settle(lobby());
    if (change === undefined) return;
    const next = with_.ids.event();
    const frame = { name: 'broadcast.update', args: [version, next, change] };
    version = next;
    for (const peer of peers) peer.send(frame);
  }

  return {
    note(event) {
      board.note(event);
      const now = with_.clock.monotonic();
      dueAt ??= now + broadcastPace.atMostMs;
      cancel?.();
      cancel = with_.clock.after(Math.min(broadcastPace.quietMs, Math.max(0, dueAt - now)), tell);
    },
    current: () => ({ version, state: board.state() }),
    join(peer) {
      peers.add(peer);
      return () => peers.delete(peer);
    },
    stop() {
      cancel?.();
      peers.clear();
    },
  };
}
