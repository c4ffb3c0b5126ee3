import type { Namespace, Socket } from 'socket.io';
import type { Frame } from './transport.js';

/** Emits in order, and what goes to many sockets in one piece: it is then encoded once for all of them. */
export interface Outbox {
  write(socket: Socket, frame: Frame): void;
  /** Emits what was written in this turn; whoever emits by another way calls it first. */
  flush(): void;
}

export function createOutbox(namespace: Namespace): Outbox {
  let current: Frame | undefined;
  let sockets = new Set<Socket>();

  function flush(): void {
    if (current === undefined) return;
    const { name, args } = current;
    const [first] = sockets;
    if (sockets.size === 1) first?.emit(name, ...args);
    // Every socket is in the room of its own id [SIO5 rooms].
    else namespace.to([...sockets].map((socket) => socket.id)).emit(name, ...args);
    current = undefined;
    sockets = new Set();
  }

  return {
    write(socket, frame) {
      if (frame !== current || sockets.has(socket)) {
        flush();
        current = frame;
        queueMicrotask(flush);
      }
      sockets.add(socket);
    },
    flush,
  };
}
