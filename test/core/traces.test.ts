import { expect } from 'chai';
import type { ChatFact, IfClosed, Rejection } from '@dragoman/core';
import { defaultPolicies, neverAway } from '@dragoman/core';
import { duesOf, enterChat, isRejection, movesBetween } from '@dragoman/core/domain';
import type { Chat, ChatDecision, Entrance, Speaker } from '@dragoman/core/domain';
import { given, opened, said, scenarioChatId, speaker, theSystem } from '@dragoman/core/testing';
import type { Decided, Given } from '@dragoman/core/testing';
import { doorway, typesOf } from './doorway.js';

const ann = speaker('customer', 'ann');
const o1 = speaker('operator', 'o1');
const o2 = speaker('operator', 'o2', { space: 'other-desk' });
const robo = speaker('bot', 'robo');
const to = { chatId: scenarioChatId };

const says = (ifClosed: IfClosed = 'refuse', more: object = {}): Extract<ChatDecision, { type: 'PostMessage' }> => ({
  type: 'PostMessage',
  to,
  body: { kind: 'text', text: 'words' },
  ifClosed,
  ...more,
});
const transfer = (toId: string, strict = true): ChatDecision => ({ type: 'TransferChat', to, toId, strict });
const grant = (operatorId: string, chat: Chat): ChatDecision => ({
  type: 'GrantChat',
  operatorId,
  assignment: chat.assignment,
});
const gone = (side: 'customer' | 'operator', participantId: string, leavesDesk = true): ChatDecision => ({
  type: 'NotePresence',
  side,
  participantId,
  isOnline: false,
  away: side === 'customer' ? { leavesDesk, noticeMs: 10_000, closeMs: 90_000 } : null,
});
const back = (side: 'customer' | 'operator', participantId: string): ChatDecision => ({
  type: 'NotePresence',
  side,
  participantId,
  isOnline: true,
  away: null,
});

const both = { operators: { o1: {}, o2: {} } };
const o1Gone = { operators: { o1: { isOnline: false, status: 'unavailable' }, o2: {} } };

/** What routing was told: entries that came and went, slots that opened and were freed. */
function moved({ before, chat }: Decided): string {
  const moves = movesBetween(before, chat);
  if (moves === null) return 'nothing';
  return [
    ...moves.left.map(() => 'entry left'),
    ...moves.freed.map((slot) => `slot ${slot.operatorId} freed`),
    ...moves.opened.map((slot) => `slot ${slot.operatorId}`),
    ...moves.entered.map((entry) => `entry ${entry.place}`),
  ].join(', ');
}

function timersOf(chat: Chat, botId: string | null = null): string[] {
  return Object.keys(duesOf(chat, { ...defaultPolicies, botId }));
}

const queued: ChatFact = { type: 'ChatQueued', cause: 'first', place: 17, priority: 0, delegateId: null };
const assigned: ChatFact = {
  type: 'ChatAssigned',
  operatorId: 'o1',
  fromId: null,
  cause: 'queue',
  byId: null,
  assignment: 1,
};

describe('a bot greets, hands over, and the chat is passed on', () => {
  const withBot = { ...both, policies: { botId: 'robo' }, nextPlace: 17 };

  it('each step as it should be, in the chat and in routing', () => {
    const greeted = given(opened('ann')).within(withBot).when(says(), ann);
    greeted.yields([
      { type: 'ChatHandedOver', to: 'bot' },
      { type: 'MessagePosted', message: { seq: 1 } },
    ]);
    expect(timersOf(greeted.chat, 'robo')).to.deep.equal(['bot-silent']);

    const answered = greeted.when(says(), robo);
    answered.yields([{ type: 'MessagePosted', message: { seq: 2 } }]);
    expect(timersOf(answered.chat, 'robo')).to.deep.equal([]);

    const waiting = answered.when({ type: 'HandOver', chat: to, to: 'queue' }, robo);
    waiting.yields([
      { type: 'ChatHandedOver', to: 'queue' },
      { type: 'ChatQueued', cause: 'handover', place: 17 },
    ]);
    expect(moved(waiting)).to.equal('entry 17');

    const held = waiting.when(grant('o1', waiting.chat), theSystem);
    held.yields([{ type: 'ChatAssigned', operatorId: 'o1', cause: 'queue', assignment: 1 }]);
    expect(moved(held)).to.equal('entry left, slot o1');

    const passed = held.when(says(), o1).when(transfer('o2'), o1);
    passed.yields([{ type: 'ChatAssigned', operatorId: 'o2', fromId: 'o1', cause: 'transfer', assignment: 2 }]);
    expect(moved(passed)).to.equal('slot o1 freed, slot o2');
    passed.when(says('refuse', { require: 'assignee' }), o1).yields('NOT_ASSIGNEE');
  });
});

