import type { Transcript } from '@dragoman/core';
import type { Line } from '../dialect.js';
import { toEventMessage, toMessage, toTransferMessage, type HappychatMessage, type Surface } from './messages.js';

/** How many messages a log holds [HC customer], and how many a transcript [HCD 15]. */
export const historySizes = { log: 20, transcript: 100 } as const;

/** Among the events of a chat there are some without a line: read so many for a full log. */
const eventsPerLog = 100;

/** What a customer saw last, oldest first. */
export async function customerLog(line: Line, chatId: string, upToVersion: number, on: Surface): Promise<Log> {
  const page = await line.transcript(chatId, { include: 'messages', upToVersion, limit: historySizes.log });
  return messagesOf(page, 'customer', on);
}

/** What operators saw last, the life of the chat included, oldest first. */
export async function operatorLog(line: Line, chatId: string, upToVersion: number, on: Surface): Promise<Log> {
  if (upToVersion < 1) return [];
  const page = await line.transcript(chatId, { include: 'everything', upToVersion, limit: eventsPerLog });
  const lines = page.entries.flatMap(({ event }) => {
    const said = event.type === 'MessagePosted' ? toMessage(event, 'desk', on) : toEventMessage(event, on);
    return [said, toTransferMessage(event, on)].filter((one) => one !== undefined);
  });
  return lines.slice(-historySizes.log);
}

/** What was said before a moment, oldest first; null is now. */
export async function transcriptBefore(
  line: Line,
  of: { readonly chatId: string; readonly before: number | null; readonly side: 'customer' | 'desk' },
  on: Surface,
): Promise<Log> {
  const page = await line.transcript(of.chatId, {
    include: 'messages',
    limit: historySizes.transcript,
    ...(of.before !== null && { beforeAt: olderThan(of.before) }),
  });
  return messagesOf(page, of.side, on);
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

function messagesOf(page: Transcript, side: 'customer' | 'desk', on: Surface): Log {
  return page.entries.flatMap(({ event }) => {
    const message = event.type === 'MessagePosted' ? toMessage(event, side, on) : undefined;
    return message === undefined ? [] : [message];
  });
}
