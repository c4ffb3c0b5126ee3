import { expect } from 'chai';
import type { ChatFact, QueueEntry } from '@dragoman/core';
import { entryOf, movesBetween, slotsOf } from '@dragoman/core/domain';
import type { Chat } from '@dragoman/core/domain';
import { given, opened, scenarioStart, speaker, theSystem } from '@dragoman/core/testing';
import type { Given } from '@dragoman/core/testing';

const ann = speaker('customer', 'ann');
const bea = speaker('operator', 'bea');
const cal = speaker('operator', 'cal');
const to = { chatId: '' };

const queued: ChatFact = { type: 'ChatQueued', cause: 'first', place: 3, priority: 0, delegateId: null };
const missed: ChatFact = { type: 'ChatMissed', cause: 'timeout', place: 3, priority: 0 };
const assigned: ChatFact = {
  type: 'ChatAssigned',
  operatorId: 'bea',
  fromId: null,
  cause: 'queue',
  byId: null,
  assignment: 1,
};
const calJoined: ChatFact = { type: 'ParticipantJoined', participantId: 'cal', role: 'operator' };
const spyJoined: ChatFact = { type: 'ParticipantJoined', participantId: 'spy', role: 'bot' };
const closed: ChatFact = { type: 'ChatClosed', reason: 'operator', byId: 'bea' };

const leaving = { leavesDesk: true, noticeMs: null, closeMs: null };
const presence = (isOnline: boolean) =>
  ({
    type: 'NotePresence',
    side: 'customer',
    participantId: 'ann',
    isOnline,
    away: isOnline ? null : leaving,
  }) as const;
const says = { type: 'PostMessage', to, body: { kind: 'text', text: 'hello' }, ifClosed: 'reopen' } as const;

/** In surroundings where bea and cal are there, and the next ticket has number 9. */
function at(...facts: ChatFact[]): Given {
  return given(opened('ann'), ...facts).within({ operators: { bea: {}, cal: {} }, nextPlace: 9 });
}

function placeOf(chat: Chat): Pick<QueueEntry, 'place' | 'priority'> | undefined {
  const entry = entryOf(chat);
  return entry && { place: entry.place, priority: entry.priority };
}

function whoIsIn(chat: Chat): string[] {
  return slotsOf(chat).map((slot) => `${slot.operatorId} ${slot.kind}`);
}

describe('the ticket of a chat', () => {
  it('is drawn when it first waits for a person', () => {
    const { chat } = at().when(says, ann);
    expect(entryOf(chat)).to.deep.equal({
      chatId: chat.id,
      place: 9,
      priority: 0,
      locale: 'en-US',
      groups: ['__default'],
      queuedAt: scenarioStart + 1_000,
      isMissed: false,
    });
  });

  it('is kept by a customer who leaves and comes back', () => {
    const gone = at(queued).when(presence(false), theSystem);
    expect(entryOf(gone.chat)).to.equal(undefined);
    const back = gone.when(presence(true), theSystem);
    expect(entryOf(back.chat), 'until he writes').to.equal(undefined);
    expect(placeOf(back.when(says, ann).chat)).to.deep.equal({ place: 3, priority: 0 });
  });

  it('is kept by a chat that was missed, before and after it waits again', () => {
    expect(entryOf(at(queued, missed).chat)).to.include({ place: 3, isMissed: true });
    const again = at(queued, missed).when({ type: 'HandOver', chat: to, to: 'queue' }, bea);
    expect(entryOf(again.chat)).to.include({ place: 3, isMissed: false });
  });

  it('is drawn anew after somebody has had the chat', () => {
    const back = at(queued, assigned).when({ type: 'HandOver', chat: to, to: 'queue' }, bea);
    expect(placeOf(back.chat)).to.deep.equal({ place: 9, priority: 0 });
  });

  it('is drawn anew by a chat that was closed while it waited, though nobody ever had it', () => {
    const again = at(queued, closed).when(says, ann);
    expect(placeOf(again.chat)).to.deep.equal({ place: 9, priority: 0 });
  });

  it('comes before others when the chat had been put away, until somebody has had it', () => {
    const released: ChatFact = { type: 'ChatHandedOver', to: 'customer', fromId: 'bea', flow: null, reason: null };
    const back = at(queued, assigned, released).when(says, ann);
    expect(placeOf(back.chat)).to.deep.equal({ place: 9, priority: 1 });
    const gone = back.when(presence(false), theSystem).when(says, ann);
    expect(placeOf(gone.chat), 'kept over an absence').to.deep.equal({ place: 9, priority: 1 });
    const handed = gone.when({ type: 'AssignChat', to }, bea).when({ type: 'HandOver', chat: to, to: 'queue' }, bea);
    expect(placeOf(handed.chat)).to.deep.equal({ place: 9, priority: 0 });
  });

  it('is none while a desk has the chat', () => {
    const delegated = at().within({ deskId: 'desk' }).when(says, ann);
    expect(delegated.chat).to.include({ status: 'pending', delegateId: 'desk' });
    expect(entryOf(delegated.chat)).to.equal(undefined);
  });

  it('is none when a chat that its desk has closed goes on: it is the same desk that hears it', () => {
    const isDesk: ChatFact = { ...assigned, operatorId: 'desk' };
    const delegated: ChatFact = { ...queued, delegateId: 'desk' };
    const over = at(delegated, isDesk, closed).within({ deskId: 'desk', operators: { desk: {} } });
    expect(over.when(says, ann).chat).to.include({ status: 'assigned', assigneeId: 'desk', delegateId: 'desk' });
  });
});