describe('two operators and the queue reach for the same chat', () => {
  const pending = given(opened('ann'), queued).within(both);

  it('the first has it; the other learns who; the grant that came too late does nothing', () => {
    const seen = pending.chat;
    const claimed = pending.when({ type: 'AssignChat', to }, o2);
    claimed.yields([{ type: 'ChatAssigned', operatorId: 'o2', cause: 'claim', assignment: 1 }]);
    expect(moved(claimed)).to.equal('entry left, slot o2');
    const late = claimed.when({ type: 'AssignChat', to }, o1);
    late.yields('ALREADY_ASSIGNED');
    expect((late.verdict as Rejection).assigneeId).to.equal('o2');
    claimed.when(grant('o1', seen), theSystem).yields([]);
  });

  it('a grant for an earlier turn of waiting does nothing either', () => {
    const again = pending.when({ type: 'AssignChat', to }, o2).when({ type: 'HandOver', chat: to, to: 'queue' }, o2);
    expect(again.chat.status).to.equal('pending');
    again.when(grant('o1', pending.chat), theSystem).yields([]);
    again.when(grant('o1', again.chat), theSystem).yields([{ type: 'ChatAssigned', assignment: 2 }]);
  });
});

describe('an operator who drops and comes back', () => {
  const held = given(opened('ann'), queued, assigned, said(ann, 1)).within(o1Gone);

  it('finds his chat again, with what was said meanwhile', () => {
    const abandoned = held.when(gone('operator', 'o1'), theSystem);
    abandoned.yields([{ type: 'ChatAbandoned', operatorId: 'o1' }]);
    expect(moved(abandoned)).to.equal('slot o1 freed');
    const written = abandoned.when(says(), ann);
    expect(written.chat).to.include({ status: 'abandoned', lastSeq: 2 });
    const recovered = written.within(both).when(back('operator', 'o1'), theSystem);
    recovered.yields([{ type: 'ChatAssigned', operatorId: 'o1', cause: 'recovered', assignment: 2 }]);
    expect(moved(recovered)).to.equal('slot o1');
  });

  it('finds it with the bot when he was away too long', () => {
    const abandoned = held.within({ policies: { botId: 'robo' } }).when(gone('operator', 'o1'), theSystem);
    expect(timersOf(abandoned.chat, 'robo')).to.deep.equal(['abandoned']);
    const token = abandoned.at;
    abandoned.when({ type: 'FireTimer', name: 'abandoned', token }, theSystem, 119_999).yields([]);
    const handed = abandoned.when({ type: 'FireTimer', name: 'abandoned', token }, theSystem, 120_000);
    handed.yields([{ type: 'ChatHandedOver', to: 'bot', fromId: 'o1', reason: 'abandoned' }]);
    handed.within(both).when(back('operator', 'o1'), theSystem).yields([]);
  });
});

describe('one person on two devices', () => {
  const atX = given(opened('ann', { space: 'x', away: { leavesDesk: true, noticeMs: 10, closeMs: 90 } }), queued);

  it('goes on in the chat he has when he asks under another name, and only the name is new', () => {
    const entrance = enterChat(doorway({ space: 'y', elsewhere: atX.chat }), {}, false);
    expect(entrance).to.deep.include({ chat: atX.chat, isBound: true });
    expect(entrance.facts).to.deep.equal([
      { type: 'ChatUpdated', address: { space: 'y', key: 'visitor', away: neverAway } },
    ]);
  });

  it('gets a chat of his own where the name is a promise of one', () => {
    const entrance = enterChat(doorway({ space: 'y', elsewhere: atX.chat }), { joinOpen: false }, false);
    expect(typesOf(entrance.facts)).to.deep.equal(['ChatOpened']);
    expect(entrance.chat.id).to.equal('fresh');
  });
});

