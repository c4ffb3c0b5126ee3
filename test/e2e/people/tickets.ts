import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { outstanding, type Outstanding } from './outstanding.js';
import { isNotice, type Dialect, type Gateway, type Person } from './person.js';

interface Told {
  readonly ticketId: string;
  readonly messageId: string;
  readonly content: string;
  readonly type: number;
  readonly senderId: string;
  readonly recipientId: string;
}

interface Line {
  readonly socket: Socket;
  /** When it hears. What was missed comes right behind that, so whoever listens does so before. */
  readonly subscribed: Promise<void>;
  /** Calls are repeated until they are answered: the same ids have one effect. */
  call(name: string, ...args: readonly unknown[]): Promise<void>;
}

const patience = { reconnectionDelay: 20, reconnectionDelayMax: 60, randomizationFactor: 0.1 };

/** Signs in and subscribes again after each interruption. */
function connecting({ url }: Gateway, accessToken: string, subscription: string): Line {
  const calls: Outstanding = outstanding();
  const socket = io(url, { transports: ['websocket'], forceNew: true, ...patience });
  socket.on('connect', () => socket.emit('authenticate', { accessToken }));
  socket.on('disconnect', () => calls.gone());
  const subscribed = new Promise<void>((resolve) => {
    socket.on('authenticated', () => {
      socket.emit(subscription, () => {
        calls.ready();
        resolve();
      });
    });
  });
  return {
    socket,
    subscribed,
    call: (name, ...args) =>
      calls.ask((done, refused) => {
        socket.emit(name, ...args, (error: unknown) =>
          error === null ? done(undefined) : refused(new Error(`${name}: ${String(error)}`)),
        );
      }),
  };
}

const states = ['sent', 'sent', 'delivered', 'read'] as const;

interface Ticket {
  id(): string;
  /** Makes sure that one may write in it. */
  begin(): Promise<void>;
}

/** What both sides of the protocol do alike. */
function person({ socket, call }: Line, ticket: Ticket): Person {
  const told = new Map<string, Told>();
  let [isTyping, isOver, furthest] = [false, false, 1];
  socket.on('messageUpdated', (message: Told) => {
    told.set(message.messageId, told.get(message.messageId) ?? message);
    socket.emit('updateMessageStatus', message.messageId, 2, message.recipientId, message.senderId, true);
  });
  socket.on('typing', () => (isTyping = true));
  socket.on('ticketStatusUpdated', (id: string, status: number) => (isOver = id === ticket.id() && status === 10000));
  socket.on('messageStatusUpdated', (_id: string, status: number) => (furthest = Math.max(furthest, status)));
  const post = async (content: string, type: number): Promise<void> => {
    await ticket.begin();
    const messageId = randomUUID();
    await call('updateMessage', ticket.id(), messageId, { messageId, content, type, encoding: 'utf-8' }, '');
  };
  const words = (ofNobody: boolean): readonly string[] =>
    [...told.values()]
      .filter(({ type, senderId, content }) => type === 1 && (senderId === 'system' || isNotice(content)) === ofNobody)
      .map(({ content }) => content);
  return {
    say: (text) => post(text, 1),
    heard: () => words(false),
    notices: () => words(true),
    picture: (bytes) => post(Buffer.from(bytes).toString('base64'), 2),
    pictures: () =>
      [...told.values()].flatMap(({ type, content }) => (type === 2 ? [{ caption: '', source: content }] : [])),
    type: () => call('typing', ticket.id(), ''),
    typing: () => (isTyping ? 'sign' : 'nothing'),
    confirms: true,
    async read() {
      for (const { messageId } of told.values()) await call('updateMessageStatus', messageId, 3, '', '', false);
    },
    receipt: () => states[furthest] ?? 'sent',
    receipts: { delivered: 'exact', read: 'exact' },
    isOver: () => isOver,
    shows: 'lifecycle',
    hangUp: async () => void socket.close(),
  };
}

async function customer(gateway: Gateway, id: string): Promise<Person> {
  const line = connecting(gateway, `dev-customer-${id}`, 'subscribe');
  let [ticketId, isServed, isClosed] = [randomUUID() as string, false, false];
  let created: Promise<void> | undefined;
  line.socket.on('ticketAccepted', () => (isServed = true));
  line.socket.on('ticketStatusUpdated', (one: string, status: number) => {
    if (one === ticketId) isClosed = status === 10000;
  });
  const one = person(line, {
    id: () => ticketId,
    begin() {
      // A ticket that is closed stays so for its owner: he opens another.
      if (isClosed) [ticketId, isClosed, created] = [randomUUID(), false, undefined];
      return (created ??= line.call('createTicket', ticketId, { ticketId, ticketNm: 'Crossing' }));
    },
  });
  await line.subscribed;
  return { ...one, isServed: () => isServed };
}

/** An operator who accepts what he is told of when he is to write in it. */
async function operator(gateway: Gateway, id: string): Promise<Person> {
  const line = connecting(gateway, `dev-operator-${id}`, 'subscribeOperator');
  const { socket, call } = line;
  let ticketId = '';
  const mine = new Set<string>();
  const accept = async (one: string): Promise<void> => {
    if (mine.has(one)) return;
    await call('acceptTicket', one, { statusId: 200 }, '');
    mine.add(one);
  };
  socket.on('messageUpdated', (message: Told) => (ticketId = message.ticketId));
  socket.on('notifyOfAssignment', (one: string, flag: number) => {
    if (flag === 1) mine.add((ticketId = one));
    else mine.delete(one);
  });
  const update = (statusId: number): Promise<void> => call('updateTicketStatus', ticketId, { statusId }, statusId, '');
  const one = person(line, { id: () => ticketId, begin: () => accept(ticketId) });
  await line.subscribed;
  return {
    ...one,
    isServed: () => mine.has(ticketId),
    claim: () => accept(ticketId),
    async release() {
      mine.delete(ticketId);
      await update(100);
    },
    end: () => update(10000),
    reopen: () => update(200),
    transfer: (colleague) => call('assignTicket', { ticketId, handleById: colleague }),
  };
}

export const tickets: Dialect = { name: 'tickets', customer, operator };
