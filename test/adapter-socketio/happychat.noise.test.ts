import { createCore, type Core } from '@dragoman/core';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Ear } from './clients.js';
import { openService, type Service } from './happychat-service.js';

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
  return fc.sample(frame, { numRuns: 10_000, seed: 7 });
}

describe('happychat under noise', () => {
  let core: Core & { stop(): Promise<void> };
  let service: Service;

  beforeEach(async () => {
    core = await createCore({ restartGraceMs: 0 });
    const unlimited = { perSecond: 1e9, burst: 1e9 };
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
    it(`10,000 malformed frames to ${namespace} leave the others in conversation and the sender connected`, async function () {
      this.timeout(30_000);
      const { joe, olga } = await conversation();
      const loud = service.join(namespace, 'loud');
      await loud.next('init');
      for (const [name, args] of noise(names)) loud.say(name, ...args);
      await loud.ask(lastWord[namespace] ?? '', null);
      joe.say('message', { id: 2, text: 'still here?' });
      await olga.until((heard) => heard.some(({ args }) => Reflect.get(Object(args[1]), 'text') === 'still here?'));
      olga.say('message', 'joe', { id: 3, text: 'of course' });
      await joe.until((heard) => heard.some(({ args }) => Reflect.get(Object(args[0]), 'text') === 'of course'));
      expect(loud.socket.connected).to.equal(true);
      expect(Reflect.get({}, 'capacity')).to.equal(undefined);
    });
  }
});
