/** A carrier: lines of text over TCP, whatever they say. Nothing here knows a protocol or a chat. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** The lines of a client, one after the other; ends with the connection, or at a line that has no end. */
export async function* linesOf(socket: Socket, maxLineUnits: number): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split(/\r?\n/);
    rest = lines.pop() ?? '';
    if (rest.length > maxLineUnits) return;
    yield* lines;
  }
}

/** Says a last line to who reads, and hangs up. */
export function hangUp(socket: Socket, lastLine: string): void {
  if (socket.writableLength > 0) socket.destroy();
  else socket.end(lastLine, () => socket.destroy());
}

export interface LineServer {
  /** Undefined while it does not listen. */
  readonly port: number | undefined;
  /** Resolves when clients can connect. `converse` is one connection, from its first line to its last. */
  start(converse: (socket: Socket) => Promise<void>): Promise<void>;
  /** Resolves when nothing is open any more. May come twice, and before `start`. */
  stop(lastLine: string): Promise<void>;
}

export function lineServer(options: { readonly port: number; readonly maxConnections?: number }): LineServer {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  return {
    get port() {
      const address = server?.address() ?? null;
      return typeof address === 'object' ? address?.port : undefined;
    },
    async start(converse) {
      server = createServer((socket) => {
        sockets.add(socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy()));
        converse(socket).catch(() => socket.destroy());
      });
      server.maxConnections = options.maxConnections ?? 1000;
      await once(server.listen(options.port, '127.0.0.1'), 'listening');
    },
    async stop(lastLine) {
      if (server?.listening !== true) return;
      const closed = once(server.close(), 'close');
      for (const socket of sockets) hangUp(socket, lastLine);
      await closed;
    },
  };
}
