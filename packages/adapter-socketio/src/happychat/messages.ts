import {
  addressIn,
  pictureText,
  type Body,
  type ChatEvent,
  type Message,
  type Participant,
  type Variant,
} from '@dragoman/core';
import { systemUser, toFullUser, toUser, wireId, type HappychatUser } from './people.js';

/** A message as customers and operators receive it [HCS message]. */
export interface HappychatMessage {
  /** What the author's client chose, with its type; else the core's id. Not unique [HCD 18]. */
  readonly id: string | number;
  readonly session_id: string;
  readonly text?: string;
  /** Seconds, rounded up. */
  readonly timestamp: number;
  readonly source: 'customer' | 'operator' | 'agent';
  /** Absent in event messages alone. */
  readonly user?: HappychatUser | Readonly<Record<string, unknown>>;
  readonly meta?: unknown;
  readonly type?: string;
}

/** A message as third-party systems receive it [HC agent]: no user, but the author's id and type. */
export interface HappychatAgentMessage extends Omit<HappychatMessage, 'user'> {
  readonly author_id?: string | number;
  readonly author_type: 'customer' | 'operator' | 'agent';
}

/** What translations have to know beside the event. */
export interface Surface {
  /** The name under which this dialect stores what is its own. */
  readonly space: string;
  /** Public address of a picture; null when there is none. */
  readonly link: (workspaceId: string, attachmentId: string) => string | null;
  /** Whether customers read lines about the life of their chat [HCD 14]. */
  readonly customersHearEvents: boolean;
}

/** Who receives: each destination may see a message filtered in its own way. */
export type Destination = 'customer' | 'desk' | 'all';

type Posted = Extract<ChatEvent, { type: 'MessagePosted' }>;

/** The message for customers or operators; undefined when it has no form here or a filter dropped it. */
export function toMessage(event: Posted, to: Destination, on: Surface): HappychatMessage | undefined {
  const { message } = event;
  const shown = variantFor(message, to);
  if (shown === null) return undefined;
  const own = shown.extras?.space === on.space ? shown.extras.data : {};
  const said = spoken(shown.body, event.workspaceId, own, on);
  if (said === undefined) return undefined;
  const source = sourceOf(message);
  return {
    // A third-party system's message keeps every property it came with [HC agent/message].
    ...(source === 'agent' && own),
    id: message.clientId?.space === on.space ? message.clientId.value : message.id,
    session_id: addressIn(event.chat, on.space),
    ...said,
    timestamp: toSeconds(source === 'agent' ? (message.claimedAt ?? message.at) : message.at),
    source,
    user: authorOf(event, own, on),
    ...metaOf(message, own, on),
  };
}

/** The message for third-party systems. */
export function toAgentMessage(event: Posted, on: Surface): HappychatAgentMessage | undefined {
  const shown = toMessage(event, 'all', on);
  if (shown === undefined) return undefined;
  const { user: _user, ...rest } = shown;
  return { ...rest, author_id: authorIdOf(event, on), author_type: rest.source };
}

/** A moment as this wire writes it: seconds since 1970, rounded up [HCS message]. */
export function toSeconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

function variantFor(message: Message, to: Destination): Variant | null {
  const variant = message.variants[to];
  return variant === undefined ? { body: message.body, extras: message.extras } : variant;
}

function spoken(
  body: Body,
  workspaceId: string,
  own: Readonly<Record<string, unknown>>,
  on: Surface,
): Pick<HappychatMessage, 'text' | 'type'> | undefined {
  const type = typeof own['type'] === 'string' ? { type: own['type'] } : {};
  switch (body.kind) {
    case 'text':
    case 'notice':
      return { text: body.text, ...type };
    case 'image':
      return { text: pictureText(body, on.link(workspaceId, body.attachmentId)) };
    case 'custom': {
      // Custom messages of other dialects have no meaning here, and are never turned into text.
      if (type.type === undefined) return undefined;
      const { text } = body.data;
      return { ...(typeof text === 'string' && { text }), ...type };
    }
  }
}

function sourceOf({ authorRole }: Message): HappychatMessage['source'] {
  switch (authorRole) {
    case 'customer':
      return 'customer';
    case 'bot':
      return 'agent';
    case 'operator':
    case 'monitor':
    case 'system':
      return 'operator';
  }
}

/** Always an object, since the real client reads `user.name` unguarded [HCD 14]. */
function authorOf(event: Posted, own: Readonly<Record<string, unknown>>, on: Surface): Record<string, unknown> {
  const { authorId, authorRole, authorName } = event.message;
  if (authorId === null || authorRole === 'system') return { ...systemUser };
  const user = toUser(event.people[authorId], on.space);
  const said = own['user'];
  if (authorRole === 'bot' && typeof said === 'object' && said !== null) return { ...user, ...said };
  // A desk speaks under the names of its agents.
  return authorName !== '' && authorName !== event.people[authorId]?.name
    ? { ...user, name: authorName, displayName: authorName }
    : { ...user };
}

