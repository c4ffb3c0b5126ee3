/**
 * The process that the relay bench measures: a raw Socket.IO relay, or the gateway with one of its stores. Says where it
 * listens, and answers every message of its parent with the processor time it has used, microseconds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway, verifyDev } from '@dragoman/gateway';
import { Server } from 'socket.io';

const unlimited = { perSecond: 1e9, burst: 1_000_000_000 };

/** What the gateway puts on the wire for one message, and nothing else: the echo, and the operator's copy. */
async function serveRaw(): Promise<string> {
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  io.of('/operator').on('connection', (socket) => void socket.join('operators'));
  io.of('/customer').on('connection', (socket) => {
    const { id } = socket.handshake.auth as { id: string };
    socket.on('message', (message: { id: string; text: string }) => {
      const full = { ...message, session_id: id, timestamp: 0, source: 'customer', user: { id, name: id } };
      socket.emit('message', full);
      io.of('/operator').to('operators').emit('chat.message', { id }, full);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

async function serveGateway(kind: 'memory' | 'sqlite'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dragoman-bench-'));
  const gateway = createGateway(
    {
      listeners: [{ name: 'main', port: 0 }],
      store: kind === 'memory' ? { kind } : { kind, path: folder },
      workspaces: [{ id: 'default' }],
      adapters: [{ dialect: 'happychat', workspace: 'default' }],
      limits: { customer: unlimited, operator: unlimited },
      log: { level: 'warn' },
    },
    { verify: verifyDev },
  );
  await gateway.start();
  process.once('disconnect', () => {
    void gateway.stop().then(() => rm(folder, { recursive: true, force: true }));
  });
  return gateway.url() ?? '';
}

const [kind] = process.argv.slice(2);
const url = kind === 'memory' || kind === 'sqlite' ? await serveGateway(kind) : await serveRaw();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system });
});
process.once('disconnect', () => setTimeout(() => process.exit(0), 500).unref());
process.send?.({ url });
