import { Duplex } from 'node:stream';
import type { ChannelModel } from 'amqplib';

/** The library's own name for the socket of a connection. [AMQPLIB connection.stream] */
const socketKey = 'stream';

/**
 * What is written to the broker within a turn of the event loop is one system call; the library makes one of each frame,
 * and a busy bridge spends a third of its time on them. Where the library has no such socket nothing changes.
 */
export function corkTurns(model: ChannelModel): void {
  const socket: unknown = Reflect.get(model.connection, socketKey);
  if (!(socket instanceof Duplex)) return;
  let isCorked = false;
  const cork = (): void => {
    if (isCorked) return;
    isCorked = true;
    socket.cork();
    setImmediate(() => {
      isCorked = false;
      socket.uncork();
    });
  };
  socket.write = new Proxy(socket.write, {
    apply(write, self, args) {
      cork();
      return Reflect.apply(write, self, args);
    },
  });
}