/** Customers' `meta` is theirs, and absent if absent; an operator's is always there and empty [HC operator/message]. */
function metaOf(message: Message, own: Readonly<Record<string, unknown>>, on: Surface): Pick<HappychatMessage, 'meta'> {
  if (own['meta'] !== undefined) return { meta: own['meta'] };
  return message.authorRole === 'operator' && message.clientId?.space === on.space ? { meta: {} } : {};
}

/** The chat's id for customers, the operator's own for operators [HCS message]. */
function authorIdOf(event: Posted, on: Surface): string | number {
  const { authorId, authorRole } = event.message;
  if (authorRole === 'customer') return addressIn(event.chat, on.space);
  const own = event.message.extras?.space === on.space ? event.message.extras.data['author_id'] : undefined;
  if (authorRole === 'bot' && (typeof own === 'string' || typeof own === 'number')) return own;
  const author = authorId === null ? undefined : event.people[authorId];
  return author === undefined ? systemUser.id : wireId(author, on.space);
}

/** What an event has to say to operators beside words: a line, a transfer two. */
export function toDeskLines(event: ChatEvent, on: Surface): readonly HappychatMessage[] {
  return [toEventMessage(event, on), toTransferMessage(event, on)].filter((line) => line !== undefined);
}

/**
 * The same lines for customers, where they are to have any: with a user, since clients read it unguarded, and with no
 * more of the people than messages show of them [HCD 14].
 */
export function toCustomerLines(event: ChatEvent, on: Surface): readonly HappychatMessage[] {
  if (!on.customersHearEvents) return [];
  const people = Object.fromEntries(Object.entries(event.people).map(([id, who]) => [id, inPublic(who, on.space)]));
  const seen = { ...event, people };
  return toDeskLines(seen, on).map((line) => ({ ...line, user: { ...systemUser } }));
}

function inPublic(who: Participant, space: string): Participant {
  return { ...who, profile: { ...toUser(who, space) } };
}

/** Lines about the life of a chat, which other systems store as messages and this core does not [HCS message]. */
export function toEventMessage(event: ChatEvent, on: Surface): HappychatMessage | undefined {
  const line = lifecycleLine(event, on.space);
  if (line === undefined) return undefined;
  return {
    type: 'event',
    id: event.eventId,
    timestamp: toSeconds(event.at),
    session_id: addressIn(event.chat, on.space),
    text: line.text,
    source: 'operator',
    meta: { event_type: line.type, ...line.meta },
  };
}

interface Line {
  readonly text: string;
  readonly type: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

function lifecycleLine(event: ChatEvent, space: string): Line | undefined {
  const full = (id: string | null): Readonly<Record<string, unknown>> =>
    toFullUser(id === null ? undefined : event.people[id], space);
  switch (event.type) {
    case 'ChatAssigned':
      if (event.cause === 'recovered') return undefined;
      return { text: 'operator assigned', type: 'assigned', meta: { operator: full(event.operatorId) } };
    case 'ParticipantJoined':
      if (event.role !== 'operator') return undefined;
      return { text: 'operator joined', type: 'join', meta: { operator: full(event.participantId) } };
    case 'ParticipantLeft':
      if (event.role !== 'operator' || event.cause === 'gone') return undefined;
      return { text: 'operator left', type: 'leave', meta: { operator: full(event.participantId) } };
    case 'ChatHandedOver':
      if (event.to === 'customer') return { text: 'chat closed', type: 'close', meta: { by: full(event.fromId) } };
      return { text: 'chat transferred', type: 'transfer', meta: { from: full(event.fromId), to: { id: event.to } } };
    case 'ChatClosed':
      if (event.byId === null || event.reason === 'left')
        return { text: 'chat closed after customer left', type: 'close' };
      return { text: 'chat closed', type: 'close', meta: { by: full(event.byId) } };
    case 'AbsenceNoted':
      return event.phase === 'left' ? { text: 'customer left', type: 'customer-leave' } : undefined;
    case 'CustomerBlocked': {
      const { assigneeId } = event.chat;
      return { text: 'customer blocked', type: 'blocked', meta: { by: assigneeId === null ? null : full(assigneeId) } };
    }
    default:
      return undefined;
  }
}

/** The second line of a transfer, after that of the assignment. */
function toTransferMessage(event: ChatEvent, on: Surface): HappychatMessage | undefined {
  if (event.type !== 'ChatAssigned' || event.cause !== 'transfer') return undefined;
  const fromId = event.byId ?? event.fromId;
  return {
    type: 'event',
    id: `${event.eventId}.transfer`,
    timestamp: toSeconds(event.at),
    session_id: addressIn(event.chat, on.space),
    text: 'chat transferred',
    source: 'operator',
    meta: {
      event_type: 'transfer',
      from: toFullUser(fromId === null ? undefined : event.people[fromId], on.space),
      to: toFullUser(event.people[event.operatorId], on.space),
    },
  };
}
