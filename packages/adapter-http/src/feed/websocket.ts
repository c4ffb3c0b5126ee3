import type { WebSocket } from 'ws';
import type { WireEvent } from '../wire/event.js';
import type { Carrier } from './feed.js';
import type { Patience } from './event-stream.js';

export interface SocketBounds extends Patience {
  /** What may be unread in our memory before the feed is paused. */
  readonly maxBytes: number;
}

/** A feed over a WebSocket: one event in each text message [CE websockets 3]. */
export function webSocketCarrier(socket: WebSocket, { clock, stallMs, maxBytes }: SocketBounds): Carrier {
  let isAlive = true;
  const waiting = new Set<() => void>();
  const freed = (): void => {
    for (const go of [...waiting]) go();
  };
  socket.on('pong', () => (isAlive = true));
  socket.once('close', freed);
  const isFull = (): boolean => socket.readyState === socket.OPEN && socket.bufferedAmount > maxBytes;
  return {
    write(event: WireEvent) {
      socket.send(JSON.stringify(event), () => {
        if (!isFull()) freed();
      });
      return !isFull();
    },
    roomy: () =>
      new Promise((resolve) => {
        if (!isFull()) return resolve();
        const giveUp = clock.after(stallMs, () => socket.terminate());
        const go = (): void => {
          giveUp();
          waiting.delete(go);
          resolve();
        };
        waiting.add(go);
      }),
    beat() {
      if (!isAlive) return socket.terminate();
      isAlive = false;
      socket.ping();
    },
  };
}
