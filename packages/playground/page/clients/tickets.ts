import { io, type Socket } from 'socket.io-client';
import type { Book, Line } from '../book.js';
import type { Cable } from '../cable.js';

/** What travels, as far as the page reads it. */
export interface Ticket {
  readonly ticketId: string;
  readonly ticketNm: string;
  readonly statusId: number;
  readonly handleById: string;
  readonly handleByNm: string;
  readonly ownerId: string;
  readonly ownerNm: string;
}

export interface Message {
  readonly ticketId: string;
  readonly messageId: string;
  readonly content: string;
  readonly type: 1 | 2;
  readonly createdAt: string;
  readonly senderId: string;
  readonly senderNm: string;
  readonly recipientId: string;
}

interface Problem {
  readonly message: string;
}

/** The main namespace; signs in anew after every interruption. */
export function openSocket(cable: Cable, accessToken: string): Socket {
  const socket = io(location.origin, {
    forceNew: true,
    transports: ['websocket'],
    reconnectionDelayMax: 1000,
    query: { cable: cable.name },
  });
  socket.on('connect', () => socket.emit('authenticate', { accessToken }));
  return socket;
}

/** A call and its answer; rejects with the gateway's own words. Waits while there is no connection. */
export function call(socket: Socket | undefined, event: string, ...args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    socket?.emit(event, ...args, (code: string | null, answer: Problem) => {
      if (code === null) resolve(answer);
      else reject(new Error(answer?.message ?? code));
    });
  });
}

export function lineOf({ messageId, content, type, senderNm, createdAt }: Message, from: Line['from']): Line {
  const text = type === 2 ? '[a picture]' : content;
  return { key: messageId, from, name: senderNm, text, order: Date.parse(createdAt) };
}

/** A ticket that is over. */
export const closed = 10_000;

/** What is said, and where. */
interface Said {
  readonly ticketId: string;
  readonly text: string;
  readonly from: Line['from'];
  /** Empty: everybody of the other side. */
  readonly recipientId: string;
}

/** One's own words: the protocol does not say them back. */
export async function sayIn(book: Book, socket: Socket | undefined, said: Said): Promise<void> {
  const { ticketId, text, from, recipientId } = said;
  const messageId = crypto.randomUUID();
  book.put(ticketId, { key: messageId, from, name: '', text, mark: 'sending', order: Date.now() });
  await call(
    socket,
    'updateMessage',
    ticketId,
    messageId,
    { ticketId, messageId, content: text, type: 1 },
    recipientId,
  );
  book.mark(ticketId, messageId, 'sent');
}

/** `messageStatusUpdated`: how far one's words have come. */
export function followMarks(book: Book, socket: Socket): void {
  socket.on('messageStatusUpdated', (messageId: string, status: number) => {
    for (const { id, lines } of book.chats.value) {
      if (lines.some(({ key }) => key === messageId)) book.mark(id, messageId, status >= 3 ? 'read' : 'sent');
    }
  });
}
