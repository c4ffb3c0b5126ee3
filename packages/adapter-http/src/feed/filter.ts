import type { ChatEvent } from '@dragoman/core';
import Type, { type Static } from 'typebox';
import { recordedTypes } from '../wire/event.js';
import { closed } from '../wire/words.js';
import { doerOf } from './visible.js';

/** What a feed is asked for. */
export const feedQuery = closed({
  after: Type.Optional(
    Type.String({
      pattern: '^[0-9]{1,16}$',
      description:
        'Go on after this `sequence`; 0: from the beginning. The header Last-Event-ID, of who comes back, goes before it. Default: from now on.',
    }),
  ),
  type: Type.Optional(
    Type.String({
      pattern: `^(${recordedTypes.join('|')})(,(${recordedTypes.join('|')}))*$`,
      description: 'Only these types, with commas between them and without `dragoman.`',
    }),
  ),
  chatId: Type.Optional(Type.String({ maxLength: 64, description: 'Only this chat.' })),
  side: Type.Optional(
    Type.Enum(['customer', 'desk', 'system'] as const, {
      description: 'Only what this side did; `system`: the rules of the gateway.',
    }),
  ),
  signals: Type.Optional(
    Type.Boolean({
      description:
        'Also what is never recorded: who types, who is there, who is next. Told once and to those who listen. Default false.',
    }),
  ),
});
export type FeedQuery = Static<typeof feedQuery>;

/** Whether a feed asked for an event. */
export function filterOf({ type, chatId, side }: FeedQuery): (event: ChatEvent) => boolean {
  const types = type === undefined ? undefined : new Set(type.split(','));
  return (event) =>
    (types === undefined || types.has(event.type)) &&
    (chatId === undefined || event.chatId === chatId) &&
    (side === undefined || doerOf(event) === side);
}
