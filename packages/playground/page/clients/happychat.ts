import { io, type Socket } from 'socket.io-client';
import type { Line } from '../book.js';
import type { Cable } from '../cable.js';

/** A message as operators and customers get it. */
export interface Message {
  readonly id: string;
  readonly text: string;
  /** Seconds. */
  readonly timestamp: number;
  readonly type?: string;
  readonly source?: string;
  readonly user?: { readonly id: string | number; readonly name?: string; readonly displayName?: string };
}

export interface ChatInfo {
  readonly id: string;
  readonly name?: string;
  readonly username?: string;
}

export function openSocket(namespace: string, cable: Cable): Socket {
  return io(`${location.origin}${namespace}`, {
    forceNew: true,
    transports: ['websocket'],
    reconnectionDelayMax: 1000,
    query: { cable: cable.name },
  });
}

const froms: Readonly<Record<string, Line['from']>> = { customer: 'customer', operator: 'desk', agent: 'bot' };

export function lineOf({ id, text, timestamp, type, source = '', user }: Message): Line {
  return {
    key: id,
    from: type === 'event' ? 'note' : (froms[source] ?? 'desk'),
    name: user?.displayName ?? user?.name ?? '',
    text,
    order: timestamp,
  };
}
