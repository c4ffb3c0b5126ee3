import { expect } from 'chai';
import type { Body, ChatFact, Fields, PostMessage } from '@dragoman/core';
import { messageLimits } from '@dragoman/core';
import { chatLimits } from '@dragoman/core/domain';
import type { ChatDecision } from '@dragoman/core/domain';
import { given, opened, speaker } from '@dragoman/core/testing';
import type { Given } from '@dragoman/core/testing';

const ann = speaker('customer', 'ann');
const bea = speaker('operator', 'bea');
const robo = speaker('bot', 'robo');
const moe = speaker('monitor', 'moe');
const to = { chatId: '' };

const queued: ChatFact = { type: 'ChatQueued', cause: 'first', place: 3, priority: 0, delegateId: null };
const waiting = given(opened('ann'), queued).within({ operators: { bea: {}, cal: {} }, policies: { botId: 'robo' } });

const says = (body: Body, more: Partial<PostMessage> = {}): PostMessage => ({
  type: 'PostMessage',
  to,
  body,
  ifClosed: 'refuse',
  ...more,
});
const text = (words: string): Body => ({ kind: 'text', text: words });
const image = (bytes: number, caption = ''): Body => ({
  kind: 'image',
  attachmentId: 'a',
  mime: 'image/png',
  bytes,
  width: null,
  height: null,
  caption,
});
const notice = (words: string): Body => ({ kind: 'notice', code: 'x', params: {}, text: words });
const custom = (data: Fields): Body => ({ kind: 'custom', name: 'x', data });

describe('who may ask what of a chat', () => {
  const everything: readonly ChatDecision[] = [
    says(text('hello')),
    { type: 'Acknowledge', to, state: 'read', what: { all: true } },
    { type: 'JoinChat', to },
    { type: 'LeaveChat', to },
    { type: 'AssignChat', to },
    { type: 'TransferChat', to, toId: 'bea', strict: false },
    { type: 'HandOver', chat: to, to: 'bot' },
    { type: 'CloseChat', to, reason: 'operator' },
    { type: 'ReopenChat', to, windowMs: 1 },
    { type: 'UpdateChat', to, subject: 'x' },
    { type: 'BlockCustomer', to },
  ];

  for (const command of everything) {
    it(`nobody who only watches: ${command.type}`, () => {
      waiting.when(command, moe).yields('NOT_ALLOWED');
    });
  }

  for (const command of everything.filter(({ type }) =>
    /^(AssignChat|TransferChat|HandOver|BlockCustomer)$/.test(type),
  )) {
    it(`no customer: ${command.type}`, () => {
      waiting.when(command, ann).yields('NOT_ALLOWED');
    });
  }

  it('no bot takes a chat as an operator does, or blocks its customer', () => {
    waiting.when({ type: 'AssignChat', to }, robo).yields('NOT_ALLOWED');
    waiting.when({ type: 'BlockCustomer', to }, robo).yields('NOT_ALLOWED');
  });

  it('an operator claims for himself and for nobody else', () => {
    waiting.when({ type: 'AssignChat', to, operatorId: 'cal' }, bea).yields('NOT_ALLOWED');
    waiting
      .when({ type: 'AssignChat', to, operatorId: 'bea' }, bea)
      .yields([{ type: 'ChatAssigned', operatorId: 'bea' }]);
  });

  it('an operator whom routing has never met claims nothing', () => {
    waiting.when({ type: 'AssignChat', to }, speaker('operator', 'eve')).yields('UNKNOWN_PARTICIPANT');
  });

  it('a refusal names who has the chat', () => {
    const held = waiting.when({ type: 'AssignChat', to }, bea);
    const cal = speaker('operator', 'cal');
    expect(held.when({ type: 'AssignChat', to }, cal).verdict).to.include({ assigneeId: 'bea', canRetry: false });
    expect(held.when(says(text('x'), { require: 'assignee' }), cal).verdict).to.include({ assigneeId: 'bea' });
  });

  it('a second person who writes as the customer becomes one of them, once', () => {
    const zoe = speaker('customer', 'zoe');
    const joined = waiting.when(says(text('me too')), zoe);
    joined.yields([{ type: 'ParticipantJoined', participantId: 'zoe', role: 'customer' }, { type: 'MessagePosted' }]);
    expect(joined.chat.customerIds).to.deep.equal(['ann', 'zoe']);
    joined.when(says(text('again')), zoe).yields([{ type: 'MessagePosted' }]);
  });

  it('who comes back to a chat that was put away goes before the others, whoever brings it back', () => {
    const released = waiting.when({ type: 'HandOver', chat: to, to: 'customer' }, bea);
    const first = { type: 'ChatQueued', priority: 1 } as const;
    released.when({ type: 'ReopenChat', to, windowMs: 1 }, bea).yields([first]);
    released.when(says(text('one more thing')), ann).yields([first, { type: 'MessagePosted' }]);
  });

  it("a desk's late words stay in a closed chat where it says so, and open nothing", () => {
    const desk = { ...speaker('operator', 'desk'), id: 'desk' };
    const queuedThere = { type: 'ChatQueued', cause: 'first', place: 3, priority: 0, delegateId: 'desk' } as const;
    const closed = given(opened('ann'), queuedThere).when({ type: 'CloseChat', to, reason: 'customer' }, ann);
    closed.when(says(text('too late')), desk).yields('CHAT_CLOSED');
    const kept = closed.when(says(text('too late'), { ifClosed: 'append' }), desk);
    kept.yields([{ type: 'MessagePosted' }]);
    expect(kept.chat.status).to.equal('closed');
  });

  it('a customer is blocked once, and his chat goes on', () => {
    const blocked = waiting.when({ type: 'BlockCustomer', to }, bea);
    blocked.yields([{ type: 'CustomerBlocked', byId: 'bea' }]);
    expect(blocked.chat).to.include({ isBlocked: true, status: 'pending' });
    blocked.when({ type: 'BlockCustomer', to }, bea).yields([]);
  });
});

