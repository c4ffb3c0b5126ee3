/**
 * The process that the Faye bench measures: two endpoints that open a conversation and write in it, storing nothing, on
 * stock faye or on the adapter's own Bayeux; or the whole Convead adapter on a core. Says its port, and answers every
 * message of its parent with the processor time it has used, microseconds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  carrierOptions,
  conveadAdapter,
  eventFrame,
  openCarrier,
  type Application,
  type NodeListener,
} from '@dragoman/adapter-faye';
import { createCore, createMemoryStore, silentLog, systemClock, systemIds, type Store } from '@dragoman/core';
import { createSqliteStore } from '@dragoman/store-sqlite';

const unlimited = { perSecond: 1e9, burst: 1_000_000_000 };

/** The part of stock faye that is used here; the package ships no types. */
interface Stock {
  readonly NodeAdapter: new (options: { mount: string; timeout: number }) => {
    attach(server: Server): void;
    getClient(): { publish(channel: string, data: unknown): void };
  };
}

type Publish = (channel: string, data: object) => void;
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** The least that puts the same frames on the wire as the gateway for the same requests. */
function endpoints(publish: Publish): Answer {
  let ids = 35_184_372_131;
  const at = '2014-03-05T12:31:07.482Z';

  function open(visitorId: string): object {
    const visitor = { type: 'visitor', id: visitorId, name: null };
    const manager = { type: 'manager', id: 7, name: 'Ann' };
    const times = { created_at: at, updated_at: at, closed_at: null };
    const conversation = { id: (ids += 1), visitor_id: visitorId, manager_id: 7, state: 'open', visitor, manager };
    return { entity: 'conversation', conversation: { ...conversation, ...times } };
  }

  function say(number: string, { sender, content }: { sender: { type: string; id: string }; content: string }): object {
    const of = { id: (ids += 1), conversation_id: Number(number), visitor_id: sender.id };
    const from = { sender_type: sender.type, sender_id: sender.id, sender: { ...sender, name: null } };
    const message = { ...of, ...from, content, read: false, read_at: null, created_at: at, updated_at: at };
    const payload = { entity: 'message', message };
    publish(`/conversations/${number}`, payload);
    return payload;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, , family, id = ''] = (request.url ?? '').split('/');
    const params = JSON.parse(await text(request));
    const body = JSON.stringify(family === 'service' ? open(id) : say(id, params));
    response.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  }

  return (request, response) => void answer(request, response);
}

async function serveStock(): Promise<number> {
  const { NodeAdapter }: Stock = createRequire(import.meta.url)('faye');
  const bayeux = new NodeAdapter({ mount: '/faye', timeout: 25 });
  const client = bayeux.getClient();
  const server = createServer(endpoints((channel, data) => client.publish(channel, data)));
  bayeux.attach(server);
  return listen(server);
}

/** Lets everybody subscribe, as stock faye does. */
const anybody: Application = {
  admit: () => undefined,
  opened: () => undefined,
  authorize: async () => undefined,
  subscribed: () => undefined,
  unsubscribed: () => undefined,
  fellQuiet: () => undefined,
  woke: () => undefined,
  written: () => undefined,
  ended: () => undefined,
};

async function serveBayeux(): Promise<number> {
  const paths = openPaths();
  const ports = { listener: paths.listener, clock: systemClock, ids: systemIds, log: silentLog };
  const carrier = openCarrier(ports, carrierOptions({ limits: { handshakes: unlimited } }), anybody);
  const request = endpoints((channel, data) => carrier.publish(eventFrame(channel, data)));
  paths.listener.claim(['/chat'], { request });
  return listen(paths.server);
}

/** A server whose paths are claimed. */
function openPaths(): { readonly server: Server; readonly listener: NodeListener } {
  const claims: [string, Parameters<NodeListener['claim']>[1]][] = [];
  const find = (url = '') => claims.find(([prefix]) => url.startsWith(prefix))?.[1];
  const server = createServer((request, response) => find(request.url)?.request?.(request, response));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    find(request.url)?.upgrade?.(request, socket, head),
  );
  const claim: NodeListener['claim'] = (prefixes, on) => {
    for (const prefix of prefixes) claims.push([prefix, on]);
    return () => undefined;
  };
  return { server, listener: { claim } };
}

async function serveGateway(store: Store, stopped: () => Promise<void>): Promise<number> {
  const { server, listener } = openPaths();
  const core = await createCore({ store, limits: { rates: { customer: unlimited, operator: unlimited } } });
  const adapter = conveadAdapter({
    listener,
    auth: { kind: 'token', serviceToken: 'bench' },
    roster: [{ id: '7', name: 'Ann' }],
    addressRate: unlimited,
    limits: { handshakes: unlimited },
  });
  await adapter.start(core);
  process.once(
    'disconnect',
    () =>
      void adapter
        .stop()
        .then(() => core.stop())
        .then(stopped),
  );
  return listen(server);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function serve(kind: string | undefined): Promise<number> {
  if (kind === 'memory') return serveGateway(createMemoryStore(), async () => undefined);
  if (kind === 'bayeux') return serveBayeux();
  if (kind !== 'sqlite') return serveStock();
  const folder = await mkdtemp(join(tmpdir(), 'dragoman-bench-'));
  return serveGateway(await createSqliteStore({ path: folder }), () => rm(folder, { recursive: true, force: true }));
}

const port = await serve(process.argv[2]);
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system });
});
process.once('disconnect', () => setTimeout(() => process.exit(0), 500).unref());
process.send?.({ port });
