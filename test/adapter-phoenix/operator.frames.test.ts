import { readFileSync } from 'node:fs';
import {
  operatorOf,
  parseCall,
  parseOperatorJoin,
  toCommand,
  toFrames,
  toRefusal,
  type Order,
} from '@dragoman/adapter-phoenix/operator';
import { decodeText } from '@dragoman/adapter-phoenix/channels';
import { reject, rejectionCodes } from '@dragoman/core';
import type { Body, ChatSummary, ClientId, Fields, Happening, Message, Participant, Role } from '@dragoman/core';
import { prospect } from '@dragoman/core/domain';
import { expect } from 'chai';

function fixture<Case>(name: string): readonly Case[] {
  const file = new URL(`../../../test/fixtures/operator/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] }).cases;
}

/** What the channel server reads of a literal frame. */
function read(frame: unknown): { readonly event: string; readonly payload: unknown } {
  const decoded = decodeText(2, JSON.stringify(frame));
  if (decoded === undefined) throw new Error('a fixture is no frame');
  return decoded;
}

/** Without what was left out: JSON has no word for undefined. */
const plain = (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value)));

function person(id: string, name: string, role: 'customer' | 'operator'): Participant {
  const identities = [{ space: 'clustaar', side: role, realm: '', externalId: id, idType: 'string' }] as const;
  const rest = { isSupervisor: false, isDesk: false, locale: null, groups: [], profile: {} };
  return { id: `p_${id}`, name, role, identities, ...rest };
}

const people: Readonly<Record<string, Participant>> = {
  p_ada: person('ada', 'Ada', 'customer'),
  p_olga: person('olga', 'Olga', 'operator'),
  p_otto: person('otto', 'Otto', 'operator'),
};

const at = 1_760_000_123_000;

const chat: ChatSummary = {
  ...prospect('c1', 'default'),
  version: 7,
  status: 'assigned',
  customerId: 'p_ada',
  customerIds: ['p_ada'],
  memberIds: ['p_olga'],
  assigneeId: 'p_olga',
  locale: 'en-US',
  groups: ['__default'],
  fields: { origin: 'https://shop.example' },
  lastSeq: 3,
  unreadByDesk: 1,
  openedAt: 1_760_000_000_000,
  assignedAt: 1_760_000_100_000,
  changedAt: 1_760_000_100_000,
};

interface Told {
  readonly claim: string;
  readonly event: Fields & { readonly by?: string | null; readonly message?: Said };
  readonly frames: readonly unknown[];
}

interface Said {
  readonly author: string | null;
  readonly role: Role | 'system';
  readonly body: Body;
  readonly clientId?: ClientId;
}

function messageOf({
  author,
  role,
  body,
  clientId = null,
}: Omit<Said, 'clientId'> & { clientId?: ClientId | null }): Message {
  const authorName = author === null ? 'System' : (people[author]?.name ?? '');
  const rest = { claimedAt: null, extras: null, visibility: 'all', holdMs: 0, variants: {} } as const;
  return { id: 'c1:3', seq: 3, clientId, authorId: author, authorRole: role, authorName, at, body, ...rest };
}

/** The event of a fixture, with the envelope that all of them share. */
function happening({ event: { by = 'p_olga', message, ...event } }: Told): Happening {
  const ids = { eventId: 'e', commandId: 'k', workspaceId: 'default', version: 7, number: 4711 };
  const envelope = { ...ids, at, by: { participantId: by, sessionId: null }, chatId: 'c1', chat, people };
  return { ...envelope, ...event, ...(message !== undefined && { message: messageOf(message) }) } as Happening;
}

const on = { space: 'clustaar', linkOf: (id: string) => `https://files.example/${id}` };
const whoIs = (id: string): Participant | undefined => people[id];

describe('what an operator’s page says', () => {
  for (const { claim, frame, params } of fixture<{ claim: string; frame: unknown; params: unknown }>('phx_join.in')) {
    it(`a join ${claim}`, () => {
      const parsed = parseOperatorJoin(read(frame).payload as Fields);
      expect(plain(parsed && { ...parsed, since: [...parsed.since] })).to.deep.equal(params);
    });
  }

  it('a join names no more chats than are looked through for it', () => {
    const since = (chats: number): Fields => Object.fromEntries(Array.from({ length: chats }, (_, n) => [`c${n}`, 1]));
    expect(parseOperatorJoin({ token: 's3', since: since(200) })?.since.size).to.equal(200);
    expect(parseOperatorJoin({ token: 's3', since: since(201) })).to.equal(undefined);
  });

  for (const { claim, frame, call } of fixture<{ claim: string; frame: unknown; call: unknown }>('calls.in')) {
    it(`it ${claim}`, () => {
      const { event, payload } = read(frame);
      expect(plain(parseCall(event, payload))).to.deep.equal(call);
    });
  }

  it('a topic names an operator by anything but white space', () => {
    expect(operatorOf('operator:olga@desk.example')).to.equal('olga@desk.example');
    for (const topic of ['operator:', 'operator:a b', `operator:${'a'.repeat(129)}`]) {
      expect(operatorOf(topic), topic).to.equal(undefined);
    }
  });
});

describe('what an operator’s page asks of the core', () => {
  const by = {
    id: 'p_olga',
    isSupervisor: false,
    space: 'clustaar',
    colleague: (id: string) => (id === 'otto' ? 'p_otto' : undefined),
  };
  const order = (event: string, payload: object = {}): Order => {
    const call = parseCall(event, { chat_id: 'c1', ...payload });
    if (typeof call !== 'object') throw new Error('no such call');
    return call as Order;
  };

  it('a chat of a colleague is taken by giving it to oneself', () => {
    const to = { chatId: 'c1' };
    expect(toCommand(order('chat.take'), by)).to.deep.equal({ type: 'AssignChat', to });
    const forced = toCommand(order('chat.take', { from_colleague: true }), by);
    expect(forced).to.deep.equal({ type: 'TransferChat', to, toId: 'p_olga', strict: true });
  });

  it('a reply is the same whenever its id is, and another operator’s is another', () => {
    const reply = order('chat.reply', { id: 'r1', body: { type: 'text', message: 'Hi' } });
    const [first, again] = [toCommand(reply, by), toCommand(reply, by)];
    expect(first?.commandId).to.be.a('string').that.equals(again?.commandId);
    expect(toCommand(reply, { ...by, id: 'p_otto' })?.commandId).not.to.equal(first?.commandId);
  });

  it('only its holder releases or closes a chat, unless he is a supervisor', () => {
    for (const event of ['chat.release', 'chat.close']) {
      expect(toCommand(order(event), by), event).to.include({ require: 'assignee' });
      expect(toCommand(order(event), { ...by, isSupervisor: true }), event).to.include({ require: 'none' });
    }
  });

  it('a colleague nobody knows is given nothing', () => {
    expect(toCommand(order('chat.transfer', { to: 'otto' }), by)).to.include({ toId: 'p_otto' });
    expect(toCommand(order('chat.transfer', { to: null }), by)).to.include({ toId: null });
    expect(toCommand(order('chat.transfer', { to: 'nobody' }), by)).to.equal(undefined);
  });
});

describe('what an operator’s page is told', () => {
  for (const one of fixture<Told>('to-operator.out')) {
    it(one.claim, () => {
      expect(toFrames(happening(one), on, whoIs)).to.deep.equal(one.frames);
    });
  }

  it('a reason for every refusal, how long to wait, and who was faster', () => {
    for (const code of rejectionCodes) expect(toRefusal(reject(code), whoIs, 'clustaar').reason).to.match(/^[a-z ]+$/);
    expect(toRefusal(reject('TOO_FAST', { afterMs: 50 }), whoIs, 'clustaar')).to.deep.equal({
      reason: 'rate limited',
      details: { retry_after_ms: 50 },
    });
    expect(toRefusal(reject('ALREADY_ASSIGNED', { assigneeId: 'p_otto' }), whoIs, 'clustaar')).to.deep.equal({
      reason: 'already taken',
      details: { operator: { id: 'otto', name: 'Otto' } },
    });
  });
});
