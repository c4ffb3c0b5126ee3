import { randomUUID } from 'node:crypto';
import { socketioCarrier, ticketsAdapter } from '@dragoman/adapter-socketio';
import type { Capabilities, RejectionCode } from '@dragoman/core';
import { adapterContract, type Subject, type SubjectClient } from '@dragoman/core/testing';
import { generations, listenTo, stall, type Ear } from './clients.js';
import { openListener } from './listener.js';
import { hasty, outbound, verify } from './tickets-service.js';

const words = {
  text: { maxUnits: 4000 },
  image: { maxBytes: 5_242_880, mimes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'], hasCaption: false },
  typing: {},
  delivered: { form: 'exact' },
  read: { form: 'exact' },
} as const;
const heard = { ...words, lifecycle: {}, notice: {} } as const;

const capabilities: Capabilities = {
  customer: { says: words, hears: heard },
  operator: {
    says: { ...words, claim: {}, transfer: {}, 'hand-over': {}, close: {}, reopen: {} },
    hears: { ...heard, history: { pushed: 500 } },
  },
};

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Texts are short here: a reader is slow sooner than by default, or the test would take long. */
const maxUnreadBytes = 64 * 1024;

/** The ticket of a person, who has one at a time here. */
const tickets = new Map<string, string>();

function last(ear: Ear, name: string, key: string): string {
  const frame = ear.heard.findLast((one) => one.name === name);
  return String(Reflect.get(Object(frame?.args[0]), key));
}

let sent = 0;

/** What a client can ask of the house it is in. */
interface House {
  readonly connect: () => Ear;
  /** An operator sends the person large pictures. */
  readonly flood: (ticketId: string) => void;
}

async function client(ear: Ear, id: string, isCustomer: boolean, house: House): Promise<SubjectClient> {
  const accepted = new Set<string>();
  const refused: string[] = [];
  const subscribed = isCustomer ? 'subscribe' : 'subscribeOperator';
  await ear.until((frames) => frames.some(({ name }) => ['connect', 'connect_error'].includes(name)));
  if (ear.heard.some(({ name }) => name === 'connect_error')) throw new Error('there is nothing to connect to');
  ear.say('authenticate', { accessToken: `${isCustomer ? 'user' : 'operator'}:${id}` });
  const ask = (name: string, ...args: readonly unknown[]): void =>
    void ear.ask(name, ...args).then(([error]) => {
      if (typeof error === 'string') refused.push(error);
    });
  const ticketId = (): string =>
    isCustomer ? (tickets.get(id) ?? last(ear, 'messageUpdated', 'ticketId')) : last(ear, 'messageUpdated', 'ticketId');
  const message = (content: string, type: number): void => {
    const messageId = `c-${(sent += 1)}`;
    ask('updateMessage', ticketId(), messageId, { messageId, content, type }, '');
  };
  const confirm = (status: number): void =>
    ask('updateMessageStatus', last(ear, 'messageUpdated', 'messageId'), status, '', '', status === 2);
  const does: SubjectClient['does'] = {
    image: async () => message(png, 2),
    typing: async () => ear.say('typing', ticketId(), ''),
    delivered: async () => confirm(2),
    read: async () => confirm(3),
  };
  return {
    async open() {
      await ear.until((frames) => frames.some(({ name }) => name === 'authenticated'));
      await ear.ask(subscribed);
      if (!isCustomer || tickets.has(id)) return;
      tickets.set(id, randomUUID());
      await ear.ask('createTicket', ticketId(), { ticketId: ticketId() });
    },
    async post(text) {
      // An operator speaks in what he has accepted.
      if (!isCustomer && !accepted.has(ticketId())) await ear.ask('acceptTicket', ticketId(), {}, '');
      accepted.add(ticketId());
      message(text, 1);
    },
    async close() {
      ear.close();
    },
    heard: () => ear.heard.flatMap(({ name, args }) => (name === 'messageUpdated' ? textOf(args[0]) : [])),
    refused: () => refused,
    frames: () => ear.heard.length,
    isClosed: () => ear.heard.some(({ name }) => name === 'disconnect'),
    babble: async () => ear.say('updateMessage', null, 7, 'x'),
    stall() {
      stall(ear);
      // Texts are so short here that a slow reader would take long to be noticed by them alone.
      house.flood(ticketId());
    },
    does: isCustomer
      ? does
      : {
          ...does,
          claim: async () => ask('acceptTicket', ticketId(), {}, ''),
          async transfer() {
            await client(house.connect(), 'otto', false, house).then((otto) => otto.open());
            ask('assignTicket', { ticketId: ticketId(), handleById: 'otto' });
          },
          'hand-over': async () => ask('updateTicketStatus', ticketId(), {}, 100, ''),
          close: async () => ask('updateTicketStatus', ticketId(), {}, 10000, ''),
          async reopen() {
            await ear.ask('updateTicketStatus', ticketId(), {}, 10000, '');
            ask('updateTicketStatus', ticketId(), {}, 200, '');
          },
        },
  };
}

function textOf(message: unknown): readonly string[] {
  return [String(Reflect.get(Object(message), 'content'))];
}

async function open(): Promise<Subject> {
  const web = await openListener();
  const rate = { perSecond: 1e6, burst: 1e6 };
  const adapter = ticketsAdapter(socketioCarrier({ listener: web.listener, maxUnreadBytes }), {
    workspaceId: 'default',
    verify,
    signIn: hasty,
    callRate: rate,
    messageRate: rate,
  });
  tickets.clear();
  const ears: Ear[] = [];
  const connect = (): Ear => {
    const socket = generations['4.8.4']?.(web.url, {
      forceNew: true,
      transports: ['websocket'],
      reconnection: false,
    });
    if (socket === undefined) throw new Error('no client');
    const ear = listenTo(socket, outbound);
    ears.push(ear);
    return ear;
  };
  const operators: Ear[] = [];
  const flood = (ticketId: string): void => {
    const content = Buffer.from(`GIF89a\x01\x00\x01\x00${'x'.repeat(3_000_000)}`, 'latin1').toString('base64');
    for (const id of ['f-1', 'f-2', 'f-3']) operators[0]?.say('updateMessage', ticketId, id, { content, type: 2 }, '');
  };
  const house = { connect, flood };
  const operator = (id: string): Promise<SubjectClient> => {
    const ear = connect();
    operators.push(ear);
    return client(ear, id, false, house);
  };
  return {
    adapter,
    customer: (id) => client(connect(), id, true, house),
    operator,
    async close() {
      for (const ear of ears) ear.close();
      await web.close();
    },
  };
}

const refusals: Readonly<Record<RejectionCode, string>> = {
  UNKNOWN_CHAT: 'ticket_not_found: there is no such ticket',
  UNKNOWN_MESSAGE: 'message_not_found: there is no such message',
  UNKNOWN_PARTICIPANT: 'operator_not_found: there is no such operator',
  CHAT_CLOSED: 'ticket_closed: the ticket is closed',
  BAD_TRANSITION: 'invalid_transition: the ticket cannot go there from where it is',
  NOT_ALLOWED: 'forbidden: this is not yours to do',
  NOT_A_MEMBER: 'not_handler: somebody else handles this ticket',
  NOT_ASSIGNEE: 'not_handler: somebody else handles this ticket',
  NOT_ASSIGNED: 'ticket_not_open: accept the ticket first',
  ALREADY_ASSIGNED: 'already_accepted: somebody accepted this ticket',
  NO_OPERATOR: 'unavailable: try again with the same ids',
  TOO_MANY_CHATS: 'too_many_tickets: too many tickets are open',
  EMPTY_MESSAGE: 'content_empty: there is nothing in it',
  UNSUPPORTED_BODY: 'unsupported_type: type is 1 for text or 2 for an image',
  TOO_LARGE: 'content_too_long: the text is too long',
  TOO_FAST: 'rate_limited: too much at once',
  ID_CONFLICT: 'id_conflict: this id belongs to something else',
  BUSY: 'unavailable: try again with the same ids',
};

adapterContract({ describe, it }, { name: 'tickets', capabilities, open, refusals });
