import { expect } from 'chai';
import type { ChatEvent, ChatFact, ChatSummary, Happening, Message, Signal, View } from '@dragoman/core';
import {
  audienceOf,
  destinationOf,
  evolve,
  prospect,
  seenBy,
  signalAudience,
  workspaceAudience,
} from '@dragoman/core/domain';
import type { Audience } from '@dragoman/core/domain';
import { opened, said, scenarioChatId, speaker } from '@dragoman/core/testing';

const ann = speaker('customer', 'ann');
const bea = speaker('operator', 'bea');
const robo = speaker('bot', 'robo');
const around = { botId: 'robo' };

/** Ann and zoe speak as the customer; bea has the chat, cal joined; a desk stands by; fay had it long before. */
const assigned: ChatSummary = {
  ...prospect(scenarioChatId, 'default'),
  status: 'assigned',
  customerId: 'ann',
  customerIds: ['ann', 'zoe'],
  memberIds: ['bea', 'cal'],
  assigneeId: 'bea',
  previousAssigneeId: 'fay',
  delegateId: 'desk',
};
const unassigned: ChatSummary = { ...assigned, status: 'pending', memberIds: ['cal'], assigneeId: null };

function eventOf(fact: ChatFact, chat: ChatSummary = assigned): ChatEvent {
  const envelope = {
    eventId: 'e',
    commandId: 'c',
    workspaceId: 'default',
    version: 1,
    number: 1,
    at: 0,
    by: { participantId: null, sessionId: null },
  };
  return Object.assign(envelope, { chatId: chat.id, chat, people: {} }, fact);
}

/** The audience in the letters of the table, with whoever of the desk is named beside the members. */
function lettersOf(heard: Audience, chat: ChatSummary): string {
  const members = new Set([...chat.memberIds, chat.assigneeId]);
  const beside = heard.operators.filter((id) => !members.has(id)).map((id) => `+${id}`);
  const letters = [
    heard.customers.join() === chat.customerIds.join() ? 'cu' : '',
    heard.operators.length - beside.length > 0 ? 'me' : '',
    heard.isForLobby ? 'lo' : '',
    heard.bots.join() === 'robo,desk' ? 'bo' : heard.bots.join() === 'desk' ? 'de' : '',
    heard.isForAll ? 'al' : '',
  ];
  return [...letters, ...beside].filter((letter) => letter !== '').join(' ');
}

const queued: ChatFact = { type: 'ChatQueued', cause: 'handover', place: 1, priority: 0, delegateId: null };
const given = {
  type: 'ChatAssigned',
  operatorId: 'bea',
  fromId: 'dan',
  cause: 'transfer',
  byId: 'dan',
  assignment: 2,
} as const satisfies ChatFact;
const handed: ChatFact = { type: 'ChatHandedOver', to: 'customer', fromId: 'dan', flow: null, reason: null };
const left = { type: 'ParticipantLeft', participantId: 'dan', role: 'operator', cause: 'asked' } as const;
const acknowledged: ChatFact = {
  type: 'MessageAcknowledged',
  side: 'desk',
  state: 'read',
  ranges: [[1, 1]],
  byId: 'bea',
  unreadByDesk: 0,
};

/** cu customers, me members and the assignee, lo the lobby, bo the bot and the desk, de the desk alone, al whoever hears everything. */
const table: readonly (readonly [fact: ChatFact, hears: string, hearsUnassigned?: string])[] = [
  [opened('ann'), 'cu lo bo al'],
  [queued, 'cu me lo bo al'],
  [given, 'cu me lo bo al +dan'],
  [{ type: 'ChatMissed', cause: 'timeout', place: 1, priority: 0 }, 'cu me lo al'],
  [{ type: 'ChatAbandoned', operatorId: 'bea' }, 'cu me lo al'],
  [handed, 'cu me lo bo al'],
  [{ type: 'ChatClosed', reason: 'operator', byId: 'bea' }, 'cu me lo bo al'],
  [{ type: 'ChatReopened', byId: 'bea' }, 'cu me lo bo al'],
  [{ type: 'ChatUpdated', subject: 'shoes' }, 'me lo bo al'],
  [{ type: 'CustomerBlocked', byId: 'bea' }, 'cu me al'],
  [{ type: 'AbsenceNoted', phase: 'left', status: 'assigned', away: null }, 'cu me lo bo al'],
  [{ type: 'ParticipantJoined', participantId: 'cal', role: 'operator' }, 'cu me lo al'],
  [left, 'cu me lo al'],
  [said(ann, 1), 'cu me bo al', 'cu me lo bo al'],
  [acknowledged, 'cu me de al'],
];

