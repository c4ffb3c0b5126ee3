import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { conveadAdapter } from '@dragoman/adapter-faye';
import { createCore, systemClock, type Clock, type Core, type Session } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { openCuttable, type Cuttable } from './cuttable.js';
import { fayeClient, leave, type FayeClient } from './faye-client.js';
import { manager, token, visitor, type Body, type MessageBody } from './house.js';
import { openListener, type TestListener } from './node-listener.js';
import { handshake, http, openSocket, post } from './wire.js';

/** All our time-outs are divided by it, and so is the day. */
const factor = 60;
/** Under `npm run faults` a whole day. */
const hours = process.env['FAULT_ROUNDS'] === undefined ? 0.03 : 24;
const dayMs = (hours * 3_600_000) / factor;
const crowd = 8;
const patienceMs = 20_000;

const versions = ['faye-1.0', 'faye-1.1', 'faye-1.2', 'faye-1.3', 'faye-1.4.1', 'faye'];
const transports = ['websocket', 'long-polling'];

/** A clock that knows how many timers are set. */
function countingClock(): Clock & { readonly set: ReadonlySet<object> } {
  const set = new Set<object>();
  return {
    ...systemClock,
    set,
    after(ms, run) {
      const timer = {};
      set.add(timer);
      const cancel = systemClock.after(ms, () => {
        set.delete(timer);
        run();
      });
      return () => {
        set.delete(timer);
        cancel();
      };
    },
  };
}

/** The core, and the sessions that the adapter has open on it. */
function watched(core: Core, clock: Clock): { readonly core: Core; readonly open: ReadonlySet<Session> } {
  const open = new Set<Session>();
  const connect: Core['connect'] = async (who, how, deliver) => {
    const session = await core.connect(who, how, deliver);
    const end = session.end.bind(session);
    open.add(session);
    session.end = async () => {
      open.delete(session);
      await end();
    };
    return session;
  };
  return { core: { ...core, clock, connect }, open };
}

/** A pseudo-random sequence, so that a day that fails can be lived again. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * sides);
  };
}

interface Place extends TestListener {
  readonly clients: { came: number; heard: number };
  api(path: string, params: object): Promise<Body>;
  history(conversation: number): Promise<readonly MessageBody[]>;
}

type Visit = (place: Place, id: string, roll: (sides: number) => number) => Promise<void>;

/** What a page knows of its conversation. */
interface Page {
  readonly client: FayeClient;
  readonly number: number;
  /** As events came. */
  readonly heard: readonly string[];
  /** With what the history added after an interruption. */
  readonly shown: ReadonlySet<string>;
  readonly interruptions: () => number;
}

/** Opens a conversation and listens to it; reads the history whenever it comes back, as a page has to. */
async function openPage(place: Place, id: string, url: string, roll: (sides: number) => number): Promise<Page> {
  const [name, transport] = [versions[roll(versions.length)] ?? 'faye', transports[roll(2)] ?? ''];
  const client = fayeClient(`${url}/faye`, { name, transport });
  const opened = await place.api(`/chat/service/${id}`, visitor(id));
  const number = opened.conversation?.id ?? 0;
  const [heard, shown] = [[] as string[], new Set<string>()];
  let interruptions = 0;
  client.on('transport:down', () => (interruptions += 1));
  client.on('transport:up', () => {
    void place.history(number).then((messages) => messages.forEach(({ content }) => shown.add(content)));
  });
  await subscribed(client, `/service/${id}`, () => undefined);
  await subscribed(client, `/conversations/${number}`, (data) => {
    const content = (data as Body).message?.content ?? '';
    heard.push(content);
    shown.add(content);
  });
  return { client, number, heard, shown, interruptions: () => interruptions };
}

/**
 * A session that was overslept is refused with 401, and the client begins anew; what is asked of the new session before
 * the client has renewed the channel that names its visitor is refused with 403. Then it works.
 */
async function subscribed(client: FayeClient, channel: string, hear: (data: unknown) => void): Promise<void> {
  for (;;) {
    try {
      return void (await client.subscribe(channel, hear));
    } catch (error) {
      expect(error).to.have.property('code').that.is.oneOf([401, 403]);
    }
  }
}

/** Comes, is answered, misses nothing, and says goodbye. */
const polite: Visit = async (place, id, roll) => {
  const { client, number, heard, shown, interruptions } = await openPage(place, id, place.url, roll);
  const said = Array.from({ length: 1 + roll(5) }, (_, n) => `${id}-${n}`);
  for (const content of said) await place.api(`/chat/conversation/${number}`, { ...manager(7), content });
  await eventually('every answer is shown', () => said.every((content) => shown.has(content)), patienceMs);
  // A machine that stalls for longer than a compressed time-out is an interruption like any other.
  if (interruptions() === 0) expect(heard).to.deep.equal(said);
  place.clients.heard += heard.length;
  await leave(client);
};

