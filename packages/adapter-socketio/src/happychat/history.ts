import type { Page, Transcript } from '@dragoman/core';
import type { Line } from '../dialect.js';
import { toCustomerLines, toDeskLines, toMessage, type HappychatMessage, type Surface } from './messages.js';

/** How many messages a log holds [HC customer], and how many a transcript [HCD 15]. */
export const historySizes = { log: 20, transcript: 100 } as const;

/** Among the events of a chat there are some without a line: read so many for a full log. */
const eventsPerLog = 100;

/** What a customer saw last, oldest first. */
export async function customerLog(line: Line, chatId: string, upToVersion: number, on: Surface): Promise<Log> {
  const page = await line.transcript(chatId, { upToVersion, ...reach('customer', historySizes.log, on) });
  return linesOf(page, 'customer', on).slice(-historySizes.log);
}

/** What operators saw last, the life of the chat included, oldest first. */
export async function operatorLog(line: Line, chatId: string, upToVersion: number, on: Surface): Promise<Log> {
  if (upToVersion < 1) return [];
  const page = await line.transcript(chatId, { include: 'everything', upToVersion, limit: eventsPerLog });
  return linesOf(page, 'desk', on).slice(-historySizes.log);
}

/** What was said before a moment, oldest first; null is now. */
export async function transcriptBefore(
  line: Line,
  of: { readonly chatId: string; readonly before: number | null; readonly side: Side },
  on: Surface,
): Promise<Log> {
  const page = await line.transcript(of.chatId, {
    ...reach(of.side, historySizes.transcript, on),
    ...(of.before !== null && { beforeAt: olderThan(of.before) }),
  });
  const lines = of.side === 'customer' ? linesOf(page, 'customer', on) : wordsOf(page, 'desk', on);
  return lines.slice(-historySizes.transcript);
}

type Log = readonly HappychatMessage[];

/**
 * The moment, in ms, before which a message must have been said so that its own timestamp, in seconds rounded up, is
 * smaller. Clients send seconds, or ms, told apart by size [HCD 15].
 */
export function olderThan(timestamp: number): number {
  const seconds = timestamp > 1e11 ? timestamp / 1000 : timestamp;
  return (Math.ceil(seconds) - 1) * 1000 + 1;
}

type Side = 'customer' | 'desk';

/** How far back to read for so many lines of that side. */
function reach(side: Side, lines: number, on: Surface): Pick<Page, 'include' | 'limit'> {
  const hasLife = side === 'customer' && on.customersHearEvents;
  return hasLife ? { include: 'everything', limit: eventsPerLog + lines } : { include: 'messages', limit: lines };
}

function wordsOf(page: Transcript, side: Side, on: Surface): Log {
  return page.entries.flatMap(({ event }) => {
    const message = event.type === 'MessagePosted' ? toMessage(event, side, on) : undefined;
    return message === undefined ? [] : [message];
  });
}

/** Words, and between them the life of the chat as that side reads it. */
function linesOf(page: Transcript, side: Side, on: Surface): Log {
  return page.entries.flatMap(({ event }) => {
    if (event.type !== 'MessagePosted')
      return side === 'customer' ? toCustomerLines(event, on) : toDeskLines(event, on);
    const message = toMessage(event, side, on);
    return message === undefined ? [] : [message];
  });
}
