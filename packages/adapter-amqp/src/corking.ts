import { Duplex } from 'node:stream';
import type { ChannelModel } from 'amqplib';

/** The library's own name for the socket of a connection. [AMQPLIB connection.stream] */
const socketKey = 'stream';

/** The socket of a connection; undefined where the library has no such socket. */
export function socketIn(model: ChannelModel): Duplex | undefined {
  const socket: unknown = Reflect.get(model.connection, socketKey);
  return socket instanceof Duplex ? socket : undefined;
}

/** Writes gathered at most: the broker has something to do while the rest of a turn is worked off. */
const together = 64;

/**
 * What is written to the broker within a turn of the event loop is a few system calls; the library makes one of each frame,
 * and a busy bridge spends a third of its time on them. Where the library has no such socket nothing changes.
 */
export function corkTurns(model: ChannelModel): void {
  const socket = socketIn(model);
  if (socket === undefined) return;
  let isCorked = false;
  let gathered = 0;
  const uncork = (): void => {
    gathered = 0;
    isCorked = false;
    socket.uncork();
  };
  const turnEnds = (): void => {
    if (isCorked) uncork();
  };
  const gather = (): void => {
    if (!isCorked) {
      isCorked = true;
      socket.cork();
      setImmediate(turnEnds);
    } else if ((gathered += 1) >= together) {
      uncork();
    }
  };
  socket.write = new Proxy(socket.write, {
    apply(write, self, args) {
      gather();
      return Reflect.apply(write, self, args);
    },
  });
}
