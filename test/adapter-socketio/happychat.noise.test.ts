import { once } from 'node:events';
import { createCore, type Core } from '@dragoman/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import type { Ear } from './clients.js';
import { openService, type Service } from './happychat-service.js';
import { openRaw } from './raw-client.js';

/** `npm run faults` asks for more. */
const frames = Number(process.env['FAULT_FRAMES'] ?? 1_000);

const events = {
  '/customer': ['message', 'typing', 'transcript', 'preferences', 'chat.setFields', 'chat.close', 'error'],
  '/operator': [
    'message',
    'status',
    'capacity',
    'chat.open',
    'chat.typing',
    'chat.join',
    'chat.leave',
    'chat.transfer',
    'chat.block',
    'chat.transcript',
    'broadcast.state',
    'broadcast.dispatch',
    '__proto__',
  ],
  '/agent': ['message', 'system.info', 'role.add', 'toString'],
} as const;

/** A question whose answer shows that everything before it was read. */
const lastWord: Readonly<Record<string, string>> = {
  '/customer': 'transcript',
  '/operator': 'broadcast.state',
  '/agent': 'system.info',
};

/** Frames of all sorts, some nearly right. */
function noise(names: readonly string[]): readonly [string, readonly unknown[]][] {
  const nearly = fc.record({
    id: fc.oneof(fc.string(), fc.double(), fc.constant(null)),
    session_id: fc.oneof(fc.constant('ghost'), fc.jsonValue()),
    text: fc.oneof(fc.string(), fc.jsonValue()),
    type: fc.oneof(fc.constant('SET_OPERATOR_CAPACITY'), fc.constant('customer-info'), fc.jsonValue()),
    meta: fc.jsonValue(),
    locale: fc.oneof(fc.constant('__proto__'), fc.jsonValue()),
    capacity: fc.jsonValue(),
  });
  const arg = fc.oneof(fc.jsonValue({ maxDepth: 2 }), nearly, fc.constant('ghost'));
  const frame = fc.tuple(fc.constantFrom(...names), fc.array(arg, { maxLength: 3 }));
  return fc.sample(frame, { numRuns: frames, seed: 7 });
}

/** Bytes that no client of Socket.IO would send. */
function garbage(namespace: string): readonly (string | Uint8Array)[] {
  const start = fc.constantFrom(
    '',
    '4',
    '42',
    `42${namespace},`,
    `45-${namespace},`,
    `451-${namespace},`,
    `43${namespace},`,
  );
  const text = fc.tuple(start, fc.oneof(fc.string(), fc.json(), fc.constant('[[[[')));
  const packet = fc.oneof(
    text.map((parts) => parts.join('')),
    fc.uint8Array({ maxLength: 64 }),
  );
  return fc.sample(packet, { numRuns: frames / 50, seed: 7 });
}

describe('happychat under noise', () => {
  let core: Core & { stop(): Promise<void> };
  let service: Service;

  beforeEach(async () => {
    const unlimited = { perSecond: 1e9, burst: 1e9 };
    core = await createCore({ restartGraceMs: 0, limits: { rates: { customer: unlimited, operator: unlimited } } });
    service = await openService(core, { customerRate: unlimited, staffRate: unlimited });
  });

  afterEach(async () => {
    await service.close();
    await core.stop();
  });

  async function conversation(): Promise<{ joe: Ear; olga: Ear }> {
    const joe = service.join('/customer', 'joe');
    const olga = service.join('/operator', 'olga');
    await Promise.all([joe.next('log'), olga.next('broadcast.state')]);
    await olga.ask('status', 'available');
    joe.say('message', { id: 1, text: 'before' });
    await olga.next('chat.open');
    return { joe, olga };
  }

  for (const [namespace, names] of Object.entries(events)) {
    it(`${frames} malformed frames to ${namespace} leave the others in conversation and the sender connected`, async function () {
      this.timeout(30_000);
      const { joe, olga } = await conversation();
      const loud = service.join(namespace, 'loud');
      await loud.next('init');
      for (const [index, [name, args]] of noise(names).entries()) {
        loud.say(name, ...args);
        // Who makes noise reads what comes back, or he is sent away for that.
        if (index % 500 === 0) await loud.ask(lastWord[namespace] ?? '', null);
      }
      await loud.ask(lastWord[namespace] ?? '', null);
      joe.say('message', { id: 2, text: 'still here?' });
      await olga.until((heard) => heard.some(({ args }) => Reflect.get(Object(args[1]), 'text') === 'still here?'));
      olga.say('message', 'joe', { id: 3, text: 'of course' });
      await joe.until((heard) => heard.some(({ args }) => Reflect.get(Object(args[0]), 'text') === 'of course'));
      expect(loud.socket.connected).to.equal(true);
      expect(Reflect.get({}, 'capacity')).to.equal(undefined);
    });

    it(`what is no packet at all, sent to ${namespace} by ${frames / 50} clients, disturbs nobody else`, async function () {
      this.timeout(30_000);
      const { joe, olga } = await conversation();
      for (const packet of garbage(namespace)) await broken(namespace, packet);
      joe.say('message', { id: 2, text: 'still here?' });
      await olga.until((heard) => heard.some(({ args }) => Reflect.get(Object(args[1]), 'text') === 'still here?'));
      expect([joe.socket.connected, olga.socket.connected]).to.deep.equal([true, true]);
    });
  }

  /** More levels than there is stack for, in a packet that is small. */
  const abyss = '['.repeat(100_000) + ']'.repeat(100_000);

  for (const namespace of Object.keys(events)) {
    it(`what is nested without end, from a stranger in ${namespace}, disturbs nobody`, async () => {
      const { joe, olga } = await conversation();
      await broken(namespace, `42${namespace},["message",${abyss}]`);
      joe.say('message', { id: 2, text: 'still here?' });
      await olga.until((heard) => heard.some(({ args }) => Reflect.get(Object(args[1]), 'text') === 'still here?'));
    });
  }

  it('a message with something endless or with bytes in it is none, whoever says it', async () => {
    const loud = await openRaw(service.url, '/agent', 4);
    expect(await loud.next()).to.equal('42/agent,0["token"]');
    loud.say('43/agent,0[{"jwt":"bot:loud"}]');
    expect(await loud.next()).to.match(/^42\/agent,\["init"/);
    const { joe } = await conversation();
    loud.say(`42/agent,["message",{"id":8,"session_id":"joe","text":"deep","meta":${abyss}}]`);
    joe.say('message', { id: 9, text: 'bytes', meta: { picture: new Uint8Array(8) } });
    joe.say('chat.setFields', { picture: new Uint8Array(8) });
    joe.say('message', { id: 2, text: 'still here?' });
    await joe.until((heard) => heard.some(({ args }) => Reflect.get(Object(args[0]), 'text') === 'still here?'));
    const said = joe.heard
      .filter(({ name }) => name === 'message')
      .map(({ args }) => Reflect.get(Object(args[0]), 'text'));
    expect(said).to.deep.equal(['before', 'still here?']);
    loud.close();
  });

  /** Says it in an open namespace, and hangs up. */
  async function broken(namespace: string, packet: string | Uint8Array): Promise<void> {
    const socket = new WebSocket(`${service.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    await once(socket, 'message');
    socket.send(`40${namespace},`);
    await once(socket, 'message');
    const hungUp = once(socket, 'close');
    socket.send(packet);
    socket.send(`41${namespace},`);
    socket.close();
    await hungUp;
  }
});