describe('who hears what happens in a chat', () => {
  for (const [fact, hears, hearsUnassigned = hears] of table) {
    it(`${fact.type}: ${hears}`, () => {
      expect(lettersOf(audienceOf(eventOf(fact), around), assigned)).to.equal(hears);
      expect(lettersOf(audienceOf(eventOf(fact, unassigned), around), unassigned)).to.equal(hearsUnassigned);
    });
  }

  it('whoever an event takes out of a chat hears of it, and of nothing after it', () => {
    const start = [
      opened('ann'),
      given,
      { type: 'ParticipantJoined', participantId: 'cal', role: 'operator' },
    ] as const;
    const held = start.reduce((chat, fact) => evolve(chat, fact, 0), prospect(scenarioChatId, 'default'));
    const heardAfter = (...facts: readonly ChatFact[]): readonly string[] => {
      const chat = facts.reduce((state, fact) => evolve(state, fact, 0), held);
      const last = facts.at(-1);
      return last === undefined ? [] : audienceOf(eventOf(last, chat), around).operators;
    };
    const toCal: ChatFact = { ...given, operatorId: 'cal', fromId: 'bea' };
    expect({
      'put away': heardAfter(handed),
      'and spoken in again': heardAfter(handed, queued),
      'given to cal': heardAfter(toCal),
      'left by cal': heardAfter({ ...left, participantId: 'cal' }),
      missed: heardAfter({ type: 'ChatMissed', cause: 'transfer', place: 1, priority: 0 }),
    }).to.deep.equal({
      'put away': ['bea', 'cal'],
      'and spoken in again': [],
      'given to cal': ['cal', 'bea'],
      'left by cal': ['bea', 'cal'],
      missed: ['cal', 'bea'],
    });
  });

  it('the words of a chat are the lobby’s until somebody has it, and not after', () => {
    const heard = (chat: ChatSummary): boolean => audienceOf(eventOf(said(ann, 1), chat), around).isForLobby;
    expect([heard(unassigned), heard(assigned)]).to.deep.equal([true, false]);
  });

  it('an absent assignee, no longer a member, hears of his chat when he is asked for', () => {
    const abandoned = { ...assigned, status: 'abandoned', memberIds: ['cal'] } as const;
    expect(audienceOf(eventOf(said(ann, 1), abandoned), around).operators).to.deep.equal(['cal', 'bea']);
  });

  it('no bot and no desk hear where there are none', () => {
    const heard = audienceOf(eventOf(queued, { ...assigned, delegateId: null }), { botId: null });
    expect(heard.bots).to.deep.equal([]);
  });
});

describe('words that are not for everybody', () => {
  const hears = (more: Partial<Message>, by = ann): Audience =>
    audienceOf(eventOf(said(by, 1, more), unassigned), around);
  const other = { body: { kind: 'text', text: '***' }, extras: null } as const;

  it('for the bot alone reach the bot and nobody else', () => {
    expect(lettersOf(hears({ visibility: 'bot' }), unassigned)).to.equal('bo');
  });

  it('for the desk reach no customer but the one who said them, on his devices', () => {
    expect(hears({ visibility: 'desk' }).customers).to.deep.equal(['ann']);
    expect(hears({ visibility: 'desk' }, bea).customers).to.deep.equal([]);
    expect(lettersOf(hears({ visibility: 'desk' }, bea), unassigned)).to.equal('me lo bo al');
  });

  it('that a filter dropped for a side do not reach that side', () => {
    expect(lettersOf(hears({ variants: { customer: null } }), unassigned)).to.equal('me lo bo al');
    expect(lettersOf(hears({ variants: { desk: null } }), unassigned)).to.equal('cu bo al');
    expect(lettersOf(hears({ variants: { all: null } }), unassigned)).to.equal('cu me lo bo');
    expect(lettersOf(hears({ variants: { customer: other } }), unassigned), 'changed, not dropped').to.equal(
      'cu me lo bo al',
    );
  });

  it('that a filter changed are seen so by that side alone', () => {
    const event = eventOf(said(ann, 1, { variants: { desk: other } }));
    const textFor = (view: View): string => {
      const seen = seenBy(view, event);
      if (seen.type !== 'MessagePosted' || seen.message.body.kind !== 'text') return 'something else';
      expect(seen.message.variants, 'nothing of the other sides').to.deep.equal({});
      return seen.message.body.text;
    };
    const views: readonly View[] = ['customer', 'operator', 'bot', 'lobby', 'all'];
    expect(views.map(textFor)).to.deep.equal(['words 1', '***', '***', '***', 'words 1']);
    expect(views.map(destinationOf)).to.deep.equal(['customer', 'desk', 'desk', 'desk', 'all']);
  });

  it('that no filter touched are the same object for everybody', () => {
    const event: Happening = eventOf(said(ann, 1));
    expect(seenBy('customer', event)).to.equal(event);
  });
});

