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

  afterEach(() => house.close());

  it(`of ${rounds * framesEach} frames leave their neighbour as he was, and no session behind`, async function () {
    this.timeout(10_000 + rounds * 3000);
    const endless = { perSecond: 1e9, burst: 1e9 };
    house = await openHouse({ settings: { replies: endless, operators: { calls: endless } } });
    const lea = await house.operator('lea');
    const neighbour = await openWire(house.port);
    const own = 'interlocutor:joe';
    const say = (message: string): unknown => ({ token: 'k9', body: { type: 'text', message } });
    neighbour.send(['0', '0', own, 'phx_join', { bot_id: 'b1', socketToken: 'token-joe' }]);
    await neighbour.next();
    neighbour.send(['0', '1', own, 'interlocutor_reply', say('hello')]);
    await neighbour.next();
    const chatIds = [lea.chatId()];
    for (let seed = 1; seed <= rounds; seed++) {
      const frame = fc.tuple(fc.constantFrom('1', null), fc.constantFrom('1', '2'), topic, event, payloadsOf(chatIds));
      const frames = fc.sample(frame, { seed, numRuns: framesEach });
      for (let n = 0; n < framesEach; n += framesOfOne) {
        const wire = await openWire(house.port);
        const joins = [
          ['1', '1', 'interlocutor:ada', 'phx_join', { bot_id: 'b1', socketToken: 'token-ada' }],
          ['1', '1', 'operator:olga', 'phx_join', { token: 'desk-olga' }],
        ];
        for (const one of [...joins, ...frames.slice(n, n + framesOfOne)]) wire.send(one);
        // Behind everything else on its topic: once it is answered, so is all that was sent.
        wire.send([null, 'last', 'operator:olga', 'phx_leave', {}]);
        wire.send([null, 'last', 'interlocutor:ada', 'phx_leave', {}]);
        const isLast = (told: unknown): boolean => Array.isArray(told) && told[1] === 'last';
        for (let left = 2; left > 0;) if (isLast(await wire.next())) left -= 1;
        expect(wire.ws.readyState, 'no frame was one too many').to.equal(wire.ws.OPEN);
        const closed = once(wire.ws, 'close');
        wire.ws.close();
        await closed;
      }
      neighbour.send(['0', '2', own, 'interlocutor_reply', say(`still here, ${seed}`)]);
      let answer: unknown;
      while (!Array.isArray(answer) || answer[1] !== '2') answer = await neighbour.next();
      expect(answer).to.deep.equal(['0', '2', own, 'phx_reply', { status: 'ok', response: {} }]);
    }
    const open = (): number => house.core.sessions.filter(({ isOver }) => !isOver).length;
    await eventually('nobody but the neighbour has a session', () => open() === 1);
    neighbour.ws.terminate();
  });
});
