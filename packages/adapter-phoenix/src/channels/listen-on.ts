import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Fault } from '@dragoman/core';
import { pathOf } from './request.js';
import type { NodeListener } from './channel-server.js';

type Handlers = Parameters<NodeListener['claim']>[1];

/** Lets channel servers share an http server: their paths are theirs, the rest goes where it went before. */
export function listenOn(server: Server): NodeListener {
  const claims = new Map<string, Handlers>();
  const find = (request: IncomingMessage): Handlers | undefined => {
    const path = pathOf(request);
    const covering = [...claims.keys()].filter((prefix) => path === prefix || path.startsWith(`${prefix}/`));
    const [longest] = covering.sort((a, b) => b.length - a.length);
    return longest === undefined ? undefined : claims.get(longest);
  };
  const others = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const handle = find(request)?.request;
    if (handle !== undefined) return handle(request, response);
    for (const other of others) other.call(server, request, response);
    if (others.length === 0) response.writeHead(404).end();
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const handle = find(request)?.upgrade;
    if (handle !== undefined) handle(request, stream, head);
    else if (server.listenerCount('upgrade') === 1) stream.destroy();
  });
  return {
    claim(prefixes, on) {
      const taken = prefixes.find((prefix) => claims.has(prefix));
      if (taken !== undefined) throw new Fault('CONFIG_INVALID', `this path is taken: ${taken}`);
      for (const prefix of prefixes) claims.set(prefix, on);
      return () => {
        for (const prefix of prefixes) claims.delete(prefix);
      };
    },
  };
}
