import { inTurn, type QueueEntry, type Turn } from '@dragoman/core';
import Type, { type Static } from 'typebox';
import { closed, flag, open, text, time } from '../wire/words.js';
import { cursorQuery, limitQuery, nextCursor, noCursor, pageFrom } from './parts.js';

const waitingSchema = open({
  chatId: text('The chat.'),
  position: Type.Integer({ minimum: 1, description: '1 is next.' }),
  locale: text('Its locale.'),
  groups: Type.Array(Type.String(), { description: 'Groups it is for.' }),
  queuedAt: time('Since when it waits.'),
  isMissed: flag('Whether it should have had somebody.'),
});

/** Which page of the queue is asked for. */
export const queueQuery = closed({ limit: limitQuery(1_000, 1_000), cursor: cursorQuery });
/** What it is answered. */
export const queuePage = open({ queue: Type.Array(waitingSchema), nextCursor });

/** A position changes from one page to the next, and the chat may have been taken meanwhile; its turn stays what it was. */
const cursorAfter = ({ priority, place, chatId }: Turn): string => `${priority}.${place}.${chatId}`;

function turnOf(cursor: string): Turn {
  const [, priority, place, chatId = ''] = /^(\d+)\.(\d+)\.(.+)$/.exec(cursor) ?? [];
  if (priority === undefined) throw noCursor();
  return { priority: Number(priority), place: Number(place), chatId };
}

/** A page of the waiting chats, which are in their order. Throws BAD_REQUEST for what is no cursor of this list. */
export function queueOf(
  queue: readonly QueueEntry[],
  { cursor = '', limit = 1_000 }: Static<typeof queueQuery>,
): Static<typeof queuePage> {
  const last = cursor === '' ? undefined : turnOf(cursor);
  const waiting = queue.map((entry, index) => ({ ...entry, position: index + 1 }));
  const left = waiting.filter((entry) => last === undefined || inTurn(last, entry) < 0);
  const { page, nextCursor: next } = pageFrom(left, limit, cursorAfter);
  return { queue: page.map(toWaiting), nextCursor: next };
}

function toWaiting(entry: QueueEntry & { readonly position: number }): Static<typeof waitingSchema> {
  const { chatId, position, locale, groups, isMissed, queuedAt } = entry;
  return { chatId, position, locale, groups: [...groups], isMissed, queuedAt: new Date(queuedAt).toISOString() };
}
