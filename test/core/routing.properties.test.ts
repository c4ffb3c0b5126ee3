import { expect } from 'chai';
import fc from 'fast-check';
import type { HandOver, OperatorRecord, Policies, PostMessage } from '@dragoman/core';
import type { ChatDecision, Speaker } from '@dragoman/core/domain';
import { speaker, theSystem } from '@dragoman/core/testing';
import { Desk, groups } from './routing-driver.js';
import type { Deed } from './routing-driver.js';

const chat = fc.integer({ min: 1, max: 6 }).map((n) => `chat-${n}`);
const operatorId = fc.constantFrom('o1', 'o2', 'o3', 'o4');
const operator = operatorId.map((id) => speaker('operator', id));
const desk = fc.constant(speaker('operator', 'desk'));
const bot = fc.constantFrom(speaker('bot', 'robo'), speaker('bot', 'spy'));
const customerOf = (id: string): Speaker => speaker('customer', `c-${id}`);
const locale = fc.constantFrom('en', 'fr', 'xx');
const wishes = fc.subarray(['vip', 'shoes', 'unknown'], { maxLength: 2 });
const to = { chatId: '' };

/** A command on some chat, by some of these or by its customer. */
function asked(command: fc.Arbitrary<ChatDecision>, by?: fc.Arbitrary<Speaker>): fc.Arbitrary<Deed> {
  return fc
    .tuple(chat, command, by ?? fc.constant(undefined))
    .map(([id, what, who]) => ({ kind: 'ask', chat: id, command: what, by: who ?? customerOf(id) }));
}

const post = fc.record<PostMessage>({
  type: fc.constant('PostMessage'),
  to: fc.constant(to),
  body: fc.constant({ kind: 'text', text: 'x' }),
  ifClosed: fc.constantFrom('refuse', 'reopen', 'append'),
  claim: fc.boolean(),
  require: fc.constantFrom('none', 'member', 'assignee'),
});
const postOfAgent = fc
  .tuple(post, fc.constantFrom('bot', 'operator'))
  .map(([words, role]): PostMessage => ({ ...words, as: { role, name: 'agent', externalId: 'x' } }));
const hand = fc.record<HandOver>({
  type: fc.constant('HandOver'),
  chat: fc.constant(to),
  to: fc.constantFrom('bot', 'queue', 'customer'),
});
const transfer = fc.record({
  type: fc.constant('TransferChat' as const),
  to: fc.constant(to),
  toId: fc.constantFrom('o1', 'o2', 'o3', 'o4', 'nobody', null),
  strict: fc.boolean(),
  ifClosed: fc.constantFrom('refuse' as const, 'reopen' as const),
});
const update = fc.record({ type: fc.constant('UpdateChat' as const), to: fc.constant(to), locale, groups: wishes });
const membership = fc.constantFrom<ChatDecision>({ type: 'JoinChat', to }, { type: 'LeaveChat', to });
const presence = fc.tuple(fc.boolean(), fc.boolean()).map(([isOnline, leavesDesk]): ChatDecision => ({
  type: 'NotePresence',
  side: 'customer',
  participantId: 'c',
  isOnline,
  away: isOnline ? null : { leavesDesk, noticeMs: 10, closeMs: 90 },
}));

const work: fc.Arbitrary<Partial<OperatorRecord>> = fc.oneof(
  fc.constantFrom(
    { isOnline: true, status: 'available' },
    { isOnline: false, status: 'unavailable', isRequesting: false },
  ),
  fc
    .record({
      status: fc.constantFrom('available', 'reserve', 'unavailable', 'lunch'),
      isRequesting: fc.boolean(),
      capacity: fc.constantFrom(0, 1, 2, 3, null),
      isFrench: fc.boolean(),
      more: fc.subarray(['vip', 'shoes']),
    })
    .map(({ status, isRequesting, capacity, isFrench, more }) => ({
      status,
      isRequesting,
      groups: ['__default', ...more],
      locales: { en: { capacity, isActive: true }, fr: { capacity: 1, isActive: isFrench } },
    })),
);

