import { expect } from 'chai';
import fc from 'fast-check';
import type { Speaker } from '@dragoman/core/domain';
import { Desk, starving, system, violations } from './routing-driver.js';

const operator = (id: string): Speaker => ({ id, role: 'operator', name: id, isSupervisor: false, space: 'desk' });
const customer = (chat: string): Speaker => ({
  id: `c-${chat}`,
  role: 'customer',
  name: '',
  isSupervisor: false,
  space: 'web',
});
const bot: Speaker = { id: 'bot', role: 'bot', name: 'bot', isSupervisor: false, space: 'bots' };

const chat = fc.integer({ min: 1, max: 9 }).map((n) => `chat-${n}`);
const who = fc.constantFrom('o1', 'o2', 'o3', 'o4');
const locale = fc.constantFrom('en', 'fr', 'xx');
const wanted = fc.record({ locale, groups: fc.subarray(['vip', 'shoes', 'unknown']) });
const to = (chatId: string): { readonly chatId: string } => ({ chatId });

/** One random deed. Everything is allowed to anybody: the rules have to hold whatever dialects ask. */
const deed: fc.Arbitrary<(desk: Desk) => void> = fc.oneof(
  fc.tuple(chat, wanted).map(
    ([id, wishes]) =>
      (desk: Desk) =>
        desk.open(id, wishes),
  ),
  fc
    .tuple(
      who,
      fc.constantFrom('available', 'reserve', 'unavailable', 'lunch'),
      fc.constantFrom(0, 1, 2, 3, null),
      fc.boolean(),
      fc.subarray(['vip', 'shoes']),
    )
    .map(
      ([id, status, capacity, isRequesting, more]) =>
        (desk: Desk) =>
          desk.work(id, {
            status,
            isRequesting,
            groups: ['__default', ...more],
            locales: { en: { capacity, isActive: true }, fr: { capacity: 1, isActive: isRequesting } },
          }),
    ),
  fc.tuple(who, fc.boolean()).map(
    ([id, isOnline]) =>
      (desk: Desk) =>
        desk.work(id, isOnline ? { isOnline } : { isOnline, status: 'unavailable', isRequesting: false }),
  ),
  fc.boolean().map((isAccepting) => (desk: Desk) => desk.accept(isAccepting)),
  fc.tuple(chat, fc.constantFrom('refuse', 'reopen', 'append')).map(
    ([id, ifClosed]) =>
      (desk: Desk) =>
        desk.ask(
          id,
          { type: 'PostMessage', to: to(id), body: { kind: 'text', text: 'x' }, ifClosed } as never,
          customer(id),
        ),
  ),
  fc.tuple(chat, who, fc.boolean()).map(
    ([id, by, claim]) =>
      (desk: Desk) =>
        desk.ask(
          id,
          { type: 'PostMessage', to: to(id), body: { kind: 'text', text: 'x' }, ifClosed: 'refuse', claim },
          operator(by),
        ),
  ),
  chat.map(
    (id) => (desk: Desk) =>
      desk.ask(id, { type: 'PostMessage', to: to(id), body: { kind: 'text', text: 'x' }, ifClosed: 'refuse' }, bot),
  ),
  fc.tuple(chat, who).map(
    ([id, by]) =>
      (desk: Desk) =>
        desk.ask(id, { type: 'AssignChat', to: to(id) }, operator(by)),
  ),
  fc.tuple(chat, who, fc.constantFrom('o1', 'o2', 'o3', 'o4', 'nobody', null), fc.boolean()).map(
    ([id, by, toId, strict]) =>
      (desk: Desk) =>
        desk.ask(id, { type: 'TransferChat', to: to(id), toId, strict, ifClosed: 'reopen' }, operator(by)),
  ),
  fc.tuple(chat, who, fc.constantFrom('bot', 'queue', 'customer')).map(
    ([id, by, over]) =>
      (desk: Desk) =>
        desk.ask(id, { type: 'HandOver', chat: to(id), to: over } as never, operator(by)),
  ),
  fc.tuple(chat, who, fc.constantFrom('JoinChat', 'LeaveChat')).map(
    ([id, by, type]) =>
      (desk: Desk) =>
        desk.ask(id, { type, to: to(id) } as never, operator(by)),
  ),
  fc.tuple(chat, who).map(
    ([id, by]) =>
      (desk: Desk) =>
        desk.ask(id, { type: 'CloseChat', to: to(id), reason: 'operator' }, operator(by)),
  ),
  fc.tuple(chat, who).map(
    ([id, by]) =>
      (desk: Desk) =>
        desk.ask(id, { type: 'ReopenChat', to: to(id), windowMs: 1e9 }, operator(by)),
  ),
  fc.tuple(chat, locale, fc.subarray(['vip', 'shoes'])).map(
    ([id, newLocale, groups]) =>
      (desk: Desk) =>
        desk.ask(id, { type: 'UpdateChat', to: to(id), locale: newLocale, groups }, customer(id)),
  ),
  fc.tuple(chat, fc.boolean()).map(
    ([id, isOnline]) =>
      (desk: Desk) =>
        desk.ask(
          id,
          {
            type: 'NotePresence',
            side: 'customer',
            participantId: `c-${id}`,
            isOnline,
            away: isOnline ? null : { leavesDesk: true, noticeMs: 10, closeMs: 90 },
          },
          system,
        ),
  ),
  chat.map((id) => (desk: Desk) => desk.wait(id)),
);

describe('routing, whatever happens', () => {
  for (const policies of [{}, { botId: 'bot', queueMissMs: 50 }]) {
    const name = 'botId' in policies ? 'with a bot and a limit of waiting' : 'with people alone';
    it(`keeps every promise over 60 000 random deeds ${name}`, function () {
      this.timeout(60_000);
      fc.assert(
        fc.property(fc.array(deed, { minLength: 24, maxLength: 60, size: 'max' }), (deeds) => {
          const desk = new Desk(policies);
          for (const act of deeds) {
            act(desk);
            expect([
              ...desk.broken,
              ...violations([...desk.chats.values()], desk.shard),
              ...starving(desk.shard),
            ]).to.deep.equal([]);
          }
        }),
        { numRuns: 60_000 / 24 },
      );
    });
  }
});
