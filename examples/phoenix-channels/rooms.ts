/**
 * Chat rooms for unmodified Phoenix clients, without Phoenix: who is there, who says what, who is typing.
 * Run it: node build/examples/phoenix-channels/rooms.js
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createChannelServer, createPresence, encodeFrame, listenOn } from '@dragoman/adapter-phoenix/channels';

/** What the connection proves once and every join may rely on. */
interface Visitor {
  readonly name: string;
}

const names = new Map([
  ['secret-of-ada', 'ada'],
  ['secret-of-max', 'max'],
]);

export async function openRooms(port: number): Promise<{ readonly port: number; close(): Promise<void> }> {
  const http = createServer();
  const channels = createChannelServer<Visitor>({
    listener: listenOn(http),
    mount: '/socket',
    connect({ authToken = '' }) {
      const name = names.get(authToken);
      return name === undefined ? { ok: false } : { ok: true, assigns: { name } };
    },
    routes: [
      {
        topic: 'room:*',
        join({ topic, socket, channel }) {
          const { name } = socket.assigns;
          if (topic === 'room:') return { ok: false, reason: 'unauthorized', isFinal: true };
          return {
            ok: true,
            response: { you: name },
            handler: {
              joined: () => presence.track(channel, { key: `visitor:${name}`, meta: { name } }),
              ended: () => presence.untrack(channel),
              push({ event, payload }) {
                if (event !== 'say' && event !== 'typing') return undefined;
                channels.broadcast(encodeFrame({ topic, event, payload: { name, payload } }), channel);
                return { ok: true };
              },
            },
          };
        },
      },
    ],
  });
  const presence = createPresence(channels);
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  return {
    port: (http.address() as AddressInfo).port,
    async close() {
      await channels.close({ overMs: 200 });
      http.closeAllConnections();
      await new Promise<void>((resolve) => void http.close(() => resolve()));
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { port, close } = await openRooms(4000);
  console.log(`rooms at ws://127.0.0.1:${port}/socket`);
  process.once('SIGINT', () => void close());
}
