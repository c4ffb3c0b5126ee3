import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to the broker that can be cut. */
export interface CuttingProxy {
  readonly url: string;
  /** Ends every connection at once, without a word. */
  cut(): void;
  close(): Promise<void>;
}

/** How a client and the broker are joined. */
export type Joint = (client: Socket, broker: Socket) => void;

const piped: Joint = (client, broker) => void client.pipe(broker).pipe(client);

export async function cuttingProxy(target: string, joint: Joint = piped): Promise<CuttingProxy> {
  const url = new URL(target);
  const [host, port] = [url.hostname, Number(url.port)];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket.on('error', () => socket.destroy()));
    return socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer((socket) => {
    const onward = keep(connect(port, host));
    joint(keep(socket), onward);
    socket.once('close', () => onward.destroy());
    onward.once('close', () => socket.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url.port = String((server.address() as AddressInfo).port);
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url: url.href,
    cut,
    async close() {
      const closed = once(server.close(), 'close');
      cut();
      await closed;
    },
  };
}
