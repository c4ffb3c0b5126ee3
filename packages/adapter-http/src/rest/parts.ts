import Type, { type Static } from 'typebox';
import { Refusal } from '../problems.js';
import { closed } from '../wire/words.js';

/** In whose name something is asked: a participant of the backend's own space, made when it is first named. */
export const actingSchema = closed(
  {
    side: Type.Enum(['customer', 'operator', 'bot'] as const, {
      description: 'As what. The key needs the scope for it.',
    }),
    id: Type.String({ minLength: 1, maxLength: 128, description: 'What you call it.' }),
    name: Type.Optional(
      Type.String({ maxLength: 200, description: 'As others read it. Default: as it was told last.' }),
    ),
  },
  'In whose name: a participant of your own, made when you first name it.',
);
export type As = Static<typeof actingSchema>;

export const chatParams = closed({ chatId: Type.String({ maxLength: 64, description: 'The `id` of a chat.' }) });

/** What every request that changes something may carry. */
export const commandHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]{1,200}$',
      description:
        'Names the request: sent again within 24 hours it has no second effect and is answered the same, other words under the same name are refused.',
    }),
  ),
  traceparent: Type.Optional(
    Type.String({
      description: 'The trace it belongs to, by W3C Trace Context: what follows from it goes on under it.',
    }),
  ),
});

/** How many things of a list are asked for, and how many he gets who does not say. */
export const limitQuery = (most: number, usual: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: most, description: `How many at most. Default ${usual}.` }));
export const cursorQuery = Type.Optional(
  Type.String({ maxLength: 100, description: 'The `nextCursor` of the page before; empty: the first page.' }),
);
export const nextCursor = Type.Union([Type.String(), Type.Null()], {
  description: 'Where the next page begins; null: there is none.',
});

/** The first page of what is left of a list, and where the next one begins. */
export function pageFrom<One>(
  left: readonly One[],
  limit: number,
  cursorOf: (last: One) => string,
): { readonly page: readonly One[]; readonly nextCursor: string | null } {
  const page = left.slice(0, limit);
  const last = page.at(-1);
  return { page, nextCursor: last !== undefined && left.length > limit ? cursorOf(last) : null };
}

/** What a cursor is answered that no page of the list has named. */
export function noCursor(): Refusal {
  return new Refusal('BAD_REQUEST', { problems: [{ path: 'query/cursor', what: 'is no cursor of this list' }] });
}