describe('a chat that was closed', () => {
  const held = given(opened('ann'), queued, assigned).within({ ...both, nextPlace: 18 });
  const closed = held.when({ type: 'CloseChat', to, reason: 'operator' }, o1);

  it('has neither slot nor timer', () => {
    closed.yields([{ type: 'ChatClosed', reason: 'operator', byId: 'o1' }]);
    expect(moved(closed)).to.equal('slot o1 freed');
    expect(timersOf(closed.chat)).to.deep.equal([]);
  });

  it('is reopened by its customer with the operator who had it, however much he has', () => {
    const again = closed.when(says('reopen'), ann);
    again.yields([
      { type: 'ChatReopened', byId: 'ann' },
      { type: 'ChatAssigned', operatorId: 'o1', cause: 'reopen', assignment: 2, fromId: null },
      { type: 'MessagePosted' },
    ]);
    expect(moved(again)).to.equal('slot o1');
  });

  it('waits for somebody else when that operator is gone', () => {
    const again = closed.within(o1Gone).when(says('reopen'), ann);
    again.yields([
      { type: 'ChatReopened' },
      { type: 'ChatQueued', cause: 'reopened', place: 18 },
      { type: 'MessagePosted' },
    ]);
    expect(moved(again)).to.equal('entry 18');
  });

  it('goes to the bot first when the bot has never had it', () => {
    closed
      .within({ ...o1Gone, policies: { botId: 'robo' } })
      .when(says('reopen'), ann)
      .yields([{ type: 'ChatReopened' }, { type: 'ChatHandedOver', to: 'bot' }, { type: 'MessagePosted' }]);
  });

  it('is followed by a new one under the same name where the dialect wants it, and stays closed', () => {
    const entrance = enterChat(doorway({ current: closed.chat }), {}, false);
    expect(entrance).to.deep.include({ isBound: true });
    expect(entrance.chat.id).to.equal('fresh');
    const facts = followed(entrance, says('new'), ann);
    expect(typesOf(facts)).to.deep.equal(['ChatOpened', 'ChatQueued', 'MessagePosted']);
  });

  it('refuses words where the dialect wants that', () => {
    closed.when(says('refuse'), ann).yields('CHAT_CLOSED');
  });
});

/** The facts of an entrance and of what is asked in it. */
function followed(entrance: Entrance, command: ChatDecision, by: Speaker): ChatFact[] {
  const inside: Given = given(...entrance.facts);
  const { verdict } = inside.when(command, by);
  return [...entrance.facts, ...(isRejection(verdict) ? [] : verdict)];
}

describe('a chat that another operator takes from the one who has it', () => {
  const held = given(opened('ann'), queued, assigned).within(both);

  it('moves at once, and a second time changes nothing', () => {
    const taken = held.when(transfer('o2'), o2);
    taken.yields([{ type: 'ChatAssigned', operatorId: 'o2', fromId: 'o1', cause: 'take', byId: 'o2', assignment: 2 }]);
    expect(moved(taken)).to.equal('slot o1 freed, slot o2');
    expect(taken.chat.previousAssigneeId).to.equal('o1');
    taken.when(transfer('o2'), o2).yields([]);
  });
});

describe('a customer who waits', () => {
  const pending = given(opened('ann'), queued, said(ann, 1)).within({ ...both, nextPlace: 30 });

  it('may write, which changes nothing in the queue', () => {
    const written = pending.when(says(), ann);
    written.yields([{ type: 'MessagePosted', message: { seq: 2 } }]);
    expect(moved(written)).to.equal('nothing');
  });

  it('leaves the queue when he leaves, and has his old place when he writes again', () => {
    const left = pending.when(gone('customer', 'ann'), theSystem);
    left.yields([{ type: 'AbsenceNoted', phase: 'away', status: 'customer-disconnected' }]);
    expect(moved(left)).to.equal('entry left');
    expect(timersOf(left.chat)).to.have.members(['customer-left', 'customer-gone']);
    const again = left.when(says(), ann);
    again.yields([
      { type: 'AbsenceNoted', phase: 'back' },
      { type: 'ChatQueued', cause: 'return', place: 17 },
      { type: 'MessagePosted' },
    ]);
    expect(moved(again)).to.equal('entry 17');
    expect(timersOf(again.chat)).to.deep.equal([]);
  });

  it('stays in it where his absence does not take him off the desk, until it has lasted too long', () => {
    const away = pending.when(gone('customer', 'ann', false), theSystem);
    expect(moved(away)).to.equal('nothing');
    expect(timersOf(away.chat)).to.have.members(['customer-left', 'customer-gone']);
    const told = away.when({ type: 'FireTimer', name: 'customer-left', token: away.at }, theSystem, 10_000);
    told.yields([{ type: 'AbsenceNoted', phase: 'left', status: 'pending' }]);
    const over = told.when({ type: 'FireTimer', name: 'customer-gone', token: away.at }, theSystem, 80_000);
    over.yields([{ type: 'ChatClosed', reason: 'left', byId: null }]);
    expect(moved(over)).to.equal('entry left');
  });
});