/** Everything anybody may do: the rules have to hold whatever dialects ask for. */
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(chat, fc.record({ locale, groups: wishes, requireOperator: fc.boolean() }), fc.boolean())
      .map(([id, command, isPatient]): Deed => ({
        kind: 'open',
        chat: id,
        command: { ...command, enqueue: true, ...(!isPatient && { idleMs: 100_000 }) },
        by: customerOf(id),
      })),
  },
  fc
    .tuple(chat, operator)
    .map(([id, by]): Deed => ({ kind: 'open', chat: id, command: { assignTo: by.id ?? '' }, by })),
  {
    weight: 3,
    arbitrary: fc.tuple(operatorId, work).map(([id, changes]): Deed => ({ kind: 'work', operatorId: id, changes })),
  },
  fc.boolean().map((isOnline): Deed => ({
    kind: 'work',
    operatorId: 'desk',
    changes: { mode: 'desk', isOnline, status: 'available' },
  })),
  fc.tuple(fc.boolean(), fc.boolean()).map(([isAccepting, hasShoes]): Deed => ({
    kind: 'configure',
    isAccepting,
    groups: groups.filter((group) => hasShoes || group.id !== 'shoes'),
  })),
  { weight: 2, arbitrary: asked(post) },
  { weight: 2, arbitrary: asked(post, operator) },
  asked(post, bot),
  asked(postOfAgent, desk),
  asked(fc.constant<ChatDecision>({ type: 'AssignChat', to }), fc.oneof(operator, desk)),
  asked(transfer, operator),
  asked(hand, fc.oneof(operator, bot, desk)),
  asked(membership, fc.oneof(operator, bot)),
  { weight: 2, arbitrary: asked(fc.constant<ChatDecision>({ type: 'CloseChat', to, reason: 'operator' }), operator) },
  asked(fc.constant<ChatDecision>({ type: 'ReopenChat', to, windowMs: 1e9 }), operator),
  asked(update),
  asked(presence, fc.constant(theSystem)),
  chat.map((id): Deed => ({ kind: 'wait', chat: id })),
  fc.tuple(chat, operatorId).map(([id, who]): Deed => ({ kind: 'grant late', chat: id, operatorId: who })),
);

const workspaces: readonly (readonly [name: string, policies: Partial<Policies>])[] = [
  ['of people alone', {}],
  ['with a bot, and an end to waiting', { botId: 'robo', queueMissMs: 50 }],
  ['with a desk for some of its chats', { queueMissMs: 50, delegations: [{ deskId: 'desk', group: 'shoes' }] }],
];

/** In all workspaces together, in sequences of 20 and more. */
const deedsAtLeast = 100_000;
const sequence = { minLength: 80, maxLength: 100, size: 'max' } as const;
const runs = Math.ceil(deedsAtLeast / workspaces.length / sequence.minLength);

/** Two operators at work, and customers who have come already. */
const beginning: readonly Deed[] = [
  ...['o1', 'o2'].map((id): Deed => ({
    kind: 'work',
    operatorId: id,
    changes: { isOnline: true, status: 'available' },
  })),
  ...[1, 2, 3, 4].map((n): Deed => ({
    kind: 'open',
    chat: `chat-${n}`,
    command: { enqueue: true },
    by: customerOf(`chat-${n}`),
  })),
];

describe('routing, whatever anybody does', () => {
  for (const [name, policies] of workspaces) {
    it(`keeps every promise in a workspace ${name}`, function () {
      this.timeout(60_000);
      let done = 0;
      fc.assert(
        fc.property(fc.array(deed, sequence), (deeds) => {
          const chats = new Desk(policies);
          for (const one of beginning) chats.do(one);
          for (const one of deeds) {
            chats.do(one);
            done += 1;
            const broken = [...chats.audit.broken, ...chats.audit.starving()];
            if (broken.length > 0) throw new Error(`after ${JSON.stringify(one)}: ${broken.join('; ')}`);
          }
        }),
        { numRuns: runs },
      );
      expect(done).to.be.at.least(deedsAtLeast / workspaces.length);
    });
  }
});