describe('the operators a chat counts for', () => {
  it('are its members, one of them as the assignee, and no bots', () => {
    expect(whoIsIn(at(queued, assigned, calJoined, spyJoined).chat)).to.have.members(['bea assignee', 'cal member']);
  });

  it('are none once it is closed', () => {
    expect(whoIsIn(at(queued, assigned, calJoined, closed).chat)).to.deep.equal([]);
  });

  it('are none whose session has ended', () => {
    const gone = at(queued, assigned, calJoined).when(
      { type: 'NotePresence', side: 'operator', participantId: 'bea', isOnline: false, away: null },
      theSystem,
    );
    expect(whoIsIn(gone.chat)).to.deep.equal(['cal member']);
  });

  it('stay while the customer is away', () => {
    expect(whoIsIn(at(queued, assigned).when(presence(false), theSystem).chat)).to.deep.equal(['bea assignee']);
  });

  for (const where of ['bot', 'customer'] as const) {
    it(`all let go of a chat that is handed to the ${where}`, () => {
      const handed = at(queued, assigned, calJoined)
        .within({ policies: { botId: 'robo' } })
        .when({ type: 'HandOver', chat: to, to: where }, bea);
      expect(whoIsIn(handed.chat)).to.deep.equal([]);
    });
  }

  it('who only joined stay in a chat that its assignee puts back into the queue', () => {
    const handed = at(queued, assigned, calJoined).when({ type: 'HandOver', chat: to, to: 'queue' }, bea);
    expect(whoIsIn(handed.chat)).to.deep.equal(['cal member']);
  });
});

describe('what a change of a chat moves in routing', () => {
  const between = (decided: { readonly before: Chat; readonly chat: Chat }): unknown =>
    movesBetween(decided.before, decided.chat);

  it('is nothing for words', () => {
    expect(between(at(queued, assigned).when(says, ann))).to.equal(null);
  });

  it('is an entry for a slot, in one, when the chat is taken', () => {
    const taken = at(queued).when({ type: 'AssignChat', to }, cal);
    const slot = { operatorId: 'cal', chatId: taken.chat.id, locale: 'en-US', kind: 'assignee' };
    expect(between(taken)).to.deep.equal({
      type: 'RoutingMoved',
      entered: [],
      left: [taken.chat.id],
      opened: [slot],
      freed: [],
    });
  });

  it('is one slot for another when the chat is given on', () => {
    const passed = at(queued, assigned).when({ type: 'TransferChat', to, toId: 'cal', strict: true }, bea);
    expect(between(passed)).to.deep.include({
      entered: [],
      left: [],
      freed: [{ operatorId: 'bea', chatId: passed.chat.id }],
    });
  });

  it('is no freed slot when a member becomes the assignee', () => {
    const taken = at(queued, calJoined).when({ type: 'AssignChat', to }, cal);
    expect(between(taken)).to.deep.include({ freed: [] });
  });

  it('is nothing for a transfer to somebody who is away: the slot would open and end in one', () => {
    const passed = at(queued, assigned)
      .within({ operators: { bea: {}, dan: { isOnline: false } } })
      .when({ type: 'TransferChat', to, toId: 'dan', strict: true }, bea);
    expect(between(passed)).to.deep.include({ opened: [], freed: [{ operatorId: 'bea', chatId: passed.chat.id }] });
  });

  it('is a new entry when the wishes of a waiting chat change', () => {
    const before = at(queued).chat;
    const after = at(queued, { type: 'ChatUpdated', groups: ['vip'] }).chat;
    expect(movesBetween(before, after)).to.deep.include({
      left: [],
      entered: [{ ...entryOf(before), groups: ['vip'] }],
    });
  });

  it('makes room in the old language when the language of a held chat changes', () => {
    const before = at(queued, assigned).chat;
    const after = at(queued, assigned, { type: 'ChatUpdated', locale: 'fr' }).chat;
    expect(movesBetween(before, after)).to.deep.include({ freed: [{ operatorId: 'bea', chatId: before.id }] });
  });
});