describe('what may be said', () => {
  const { textUnits, captionUnits, noticeUnits, imageBytes, extrasBytes, nameUnits } = messageLimits;
  const long = (units: number): string => 'x'.repeat(units);
  const table: readonly (readonly [what: string, good: PostMessage, bad: PostMessage, code: object])[] = [
    ['a text', says(text(long(textUnits))), says(text(long(textUnits + 1))), { code: 'TOO_LARGE', what: 'text' }],
    ['an image', says(image(imageBytes)), says(image(imageBytes + 1)), { code: 'TOO_LARGE', what: 'image' }],
    [
      'a caption',
      says(image(1, long(captionUnits))),
      says(image(1, long(captionUnits + 1))),
      { code: 'TOO_LARGE', what: 'text' },
    ],
    [
      'a notice',
      says(notice(long(noticeUnits))),
      says(notice(long(noticeUnits + 1))),
      { code: 'TOO_LARGE', what: 'text' },
    ],
    [
      'data of its own kind',
      says(custom({ a: long(extrasBytes - 8) })),
      says(custom({ a: long(extrasBytes - 7) })),
      { code: 'TOO_LARGE', what: 'data' },
    ],
    [
      'what a dialect keeps beside a message',
      says(text('x'), { extras: { space: 'web', data: { a: long(extrasBytes - 8) } } }),
      says(text('x'), { extras: { space: 'web', data: { a: long(extrasBytes - 7) } } }),
      { code: 'TOO_LARGE', what: 'data' },
    ],
    [
      'the fields a message opens a chat with',
      says(text('x'), { opening: { fields: { a: long(chatLimits.fieldsUnits - 8) } } }),
      says(text('x'), { opening: { fields: { a: long(chatLimits.fieldsUnits - 7) } } }),
      { code: 'TOO_LARGE', what: 'data' },
    ],
  ];

  for (const [what, good, bad, rejection] of table) {
    it(`${what}, up to its limit and not a unit more`, () => {
      waiting.when(good, ann).yields([{ type: 'MessagePosted' }]);
      expect(waiting.when(bad, ann).verdict).to.include(rejection);
    });
  }

  it('no white space alone, whatever white space', () => {
    for (const words of ['', ' ', '\n\t', '\u00a0\u2003\ufeff'])
      waiting.when(says(text(words)), ann).yields('EMPTY_MESSAGE');
  });

  it('the words exactly as they were sent', () => {
    const words = '  <b>𝒽ello</b>\0\r\n\u202e ';
    waiting
      .when(says(text(words)), ann)
      .yields([{ type: 'MessagePosted', message: { body: { kind: 'text', text: words } } }]);
  });

  it('for how long an adapter may hold it back: five seconds at most', () => {
    for (const [asked, held] of [
      [-1, 0],
      [0, 0],
      [5_000, 5_000],
      [60_000, 5_000],
    ] as const)
      waiting
        .when(says(text('x'), { holdMs: asked }), ann)
        .yields([{ type: 'MessagePosted', message: { holdMs: held } }]);
  });

  it('a name, cut where it is too long', () => {
    const posted = waiting.when(says(text('x')), { ...ann, name: long(nameUnits + 1) });
    posted.yields([{ type: 'MessagePosted', message: { authorName: long(nameUnits) } }]);
  });

  it('in the order of its decision: each message has the next number and the id of its place', () => {
    const first = waiting.when(says(text('one')), ann);
    first.yields([{ type: 'MessagePosted', message: { seq: 1, id: `${waiting.chat.id}:1`, at: first.at } }]);
    first
      .when(says(text('two')), bea)
      .yields([{ type: 'MessagePosted', message: { seq: 2, id: `${waiting.chat.id}:2` } }]);
  });
});

