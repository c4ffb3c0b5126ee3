import {
  customerCommand,
  deskCommand,
  fill,
  forCustomer,
  forDesk,
  speakerOf,
  textsFor,
  type Surroundings,
} from '@dragoman/adapter-amqp/sermo';
import type { ChatEvent, ChatFact, ChatSummary, Message, Participant } from '@dragoman/core';
import { prospect } from '@dragoman/core/domain';
import { expect } from 'chai';

const around: Surroundings = { space: 'sermo', texts: {}, groupName: (id) => (id === 'g1' ? 'Com Hem allmänt' : id) };
const to = { chatId: 'c-1' };
const at = Date.UTC(2020, 1, 18, 12, 14, 11, 386);
const isBot = (id: string): boolean => id === 'bot';

function participant(id: string, about: Partial<Participant>): Participant {
  const identity = { space: 'sermo', side: 'operator', realm: '', externalId: `x-${id}`, idType: 'string' } as const;
  return {
    id,
    role: 'operator',
    name: id,
    isSupervisor: false,
    isDesk: false,
    locale: null,
    groups: [],
    profile: {},
    identities: [identity],
    ...about,
  };
}

const people = {
  anna: participant('anna', { name: 'Anna' }),
  desk: participant('desk', { isDesk: true }),
  bot: participant('bot', { role: 'bot', name: 'Bot' }),
};

const chat: ChatSummary = {
  ...prospect('c-1', 'default'),
  locale: 'sv-SE',
  groups: ['g1'],
  addresses: { sermo: 'comviq-web/u-1' },
  status: 'assigned',
};

function happened(fact: ChatFact): ChatEvent {
  const by = { participantId: null, sessionId: null };
  const envelope = { eventId: 'e', commandId: 'c', workspaceId: 'default', version: 4, number: 9, at, by, people };
  return { ...envelope, chatId: 'c-1', chat, ...fact };
}

function posted(changes: Partial<Message>): ChatEvent {
  const message: Message = {
    id: 'c-1:2',
    seq: 2,
    clientId: null,
    authorId: 'anna',
    authorRole: 'operator',
    authorName: 'Anna',
    at,
    claimedAt: null,
    body: { kind: 'text', text: 'Hej' },
    extras: null,
    visibility: 'all',
    holdMs: 0,
    variants: {},
    ...changes,
  };
  return happened({ type: 'MessagePosted', message });
}

const assigned = (changes: object): ChatEvent =>
  happened({
    type: 'ChatAssigned',
    operatorId: 'anna',
    fromId: null,
    cause: 'queue',
    byId: null,
    assignment: 1,
    ...changes,
  });
const handed = (toWhom: 'bot' | 'queue' | 'customer', flow: string | null = null): ChatEvent =>
  happened({ type: 'ChatHandedOver', to: toWhom, fromId: null, flow, reason: null });
const closed = (reason: 'operator' | 'desk' | 'customer' | 'left' | 'idle'): ChatEvent =>
  happened({ type: 'ChatClosed', reason, byId: null });
const outbound = (event: ChatEvent): readonly unknown[] => forCustomer(event, around).map(({ words }) => words);
const inbound = (event: ChatEvent): readonly unknown[] => forDesk(event, around).map(({ words }) => words);

describe('what a Sermo front end is told', () => {
  it('of an operator’s words: text with a human agent', () => {
    const agent = { id: 'x-anna', name: 'Anna', type: 'human' };
    expect(outbound(posted({}))).to.deep.equal([{ type: 'text', text: 'Hej', agent }]);
  });

  it('of a bot’s words: an agent without a type, and how long it feigns writing', () => {
    const said = posted({ authorId: 'bot', authorRole: 'bot', authorName: 'Bot', holdMs: 1000 });
    expect(outbound(said)).to.deep.equal([
      { type: 'text', text: 'Hej', typing: 1000, agent: { id: 'bot', name: 'Bot' } },
    ]);
  });

  it('of lines of the system, queues and people: system_text in the words of the chat’s locale', () => {
    const notice = { kind: 'notice', code: 'x', params: {}, text: 'Välkommen' } as const;
    expect(outbound(posted({ authorId: null, authorRole: 'system', body: notice }))).to.deep.equal([
      { type: 'system_text', text: 'Välkommen' },
    ]);
    const queued: ChatFact = { type: 'ChatQueued', cause: 'first', place: 1, priority: 0, delegateId: null };
    expect(outbound(happened(queued))).to.deep.equal([
      { type: 'system_text', text: 'Chatten har placerats i kön "Com Hem allmänt"' },
    ]);
    expect(outbound(happened({ ...queued, delegateId: 'desk' }))).to.deep.equal([]);
    expect(outbound(assigned({}))).to.deep.equal([{ type: 'system_text', text: 'Du chattar nu med Anna' }]);
    expect(outbound(assigned({ cause: 'recovered' }))).to.deep.equal([]);
    expect(outbound(assigned({ operatorId: 'desk' }))).to.deep.equal([]);
  });

  it('of the word that changes hands: handover_to_bot, handover_to_agent, agent_done', () => {
    expect(outbound(handed('bot', 'end'))).to.deep.equal([{ type: 'handover_to_bot', flowGroupId: 'end' }]);
    expect(outbound(handed('bot'))).to.deep.equal([{ type: 'handover_to_bot' }]);
    expect(outbound(handed('queue'))).to.deep.equal([{ type: 'handover_to_agent' }]);
    expect(outbound(handed('customer'))).to.deep.equal([{ type: 'agent_done' }]);
    expect(outbound(assigned({ cause: 'take' }))[0]).to.deep.equal({ type: 'handover_to_agent' });
  });

  it('of the end: agent_done if our side closed, nothing if he left himself', () => {
    for (const reason of ['operator', 'desk'] as const) {
      expect(outbound(closed(reason))).to.deep.equal([{ type: 'agent_done' }]);
    }
    for (const reason of ['customer', 'left', 'idle'] as const) expect(outbound(closed(reason))).to.deep.equal([]);
  });

  it('of his own words, of words for the desk alone, and of custom ones: nothing', () => {
    expect(outbound(posted({ authorRole: 'customer' }))).to.deep.equal([]);
    expect(outbound(posted({ visibility: 'desk' }))).to.deep.equal([]);
    expect(outbound(posted({ body: { kind: 'custom', name: 'x', data: {} } }))).to.deep.equal([]);
  });
});