describe('who hears signals', () => {
  const typing = (authorId: string): Extract<Signal, { type: 'TypingChanged' }> => ({
    type: 'TypingChanged',
    chatId: assigned.id,
    chat: assigned,
    people: {},
    authorId,
    authorRole: 'customer',
    isOn: true,
    preview: 'I would li',
    expiresInMs: 1_000,
  });

  it('of typing everybody in the chat but who types, and neither lobby nor onlookers', () => {
    expect(signalAudience(typing('ann'), around)).to.deep.equal({
      customers: ['zoe'],
      operators: ['bea', 'cal'],
      bots: ['robo', 'desk'],
      isForLobby: false,
      isForAll: false,
    });
    expect(signalAudience(typing('bea'), around).operators).to.deep.equal(['cal']);
    expect(signalAudience(typing(robo.id ?? ''), around).bots).to.deep.equal(['desk']);
  });

  it('of a draft the desk, while customers see that there is one', () => {
    expect(seenBy('operator', typing('ann'))).to.have.property('preview', 'I would li');
    expect(seenBy('customer', typing('ann'))).to.not.have.property('preview');
  });

  it('of a place in the queue the customers and whoever hears everything', () => {
    const signal = { type: 'QueueMoved', chatId: assigned.id, chat: assigned, people: {}, position: 1 } as const;
    expect(lettersOf(signalAudience(signal, around), assigned)).to.equal('cu al');
  });
});

describe('who hears of routing and of people', () => {
  const base = { eventId: 'e', commandId: 'c', workspaceId: 'w', version: 1, number: 1, at: 0, people: {} };
  const by = { participantId: null, sessionId: null };

  it('of routing the lobby and whoever hears everything', () => {
    const fact = {
      type: 'RoutingConfigured',
      isAccepting: true,
      groups: [],
      locales: { default: 'en', supported: [] },
    } as const;
    const heard = workspaceAudience({ ...base, by, ...fact, participantId: null });
    expect(heard).to.deep.include({ customers: [], operators: [], bots: [], isForLobby: true, isForAll: true });
  });

  it('of a new name himself, in his own role, and the lobby', () => {
    const person = {
      name: 'x',
      isSupervisor: false,
      isDesk: false,
      locale: null,
      groups: [],
      profile: {},
      identities: [],
    };
    const heard = (role: 'customer' | 'operator' | 'bot'): Audience =>
      workspaceAudience({ ...base, by, type: 'ParticipantUpdated', role, ...person, participantId: 'p' });
    expect(heard('customer')).to.deep.include({ customers: ['p'], operators: [], isForLobby: true, isForAll: true });
    expect(heard('operator')).to.deep.include({ customers: [], operators: ['p'] });
    expect(heard('bot')).to.deep.include({ bots: ['p'], operators: [] });
  });

  it('of a notification the one it is for, not the lobby', () => {
    const fact = { type: 'ParticipantNotified', participantId: 'p', kind: 'k', content: null, data: null } as const;
    const heard = workspaceAudience({ ...base, by, ...fact });
    expect(heard).to.deep.include({ customers: ['p'], operators: [], isForLobby: false, isForAll: true });
  });
});
