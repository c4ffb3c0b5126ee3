import { once } from 'node:events';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import fc from 'fast-check';
import { openHouse, type House } from './clustaar-house.js';
import { openWire } from './wire.js';

const rounds = Number(process.env['FAULT_ROUNDS'] ?? 2);
const framesEach = 500;
const framesOfOne = 25;

const topic = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('interlocutor:ada', 'interlocutor:eve', 'operator:olga', 'operator:otto') },
  { weight: 1, arbitrary: fc.constantFrom('interlocutor:', 'operator:', 'interlocutor:__proto__', 'phoenix') },
);
const event = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('phx_join', 'phx_leave', 'heartbeat') },
  { weight: 4, arbitrary: fc.constant('interlocutor_reply') },
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...['chats.list', 'operators.list', 'chat.history', 'chat.take', 'chat.reply', 'chat.release', 'chat.transfer'],
      ...['chat.close', 'chat.reopen', 'chat.join', 'chat.leave', 'chat.typing', 'chat.read', 'status'],
    ),
  },
);
const scrap = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(-1, 2 ** 53, '', '__proto__', null, []));

/** What either side says, with some of it changed, missing or of another type. */
const payloadsOf = (chatIds: readonly string[]) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record(
        {
          bot_id: fc.oneof(fc.constant('b1'), scrap),
          socketToken: fc.oneof(fc.constantFrom('token-ada', 'token-eve', 'desk-olga'), scrap),
          since: fc.oneof(fc.dictionary(fc.constantFrom(...chatIds, '__proto__'), scrap), scrap),
          params: fc.oneof(fc.record({ display: fc.boolean() }), scrap),
          body: fc.oneof(fc.record({ type: fc.oneof(fc.constant('text'), fc.string()), message: fc.string() }), scrap),
          chat_id: fc.oneof(fc.constantFrom(...chatIds), scrap),
          to: fc.oneof(fc.constantFrom('bot', 'queue', 'nobody', 'otto', null), scrap),
          token: fc.oneof(fc.constantFrom('k9', 'desk-olga', 'desk-otto'), scrap),
          id: fc.oneof(fc.constantFrom('r1', 'r2'), scrap),
          before: scrap,
          limit: scrap,
          up_to: scrap,
          message_ids: fc.oneof(fc.array(fc.constantFrom(...chatIds.map((id) => `${id}:1`))), scrap),
          capacity: fc.oneof(fc.dictionary(fc.constantFrom('en-US', 'constructor'), scrap), scrap),
          status: scrap,
        },
        { requiredKeys: [] },
      ),
    },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  );

describe('pages and operators under noise', () => {
  let house: House;

  beforeEach(open);
  afterEach(() => house.close());

  async function open(): Promise<void> {
    const endless = { perSecond: 1e9, burst: 1e9 };
    house = await openHouse({ settings: { replies: endless, operators: { calls: endless } } });
  }

  it(`of ${rounds * framesEach} frames leave their neighbour as he was, and no session behind`, async function () {
    this.timeout(10_000 + rounds * 3000);
    for (let seed = 1; seed <= rounds; seed++) {
      await survive(seed);
      // Chats grow with the noise, and what a long one costs is not the question here.
      await house.close();
      await open();
    }
  });

  async function survive(seed: number): Promise<void> {
    const lea = await house.operator('lea');
    const neighbour = await openWire(house.port);
    const own = 'interlocutor:joe';
    const say = async (ref: string, message: string): Promise<void> => {
      neighbour.send(['0', ref, own, 'interlocutor_reply', { token: 'k9', body: { type: 'text', message } }]);
      let answer: unknown;
      while (!Array.isArray(answer) || answer[1] !== ref) answer = await neighbour.next();
      expect(answer).to.deep.equal(['0', ref, own, 'phx_reply', { status: 'ok', response: {} }]);
    };
    neighbour.send(['0', '0', own, 'phx_join', { bot_id: 'b1', socketToken: 'token-joe' }]);
    await neighbour.next();
    await say('1', 'hello');
    const payload = payloadsOf([lea.chatId()]);
    const frame = fc.tuple(fc.constantFrom('1', null), fc.constantFrom('1', '2'), topic, event, payload);
    const frames = fc.sample(frame, { seed, numRuns: framesEach });
    for (let n = 0; n < framesEach; n += framesOfOne) await babble(frames.slice(n, n + framesOfOne));
    await say('2', 'still here');
    const there = (): number => house.core.sessions.filter(({ isOver }) => !isOver).length;
    await eventually('nobody but the neighbour has a session', () => there() === 1);
    neighbour.ws.terminate();
  }

  /** One connection on which a page and an operator say all of it; none of it is a reason to end it. */
  async function babble(frames: readonly unknown[]): Promise<void> {
    const wire = await openWire(house.port);
    wire.send(['1', '1', 'interlocutor:ada', 'phx_join', { bot_id: 'b1', socketToken: 'token-ada' }]);
    wire.send(['1', '1', 'operator:olga', 'phx_join', { token: 'desk-olga' }]);
    for (const frame of frames) wire.send(frame);
    // Behind everything else on its topic: once it is answered, so is all that was sent.
    for (const one of ['operator:olga', 'interlocutor:ada']) wire.send([null, 'last', one, 'phx_leave', {}]);
    const isLast = (told: unknown): boolean => Array.isArray(told) && told[1] === 'last';
    for (let left = 2; left > 0;) if (isLast(await wire.next())) left -= 1;
    expect(wire.ws.readyState).to.equal(wire.ws.OPEN);
    const closed = once(wire.ws, 'close');
    wire.ws.close();
    await closed;
  }
});
