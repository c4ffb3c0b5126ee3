import type { ChatFact } from '../event.js';
import type { ChatSide, Receipts } from '../message.js';
import type { Ranges } from '../ranges.js';
import { rangesCount, rangesMinus, rangesUnion } from '../ranges.js';
import type { Chat } from './chat.js';

type Acknowledged = Extract<ChatFact, { type: 'MessageAcknowledged' }>;

/** Which of the wanted seqs are the other side's and have not reached the state yet. */
export function newlyReached(chat: Chat, side: ChatSide, state: 'delivered' | 'read', wanted: Ranges): number[] {
  const theirs = side === 'customer' ? 'd' : 'c';
  const reached: number[] = [];
  for (const [from, to] of rangesMinus(wanted, chat.receipts[side][state])) {
    for (let seq = Math.max(from, 1); seq <= Math.min(to, chat.lastSeq); seq++) {
      if (chat.voices[seq - 1] === theirs) reached.push(seq);
    }
  }
  return reached;
}

/** How many customer messages the desk would still have to read after reading these. */
export function unreadAfter(
  chat: Chat,
  side: ChatSide,
  state: 'delivered' | 'read',
  reached: readonly number[],
): number {
  return side === 'desk' && state === 'read' ? chat.unreadByDesk - reached.length : chat.unreadByDesk;
}

/** What a receipt changes in the chat: read implies delivered. */
export function acknowledge(chat: Chat, fact: Acknowledged): Partial<Chat> {
  const before = chat.receipts[fact.side];
  const delivered = bridged(chat, fact.side, rangesUnion(before.delivered, fact.ranges));
  const read = fact.state === 'read' ? bridged(chat, fact.side, rangesUnion(before.read, fact.ranges)) : before.read;
  const after: Receipts = { delivered, read };
  const isDesk = fact.side === 'desk';
  return {
    receipts: isDesk ? { ...chat.receipts, desk: after } : { ...chat.receipts, customer: after },
    unreadByDesk: fact.unreadByDesk,
    unreadByCustomer:
      isDesk || fact.state !== 'read' ? chat.unreadByCustomer : chat.unreadByCustomer - rangesCount(fact.ranges),
  };
}

/** Closes gaps that hold nothing of the other side, so that a conversation read to its end is one interval. */
function bridged(chat: Chat, side: ChatSide, ranges: Ranges): Ranges {
  const theirs = side === 'customer' ? 'd' : 'c';
  const done: [from: number, to: number][] = [];
  for (const [from, to] of ranges) {
    const last = done.at(-1);
    if (last === undefined || chat.voices.slice(last[1], from - 1).includes(theirs)) done.push([from, to]);
    else last[1] = to;
  }
  return done;
}