/** Loses the network for a while, perhaps for longer than its session lives, comes back by itself and misses nothing. */
const interrupted: Visit = async (place, id, roll) => {
  const network: Cuttable = await openCuttable(place.port);
  const { client, number, shown } = await openPage(place, id, network.url, roll);
  network.cut();
  await place.api(`/chat/conversation/${number}`, { ...manager(7), content: 'while away' });
  await pause((roll(120) * 1000) / factor);
  network.mend();
  await place.api(`/chat/conversation/${number}`, { ...manager(7), content: 'back' });
  await eventually('nothing is missed', () => shown.has('while away') && shown.has('back'), patienceMs);
  // A client in the middle of a handshake could not say goodbye.
  await subscribed(client, `/notifications/${id}`, () => undefined);
  await leave(client);
  await network.close();
};

/** Shakes hands, perhaps subscribes and polls, and is never heard of again. */
const vanishing: Visit = async (place, id, roll) => {
  const clientId = await handshake(place.port);
  if (roll(3) > 0) await post(place.port, [{ channel: '/meta/subscribe', clientId, subscription: `/service/${id}` }]);
  const connect = { channel: '/meta/connect', clientId, id: '9' };
  if (roll(2) === 0) {
    const abort = new AbortController();
    const poll = post(place.port, [{ ...connect, connectionType: 'long-polling' }], abort.signal).catch(
      () => undefined,
    );
    await pause((roll(20) * 1000) / factor);
    abort.abort();
    await poll;
  } else {
    const socket = await openSocket(place.port);
    socket.send([{ ...connect, connectionType: 'websocket' }]);
    await pause((roll(20) * 1000) / factor);
    socket.ws.terminate();
  }
};

const visits = [polite, polite, interrupted, vanishing];

describe(`a day of ${hours} hours, ${factor} times as fast, of clients that come and drop and poll`, function () {
  this.timeout(dayMs + 60_000);

  it('leaves no session, timer or connection behind', async () => {
    const listener = await openListener();
    listener.server.keepAliveTimeout = 50;
    const connections = new Set<Socket>();
    listener.server.on('connection', (socket: Socket) => {
      connections.add(socket);
      socket.on('close', () => connections.delete(socket));
    });
    const clock = countingClock();
    const unlimited = { perSecond: 1e6, burst: 1e6 };
    const real = await createCore({ limits: { rates: { customer: unlimited, operator: unlimited } } });
    const { core, open } = watched(real, clock);
    const adapter = conveadAdapter({
      listener: listener.listener,
      auth: { kind: 'token', serviceToken: token },
      roster: [{ id: '7', name: 'Ann' }],
      timeoutMs: 25_000 / factor,
      quietMs: 15_000 / factor,
      pingMs: 20_000 / factor,
      limits: { unconnectedMs: 10_000 / factor, handshakes: unlimited },
      addressRate: unlimited,
    });
    await adapter.start(core);
    const before = { timers: clock.set.size, sessions: open.size };
    const ask = async <T>(path: string, params: object): Promise<T> => {
      const headers = { 'content-type': 'application/json' };
      const { status, body } = await http(listener.port, path, { body: JSON.stringify(params), headers });
      if (status >= 300) throw new Error(`${path}: ${status} ${body}`);
      return JSON.parse(body) as T;
    };
    const place: Place = {
      ...listener,
      clients: { came: 0, heard: 0 },
      api: ask,
      history: (conversation) => ask(`/chat/conversation/${conversation}/messages`, {}),
    };
    const end = performance.now() + dayMs;
    const live = async (seed: number): Promise<void> => {
      const roll = dice(seed + 1);
      while (performance.now() < end) {
        const visit = visits[roll(visits.length)] ?? polite;
        await visit(place, `v${seed}-${(place.clients.came += 1)}`, roll);
        await pause((roll(60) * 1000) / factor);
      }
    };
    await Promise.all(Array.from({ length: crowd }, (_, seed) => live(seed)));
    expect(place.clients.heard).to.be.above(0);
    await eventually('every session of the core has ended', () => open.size === before.sessions, patienceMs);
    await eventually('every timer is gone', () => clock.set.size === before.timers, patienceMs);
    await eventually('every connection is gone', () => connections.size === 0, patienceMs);
    await adapter.stop();
    expect([open.size, clock.set.size]).to.deep.equal([0, 0]);
    await real.stop();
    await listener.close();
  });
});
