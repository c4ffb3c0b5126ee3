import { io, type Socket } from 'socket.io-client';
import type { Line } from '../book.js';
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

/** One's own words: the protocol does not say them back. */
export function ownLine(messageId: string, text: string, from: Line['from']): Line {
  return { key: messageId, from, name: '', text, mark: 'sending', order: Date.now() };
}

/** `messageStatusUpdated`: how far it has come. */
export const markOf = (status: number): 'sent' | 'read' => (status >= 3 ? 'read' : 'sent');
