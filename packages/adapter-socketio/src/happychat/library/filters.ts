import { addressIn, type Clock, type Draft, type Fields, type MessageFilter } from '@dragoman/core';
import { isRecord } from '../frames.js';
import { toSeconds } from '../messages.js';
import { toChat, toFullUser, toUser } from '../people.js';

/** A message on its way to one destination, as filters see it [HCS filters]. */
export interface Filtered {
  readonly origin: 'customer' | 'operator' | 'agent';
  readonly destination: 'customer' | 'operator' | 'agent';
  /** Whole for words of customers, else the id alone. */
  readonly chat: Fields;
  /** Of operators' words alone. */
  readonly user: Fields | undefined;
  readonly message: Fields;
}

/**
 * Gives the message as its destination shall see it, at once, by a promise, or, with two parameters, by `next`. Nothing
 * at all drops it for this destination; a throw or a silence of 2 s counts as if the filter were not there.
 */
export type LibraryFilter = (data: Filtered, next: (message: unknown) => void) => unknown;

/** What filters have to know beside the message. */
export interface FilterPlace {
  readonly space: string;
  readonly clock: Clock;
}

const destinations = { customer: 'customer', desk: 'operator', all: 'agent' } as const;

/** The filter in the words of the core. */
export function toCoreFilter(filter: LibraryFilter, place: FilterPlace): MessageFilter {
  return async (draft) => {
    const before = toFiltered(draft, place);
    const after = await asked(filter, before);
    return after ? changed(draft, before.message, after, place.space) : null;
  };
}

function asked(filter: LibraryFilter, data: Filtered): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const answer = filter(data, resolve);
    if (filter.length < 2) Promise.resolve(answer).then(resolve, reject);
  });
}

function toFiltered(draft: Draft, { space, clock }: FilterPlace): Filtered {
  const { author, chat } = draft;
  const origin = originOf(draft);
  // Words that open a chat come before it: its customer knows how it will be called.
  const id = chat.id === '' ? String(author?.profile['session_id'] ?? '') : addressIn(chat, space);
  const own = ownOf(draft, space);
  const { body, clientId } = draft;
  return {
    origin,
    destination: destinations[draft.destination],
    chat: origin === 'customer' ? { ...toChat(chat, author ?? undefined, space), id } : { id },
    user: origin === 'operator' ? toFullUser(author ?? undefined, space) : undefined,
    message: {
      ...own,
      ...(clientId?.space === space && { id: clientId.value }),
      session_id: id,
      text: body.kind === 'custom' ? body.data['text'] : body.kind === 'image' ? body.caption : body.text,
      timestamp: toSeconds(clock.now()),
      source: origin,
      user: toUser(author ?? undefined, space),
    },
  };
}

function originOf({ author }: Draft): Filtered['origin'] {
  if (author?.role === 'customer') return 'customer';
  return author?.role === 'bot' ? 'agent' : 'operator';
}

function ownOf({ extras }: Draft, space: string): Fields {
  return extras?.space === space ? extras.data : {};
}

/** What belongs to the gateway a filter cannot change: who said it, where and when. */
const fixed = new Set(['id', 'session_id', 'timestamp', 'source', 'user', 'text']);

function changed(draft: Draft, before: Fields, after: unknown, space: string): Draft {
  // A filter that answers something else than a message leaves it as it is.
  if (!isRecord(after)) return draft;
  const rest = Object.entries(after).filter(([key, value]) => !fixed.has(key) && value !== undefined);
  const data = Object.fromEntries(rest);
  const isSame = JSON.stringify(data) === JSON.stringify(ownOf(draft, space));
  return {
    ...draft,
    ...(after['text'] !== before['text'] && { body: withText(draft.body, after['text']) }),
    ...(!isSame && { extras: { space, data } }),
  };
}

function withText(body: Draft['body'], text: unknown): Draft['body'] {
  const words = typeof text === 'string' ? text : '';
  switch (body.kind) {
    case 'custom':
      return { ...body, data: { ...body.data, text: words } };
    case 'image':
      return { ...body, caption: words };
    case 'text':
    case 'notice':
      return { ...body, text: words };
  }
}
