import { readdirSync, readFileSync } from 'node:fs';
import {
  toCommand,
  toFrames,
  toRefusal,
  type ErrorCode,
  type Output,
  type Words,
} from '@dragoman/adapter-faye/convead';
import {
  reject,
  rejectionCodes,
  type ChatEvent,
  type ChatFact,
  type ChatSummary,
  type Happening,
  type Message,
  type Participant,
  type RejectionCode,
} from '@dragoman/core';
import { expect } from 'chai';

const words: Words = { space: 'convead', linkOf: (id) => (id === 'linked' ? 'https://files.example/linked' : null) };
const chatId = '0199c0de-0000-7000-8000-000000000001';

function participant(id: string, externalId: string, about: Partial<Participant>): Participant {
  const side = about.role === 'operator' ? 'operator' : 'customer';
  const idType = /^\d+$/.test(externalId) ? 'number' : 'string';
  return {
    id,
    role: 'customer',
    name: '',
    isSupervisor: false,
    isDesk: false,
    locale: null,
    groups: [],
    profile: {},
    identities: [{ space: 'convead', side, realm: '', externalId, idType }],
    ...about,
  };
}

const people = {
  p_visitor: participant('p_visitor', 'v8f2c1', {}),
  p_ann: participant('p_ann', '7', { role: 'operator', name: 'Ann' }),
  p_olga: participant('p_olga', 'olga', {
    role: 'operator',
    name: 'Olga',
    identities: [{ space: 'other', side: 'operator', realm: '', externalId: 'olga', idType: 'string' }],
  }),
};

const chat: ChatSummary = {
  id: chatId,
  workspaceId: 'default',
  version: 3,
  lastSeq: 2,
  status: 'assigned',
  before: null,
  publicNumber: 35184372131,
  customerId: 'p_visitor',
  customerIds: ['p_visitor'],
  memberIds: [],
  leftIds: [],
  assigneeId: 'p_ann',
  previousAssigneeId: null,
  assignment: 1,
  delegateId: null,
  locale: 'en-US',
  groups: [],
  subject: '',
  displayName: '',
  fields: {},
  addresses: { convead: 'v8f2c1' },
  isBlocked: false,
  unreadByDesk: 0,
  unreadByCustomer: 0,
  openedAt: 1394022667482,
  queuedAt: null,
  assignedAt: 1394022667482,
  lastDeskAt: null,
  changedAt: 1394022667482,
  closedAt: null,
  closeReason: null,
};

const envelope = {
  eventId: 'e',
  commandId: 'c',
  workspaceId: 'default',
  version: 4,
  number: 902,
  at: 1394022722482,
  by: { participantId: 'p_ann', sessionId: null },
  people,
};

function happened(fact: ChatFact, changes: Partial<ChatSummary> = {}): ChatEvent {
  return { ...envelope, chatId, chat: { ...chat, ...changes }, ...fact };
}

function posted(changes: Partial<Message>, chatChanges: Partial<ChatSummary> = {}): ChatEvent {
  const message: Message = {
    id: `${chatId}:2`,
    seq: 2,
    clientId: null,
    authorId: 'p_ann',
    authorRole: 'operator',
    authorName: 'Ann',
    at: envelope.at,
    claimedAt: null,
    body: { kind: 'text', text: 'Hi' },
    extras: null,
    visibility: 'all',
    holdMs: 0,
    variants: {},
    ...changes,
  };
  return happened({ type: 'MessagePosted', message }, chatChanges);
}

/** The frame of an output; undefined for what needs the history first. */
function frameOf(output: Output | undefined) {
  return output?.kind === 'frame' ? output : undefined;
}

/** The one message a happening shows. */
function shown(event: Happening) {
  const data = frameOf(toFrames(event, 'operator', words)[0])?.data;
  return data?.entity === 'message' ? data.message : undefined;
}

function conversation(fact: ChatFact, changes: Partial<ChatSummary> = {}) {
  const data = frameOf(toFrames(happened(fact, changes), 'lobby', words)[0])?.data;
  return data?.entity === 'conversation' ? data.conversation : undefined;
}

const queued: ChatFact = { type: 'ChatQueued', cause: 'first', place: 1, priority: 0, delegateId: null };