describe('what a chat carries', () => {
  const update = (more: object): ChatDecision => ({ type: 'UpdateChat', to, ...more });

  it('is merged over what it carried; null takes away', () => {
    const told = waiting.when(update({ fields: { a: 1, b: 2 } }), ann);
    told.yields([{ type: 'ChatUpdated', fields: { a: 1, b: 2 } }]);
    const changed = told.when(update({ fields: { b: null, c: 3 } }), ann);
    expect(changed.chat.fields).to.deep.equal({ a: 1, c: 3 });
  });

  it('changes only where something is new, and then tells only that', () => {
    waiting.when(update({ subject: '', locale: 'en-US', groups: ['__default'], fields: {} }), ann).yields([]);
    const changed = waiting.when(update({ subject: 'shoes', locale: 'en-US' }), ann);
    expect(changed.verdict).to.deep.equal([{ type: 'ChatUpdated', subject: 'shoes' }]);
  });

  it('has an end: in length, in number, and together with what was there', () => {
    const tooLarge = (more: object, now: Given = waiting): void => void now.when(update(more), ann).yields('TOO_LARGE');
    tooLarge({ subject: 'x'.repeat(chatLimits.subjectUnits + 1) });
    tooLarge({ fields: { a: 'x'.repeat(chatLimits.fieldsUnits) } });
    tooLarge({ fields: Object.fromEntries(Array.from({ length: chatLimits.fieldKeys + 1 }, (_, n) => [n, n])) });
    const half = 'x'.repeat(chatLimits.fieldsUnits / 2);
    tooLarge({ fields: { b: half } }, waiting.when(update({ fields: { a: half } }), ann));
  });

  it('keeps fields of any name as plain data, those that mean something to the language too', () => {
    const fields: Fields = JSON.parse('{"__proto__":{"a":1},"constructor":2}');
    const told = waiting.when(update({ fields }), ann);
    expect(Object.keys(told.chat.fields)).to.deep.equal(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(told.chat.fields)).to.equal(Object.prototype);
  });

  it('is not more people than it may have', () => {
    const join = (role: 'operator' | 'customer', count: number): ChatFact[] =>
      Array.from({ length: count }, (_, n) => ({ type: 'ParticipantJoined', participantId: `${role}${n}`, role }));
    const crowd = given(
      opened('ann'),
      ...join('operator', chatLimits.members),
      ...join('customer', chatLimits.customers - 1),
    );
    crowd.when({ type: 'JoinChat', to }, bea).yields('NOT_ALLOWED');
    crowd.when(says(text('me too')), speaker('customer', 'zoe')).yields('NOT_ALLOWED');
    crowd.when(says(text('still me')), ann).yields([{ type: 'ChatQueued' }, { type: 'MessagePosted' }]);
  });

  it('goes to the bot of the desk whose chat it would be, where the workspace has none', () => {
    const hand: ChatDecision = { type: 'HandOver', chat: to, to: 'bot' };
    const held = waiting.within({ policies: { botId: null } }).when({ type: 'AssignChat', to }, bea);
    held.when(hand, bea).yields('NO_OPERATOR');
    const handed = held.within({ deskId: 'desk' }).when(hand, bea);
    handed.yields([
      { type: 'ChatQueued', delegateId: 'desk' },
      { type: 'ChatHandedOver', to: 'bot', fromId: 'bea' },
    ]);
    expect(handed.chat).to.include({ status: 'with-bot', delegateId: 'desk', assigneeId: null });
    const bot = { role: 'bot', name: 'Bot', externalId: 'b' } as const;
    handed
      .when({ ...says(text('me again')), as: bot }, speaker('operator', 'desk'))
      .yields([{ type: 'MessagePosted' }]);
  });

  it('is where the bot shall go on, in not too many words', () => {
    const hand = (flow: string): ChatDecision => ({ type: 'HandOver', chat: to, to: 'bot', flow });
    waiting.when(hand('f'.repeat(chatLimits.flowUnits)), bea).yields([{ type: 'ChatHandedOver', botId: 'robo' }]);
    waiting.when(hand('f'.repeat(chatLimits.flowUnits + 1)), bea).yields('TOO_LARGE');
  });
});
