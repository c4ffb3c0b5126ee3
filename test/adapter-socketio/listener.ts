import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { NodeWebListener } from '@dragoman/adapter-socketio';

type Claim = Parameters<NodeWebListener['claim']>[1] & { readonly prefixes: readonly string[] };

/** An http server on a free port with the one rule a gateway has: paths belong to who claimed them. */
export interface TestListener {
  readonly listener: NodeWebListener;
  readonly url: string;
  readonly claims: ReadonlySet<Claim>;
  close(): Promise<void>;
}

export async function openListener(): Promise<TestListener> {
  const claims = new Set<Claim>();
  const claimed = (request: IncomingMessage): Claim | undefined =>
    [...claims].find(({ prefixes }) => prefixes.some((prefix) => request.url?.startsWith(prefix)));

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const claim = claimed(request);
    if (claim?.request) claim.request(request, response);
    else response.writeHead(404).end();
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const claim = claimed(request);
    if (claim?.upgrade) claim.upgrade(request, socket, head);
    else socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    claims,
    url: `http://127.0.0.1:${portOf(server)}`,
    listener: {
      claim(prefixes, on) {
        const claim = { prefixes, ...on };
        claims.add(claim);
        return () => claims.delete(claim);
      },
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return isAddress(address) ? address.port : 0;
}

function isAddress(address: ReturnType<Server['address']>): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