describe('what happened, in the words of Convead', () => {
  const folder = new URL('../../../test/fixtures/convead/', import.meta.url);
  for (const file of readdirSync(folder)) {
    const { event, channel, data, source } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    it(`is the literal frame of ${file} ${source}`, () => {
      const [output] = toFrames({ ...envelope, chatId, chat, ...event }, 'operator', words);
      expect(output).to.deep.equal({ kind: 'frame', channel, data });
    });
  }

  it('names nobody while the conversation waits, the bot while it answers, nobody of ours by his own id', () => {
    expect(conversation(queued, { status: 'pending', assigneeId: null })).to.include({
      manager_id: null,
      state: 'open',
    });
    const handed: ChatFact = { type: 'ChatHandedOver', to: 'bot', fromId: null, flow: null, reason: null };
    expect(conversation(handed, { status: 'with-bot', assigneeId: null })).to.include({ manager_id: 'bot' });
    expect(conversation(queued, { assigneeId: 'p_olga' })?.manager).to.deep.equal({
      type: 'manager',
      id: 'p_olga',
      name: 'Olga',
    });
  });

  it('calls the visitor of another protocol by the chat', () => {
    expect(conversation(queued, { addresses: { other: 'joe' } })).to.include({ visitor_id: chatId });
  });

  it('says nothing of what these clients have no word for', () => {
    const silent: readonly ChatFact[] = [
      { type: 'ChatClosed', reason: 'idle', byId: null },
      { type: 'ChatAbandoned', operatorId: 'p_ann' },
      { type: 'AbsenceNoted', phase: 'left', status: 'assigned', away: null },
      { type: 'ParticipantJoined', participantId: 'p_olga', role: 'operator' },
      { type: 'ChatHandedOver', to: 'queue', fromId: null, flow: null, reason: null },
    ];
    for (const fact of silent) expect(toFrames(happened(fact), 'customer', words)).to.deep.equal([]);
    expect(toFrames(posted({ body: { kind: 'custom', name: 'x', data: {} } }), 'customer', words)).to.deep.equal([]);
    expect(toFrames(posted({ visibility: 'bot' }), 'operator', words)).to.deep.equal([]);
  });

  it('shows a picture as its caption and its address, or as its type and size', () => {
    const image = { kind: 'image', mime: 'image/jpeg', bytes: 120_000, width: null, height: null } as const;
    const linked = posted({ body: { ...image, attachmentId: 'linked', caption: 'bill' } });
    expect(shown(linked)?.content).to.equal('bill\nhttps://files.example/linked');
    expect(shown(posted({ body: { ...image, attachmentId: 'x', caption: '' } }))?.content).to.equal(
      '[picture, jpeg, 118 kB, not shown here]',
    );
  });

  it('tells a visitor elsewhere of a message to him, and never of his own', () => {
    const [, elsewhere] = toFrames(posted({}), 'customer', words);
    expect(elsewhere).to.deep.include({ channel: '/notifications/v8f2c1', unlessOn: '/conversations/35184372131' });
    const own = posted({ authorId: 'p_visitor', authorRole: 'customer', authorName: '' });
    expect(toFrames(own, 'customer', words)).to.have.lengthOf(1);
    expect(shown(own)).to.deep.include({ sender_type: 'visitor', sender_id: 'v8f2c1' });
  });

  it('makes a place in the queue a notification of kind queue, where there are words for it', () => {
    const moved = { type: 'QueueMoved', chatId, chat, people: {}, position: 2 } as const;
    const told = { ...moved, notice: { text: 'You are number 2.', at: envelope.at } };
    const output = frameOf(toFrames(told, 'customer', words)[0]);
    expect(output).to.have.property('channel', '/notifications/v8f2c1');
    expect(output)
      .to.have.nested.property('data.notification')
      .that.deep.includes({
        kind: 'queue',
        content: 'You are number 2.',
        data: { position: 2 },
      });
    expect([...toFrames(moved, 'customer', words), ...toFrames(told, 'all', words)]).to.deep.equal([]);
  });

  it('makes a line of the system a notification', () => {
    const notice = posted({
      body: { kind: 'notice', code: 'x', params: {}, text: 'Welcome' },
      authorRole: 'system',
      authorId: null,
    });
    const [output] = toFrames(notice, 'customer', words);
    expect(output).to.have.nested.property('data.notification.content', 'Welcome');
    expect(output).to.have.nested.property('data.notification.kind', 'notice');
  });
});

describe('what Convead asks, in the words of the core', () => {
  it('is an opening that needs somebody on duty', () => {
    const customer = people.p_visitor.identities[0];
    if (customer === undefined) throw new Error('no identity');
    const open = { type: 'OpenChat', key: 'v8f2c1', customer, idleMs: 5_000, enqueue: true, requireOperator: true };
    expect(toCommand({ type: 'open', visitorId: 'v8f2c1', customer, idleMs: 5_000 })).to.deep.equal(open);
    expect(
      toCommand({ type: 'open', visitorId: 'v8f2c1', customer, idleMs: 5_000, dutyManagerId: 'p_ann' }),
    ).to.deep.equal({
      ...open,
      assignTo: 'p_ann',
    });
  });

  it('is a message unchanged, that takes a conversation nobody has', () => {
    expect(toCommand({ type: 'say', chat, content: ' <b>\u2028' })).to.deep.equal({
      type: 'PostMessage',
      to: { chatId },
      body: { kind: 'text', text: ' <b>\u2028' },
      ifClosed: 'refuse',
      require: 'assignee',
      claim: true,
    });
  });
});

describe('every refusal of the core', () => {
  const expected: Readonly<Record<RejectionCode, readonly [status: number, code: ErrorCode]>> = {
    UNKNOWN_CHAT: [404, 'conversation_not_found'],
    UNKNOWN_MESSAGE: [404, 'message_not_found'],
    UNKNOWN_PARTICIPANT: [500, 'internal_error'],
    CHAT_CLOSED: [409, 'conversation_closed'],
    BAD_TRANSITION: [500, 'internal_error'],
    NOT_ALLOWED: [403, 'sender_forbidden'],
    NOT_A_MEMBER: [403, 'sender_forbidden'],
    NOT_ASSIGNEE: [403, 'sender_forbidden'],
    NOT_ASSIGNED: [500, 'internal_error'],
    ALREADY_ASSIGNED: [409, 'chat_already_open'],
    NO_OPERATOR: [422, 'chat_offline_message'],
    TOO_MANY_CHATS: [429, 'rate_limited'],
    EMPTY_MESSAGE: [422, 'content_blank'],
    UNSUPPORTED_BODY: [400, 'content_invalid'],
    TOO_LARGE: [422, 'content_too_long'],
    TOO_FAST: [429, 'rate_limited'],
    ID_CONFLICT: [500, 'internal_error'],
    BUSY: [500, 'internal_error'],
  };
  for (const code of rejectionCodes) {
    it(`${code} is answered ${expected[code].join(' ')}`, () => {
      const refusal = toRefusal(reject(code));
      expect([refusal.status, refusal.code]).to.deep.equal(expected[code]);
    });
  }

  it('tells in whole seconds how long to wait', () => {
    expect(toRefusal(reject('TOO_FAST', { afterMs: 1200 })).retryAfter).to.equal(2);
  });
});
