import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import type { Dialect, Gateway, Person } from './person.js';

interface Told {
  readonly ticketId: string;
  readonly messageId: string;
  readonly content: string;
  readonly type: number;
  readonly senderId: string;
  readonly recipientId: string;
}

async function connected({ url }: Gateway, accessToken: string): Promise<Socket> {
  const socket = io(url, { transports: ['websocket'], forceNew: true });
  socket.on('connect', () => socket.emit('authenticate', { accessToken }));
  await new Promise<void>((resolve) => socket.once('authenticated', () => resolve()));
  return socket;
}

/** An acknowledged call; what was refused is the error of the test. */
async function call(socket: Socket, name: string, ...args: readonly unknown[]): Promise<void> {
  const error = await new Promise<unknown>((resolve) => {
    socket.emit(name, ...args, (refusal: unknown) => resolve(refusal));
  });
  if (error !== null) throw new Error(`${name}: ${String(error)}`);
}

const states = ['sent', 'sent', 'delivered', 'read'] as const;

/** What both sides of the protocol do alike: `ticket` tells which ticket it is about. */
function person(socket: Socket, ticket: () => string, begin: () => Promise<void>): Person {
  const told: Told[] = [];
  let [isTyping, isOver, furthest] = [false, false, 1];
  socket.on('messageUpdated', (message: Told) => {
    // Lines of the system are no one's words.
    if (message.senderId !== 'system') told.push(message);
    socket.emit('updateMessageStatus', message.messageId, 2, message.recipientId, message.senderId, true);
  });
  socket.on('typing', () => (isTyping = true));
  socket.on('ticketStatusUpdated', (id: string, status: number) => (isOver = id === ticket() && status === 10000));
  socket.on('messageStatusUpdated', (_id: string, status: number) => (furthest = Math.max(furthest, status)));
  const post = async (content: string, type: number): Promise<void> => {
    await begin();
    const messageId = randomUUID();
    await call(socket, 'updateMessage', ticket(), messageId, { messageId, content, type, encoding: 'utf-8' }, '');
  };
  return {
    say: (text) => post(text, 1),
    picture: (bytes) => post(Buffer.from(bytes).toString('base64'), 2),
    heard: () => told.map(({ content }) => content),
    type: () => call(socket, 'typing', ticket(), ''),
    sawTyping: () => isTyping,
    seesPictures: 'base64',
    async read() {
      for (const { messageId } of told) await call(socket, 'updateMessageStatus', messageId, 3, '', '', false);
    },
    receipt: () => states[furthest] ?? 'sent',
    seesDeliveries: true,
    isOver: () => isOver,
    hangUp: async () => void socket.close(),
  };
}

async function customer(gateway: Gateway, id: string): Promise<Person> {
  const socket = await connected(gateway, `dev-customer-${id}`);
  const ticketId = randomUUID();
  await call(socket, 'subscribe');
  let created: Promise<void> | undefined;
  const create = (): Promise<void> => call(socket, 'createTicket', ticketId, { ticketId, ticketNm: 'Crossing' });
  return person(
    socket,
    () => ticketId,
    () => (created ??= create()),
  );
}

/** An operator who accepts what he is told of. */
async function operator(gateway: Gateway, id: string): Promise<Person> {
  const socket = await connected(gateway, `dev-operator-${id}`);
  let ticketId = '';
  const accepting = new Map<string, Promise<void>>();
  const accept = (one: string): Promise<void> => {
    const known = accepting.get(one) ?? call(socket, 'acceptTicket', one, { statusId: 200 }, '');
    accepting.set(one, known);
    return known;
  };
  socket.on('messageUpdated', (message: Told) => (ticketId = message.ticketId));
  socket.on('notifyOfAssignment', (id: string, flag: number) => {
    if (flag === 1) [ticketId] = [id, accepting.set(id, Promise.resolve())];
  });
  await call(socket, 'subscribeOperator');
  return {
    ...person(
      socket,
      () => ticketId,
      () => accept(ticketId),
    ),
    end: () => call(socket, 'updateTicketStatus', ticketId, { statusId: 10000 }, 10000, ''),
    transfer: (colleague) => call(socket, 'assignTicket', { ticketId, handleById: colleague }),
  };
}

export const tickets: Dialect = { name: 'ticket', customer, operator };
