/**
 * The process that the Phoenix bench measures: a naive relay on `ws`, or the channel server. Says where it listens, and
 * answers every message of its parent with what it has used: processor time, microseconds, and memory, bytes. Asked for
 * `memory`, it clears away what nobody holds before it looks.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anybody, createChannelServer, encodeFrame, listenOn } from '@dragoman/adapter-phoenix/channels';
import { WebSocketServer, type WebSocket } from 'ws';

const unlimited = { perSecond: 1e9, burst: 1e9 };
const http = createServer();

/** What a channel server puts on the wire, and nothing else: a reply to the sender, the event to the others. */
function serveNaive(): void {
  const rooms = new Map<string, Set<WebSocket>>();
  const wss = new WebSocketServer({ server: http, perMessageDeflate: false });
  wss.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const [joinRef, ref, topic, event, payload] = JSON.parse(data.toString());
      const room = rooms.get(topic) ?? new Set();
      rooms.set(topic, room.add(socket));
      socket.send(JSON.stringify([joinRef, ref, topic, 'phx_reply', { status: 'ok', response: {} }]));
      if (event === 'phx_join') return;
      const text = JSON.stringify([null, null, topic, event, payload]);
      for (const other of room) if (other !== socket) other.send(text);
    });
  });
}

function serveChannels(): void {
  const server = createChannelServer({
    listener: listenOn(http),
    connect: anybody,
    limits: { pushes: unlimited, handshakes: unlimited },
    routes: [
      {
        topic: 'room:*',
        join: ({ topic, channel }) => ({
          ok: true,
          handler: {
            push({ event, payload }) {
              server.broadcast(encodeFrame({ topic, event, payload: Object(payload) }), channel);
              return { ok: true };
            },
          },
        }),
      },
    ],
  });
}

if (process.argv[2] === 'naive') serveNaive();
else serveChannels();
await new Promise<void>((resolve) => http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));

process.on('message', (what) => {
  if (what === 'memory') globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system, rssBytes: process.memoryUsage().rss });
});
process.once('disconnect', () => process.exit(0));
process.send?.({ port: (http.address() as AddressInfo).port });
