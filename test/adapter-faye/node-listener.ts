import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { NodeListener } from '@dragoman/adapter-faye';

/** A listener for one test: claims are matched by whole segments, everything else is 404. */
export interface TestListener {
  readonly listener: NodeListener;
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

type Handlers = Parameters<NodeListener['claim']>[1];

export async function openListener(): Promise<TestListener> {
  const claims = new Map<string, Handlers>();
  const find = (url: string | undefined): Handlers | undefined => {
    const [path = ''] = (url ?? '').split('?');
    const found = [...claims].filter(([prefix]) => path === prefix || path.startsWith(`${prefix}/`));
    return found.sort(([a], [b]) => b.length - a.length)[0]?.[1];
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const handle = find(request.url)?.request;
    if (handle === undefined) response.writeHead(404).end();
    else handle(request, response);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const handle = find(request.url)?.upgrade;
    if (handle === undefined) socket.destroy();
    else handle(request, socket, head);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    url: `http://127.0.0.1:${port}`,
    listener: {
      claim(prefixes, on) {
        for (const prefix of prefixes) claims.set(prefix, on);
        return () => {
          for (const prefix of prefixes) claims.delete(prefix);
        };
      },
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