describe('what a Sermo desk is told', () => {
  const iso = '2020-02-18T12:14:11.386Z';

  it('of a customer’s words, what he has read, and that he chose to leave', () => {
    expect(inbound(posted({ authorRole: 'customer' }))).to.deep.equal([{ type: 'text', text: 'Hej' }]);
    const read = { type: 'MessageAcknowledged', side: 'customer', state: 'read', ranges: [[1, 2]] } as const;
    expect(inbound(happened({ ...read, byId: null, unreadByDesk: 0 }))).to.deep.equal([
      { type: 'messages_read', text: 'read', at: iso },
    ]);
    expect(inbound(closed('customer'))).to.deep.equal([
      { type: 'client_left', text: 'Kunden har stängt chatten.', at: iso },
    ]);
  });

  it('of a customer who is gone: client_unload, never client_left', () => {
    const left = happened({ type: 'AbsenceNoted', phase: 'left', status: 'assigned', away: null });
    expect(inbound(left)).to.deep.equal([{ type: 'client_unload', at: iso }]);
    expect(inbound(closed('left'))).to.deep.equal([]);
    expect(inbound(closed('operator'))).to.deep.equal([]);
  });

  it('of what others say: nothing', () => {
    expect(inbound(posted({}))).to.deep.equal([]);
    expect(inbound(posted({ authorRole: 'bot' }))).to.deep.equal([]);
  });
});

describe('what Sermo asks of the core', () => {
  it('a customer who chose to leave closes his chat; an unloaded tab and a heartbeat ask nothing', () => {
    expect(customerCommand({ type: 'client_left', text: '', at: '' }, { to, at })).to.deep.equal({
      type: 'CloseChat',
      to,
      reason: 'customer',
    });
    expect(customerCommand({ type: 'client_unload', at: '' }, { to, at })).to.equal(undefined);
    expect(customerCommand({ type: 'heartbeat' }, { to, at })).to.equal(undefined);
  });

  it('a desk that hands over to its bot names the flow', () => {
    expect(deskCommand({ type: 'handover_to_bot', flowGroupId: 'end' }, { to, at }, isBot)).to.deep.equal({
      type: 'HandOver',
      chat: to,
      to: 'bot',
      flow: 'end',
    });
  });

  it('tells bots from people by type, then by id or feigned writing', () => {
    const roleOf = (said: Parameters<typeof speakerOf>[0]): string => speakerOf(said, isBot).role;
    expect(roleOf({ agent: { id: 'anan01', name: 'Anders', type: 'human' }, typing: 5 })).to.equal('operator');
    expect(roleOf({ agent: { id: 'x', name: 'X', type: 'bot' } })).to.equal('bot');
    expect(roleOf({ agent: { id: 'bot', name: 'Bot' } })).to.equal('bot');
    expect(roleOf({ agent: { id: 'x', name: 'X' }, typing: 5 })).to.equal('bot');
    expect(roleOf({ agent: { id: 'x', name: 'X' } })).to.equal('operator');
    expect(roleOf({ agent: { id: 'x', name: 'X', type: 'robot' } })).to.equal('operator');
    expect(roleOf({})).to.equal('operator');
  });
});

describe('the words of ours', () => {
  it('are taken from the locale, then from its language, then from what is usual there', () => {
    const given = { sv: { queued: 'Kö' }, 'sv-FI': { queued: 'Kön' } };
    expect(textsFor('sv-FI', given).queued).to.equal('Kön');
    expect(textsFor('sv-SE', given).queued).to.equal('Kö');
    expect(textsFor('sv-SE', given).left).to.equal('Kunden har stängt chatten.');
    expect(textsFor('de-DE', given).queued).to.equal('You are in the queue {queue}');
  });

  it('never fill in what was itself filled in', () => {
    expect(fill('{name} {none}', { name: '{queue}', queue: 'x' })).to.equal('{queue} {none}');
  });
});
