import type { Socket } from 'node:net';

/** How often those who wait are looked after, ms. */
const stepMs = 20;

/**
 * Nobody waits longer, s: a client that gives up comes again, and a queue of those who have given up would be served
 * for ever. Who finds more before him is cut at once, and comes again in his own time.
 */
const longestWait = 5;

/** Lets no more connections in than so many in any second; the others wait unread, in order of arrival, or are cut when too many do. */
export interface Pace {
  /** Calls `enter` when it is the connection's turn; never when it is gone by then. */
  wait(socket: Socket, enter: () => void): void;
  /** Cuts those who wait: their server goes. */
  cut(): void;
}

/** So much of a second's worth comes in evenly; the rest may come at once, so that no second ever has more than its worth. */
export const steadyShare = 0.9;

export function createPace(perSecond: number): Pace {
  const steady = perSecond * steadyShare;
  const most = Math.max(1, perSecond - steady);
  let [room, lookedAt] = [most, performance.now()];
  let queue: { readonly socket: Socket; readonly enter: () => void }[] = [];
  let timer: NodeJS.Timeout | undefined;

  function refill(): void {
    const now = performance.now();
    room = Math.min(most, room + ((now - lookedAt) / 1000) * steady);
    lookedAt = now;
  }

  function admit(): void {
    refill();
    let taken = 0;
    for (const { socket, enter } of queue) {
      if (room < 1) break;
      taken += 1;
      if (socket.destroyed) continue;
      room -= 1;
      enter();
    }
    queue = queue.slice(taken);
    timer = queue.length === 0 ? undefined : setTimeout(admit, stepMs);
  }

  return {
    wait(socket, enter) {
      refill();
      if (queue.length === 0 && room >= 1) {
        room -= 1;
        return enter();
      }
      if (queue.length >= steady * longestWait) return void socket.destroy();
      queue.push({ socket, enter });
      timer ??= setTimeout(admit, stepMs);
    },
    cut() {
      clearTimeout(timer);
      for (const { socket } of queue) socket.destroy();
      queue = [];
    },
  };
}
