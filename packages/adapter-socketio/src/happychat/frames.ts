/**
 * The wire of Happychat, inbound: what clients may send, checked. What fits no form is no frame: the protocol has no
 * answer for malformed input, so it is ignored [HCD 12].
 */

import { holdsBytes } from '../bytes.js';

/** Ids are strings or numbers on this wire; 5 and "5" are the same chat [HCS ids]. */
export type HappychatId = string | number;

export const frameLimits = {
  idUnits: 200,
  /** Operator status words, group and locale names. */
  wordUnits: 200,
  groups: 20,
} as const;

/** [HC customer/message], [HC operator/message], [HC agent/message] */
export interface HappychatPost {
  readonly id: HappychatId | null;
  /** Absent in messages that only carry `meta`, such as `customer-info`. */
  readonly text: string | undefined;
  readonly type: string | undefined;
  readonly meta: unknown;
}

/** [HC customer/preferences]: `skills` as the real client sends them, `locale` and `groups` as other clients do. */
export interface HappychatWishes {
  readonly locale?: string;
  readonly groups?: readonly string[];
}

export type CustomerFrame =
  | { readonly kind: 'message'; readonly post: HappychatPost }
  /** Empty text: stopped typing. */
  | { readonly kind: 'typing'; readonly text: string }
  | { readonly kind: 'transcript'; readonly before: number | null }
  | { readonly kind: 'preferences'; readonly wishes: HappychatWishes }
  | { readonly kind: 'setFields'; readonly fields: Readonly<Record<string, unknown>> };

export type OperatorFrame =
  | { readonly kind: 'message'; readonly chatId: string; readonly post: HappychatPost }
  /** Empty text, or false: stopped typing. Customers are told which of the two [HC customer/typing]. */
  | { readonly kind: 'typing'; readonly chatId: string; readonly text: string | false }
  | { readonly kind: 'open' | 'join' | 'leave' | 'close' | 'block'; readonly chatId: string }
  | { readonly kind: 'transfer'; readonly chatId: string; readonly operatorId: string }
  | { readonly kind: 'transcript'; readonly chatId: string; readonly before: number | null }
  | { readonly kind: 'status'; readonly status: string }
  | { readonly kind: 'capacity'; readonly capacity: number }
  | { readonly kind: 'state' }
  /** `action` undefined: not on the list of what may be dispatched. */
  | { readonly kind: 'dispatch'; readonly action: RemoteAction | undefined };

export type AgentFrame =
  | {
      readonly kind: 'message';
      readonly chatId: string;
      readonly post: HappychatPost;
      readonly original: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'info' }
  | { readonly kind: 'role'; readonly role: string };

/** What an operator may change from afar, of himself alone, acceptance apart [HC operator/broadcast.dispatch]. */
export type RemoteAction =
  | { readonly type: 'status'; readonly status: string }
  | { readonly type: 'capacity'; readonly locale: string; readonly capacity: number }
  | { readonly type: 'requesting'; readonly isRequesting: boolean }
  | { readonly type: 'accepting'; readonly isAccepting: boolean }
  | { readonly type: 'locale'; readonly locale: string; readonly isActive: boolean }
  | { readonly type: 'group'; readonly groupId: string; readonly isMember: boolean }
  /** Allowed, but says nothing that could be done. */
  | { readonly type: 'nothing' };

type Args = readonly unknown[];

/** What a customer's event means; undefined: nothing. Never throws. */
export function parseCustomer(name: string, [first]: Args): CustomerFrame | undefined {
  switch (name) {
    case 'message': {
      const post = parsePost(first);
      return post && { kind: 'message', post };
    }
    case 'typing':
      return { kind: 'typing', text: typedText(first) };
    case 'transcript':
      return { kind: 'transcript', before: timestamp(first) };
    case 'preferences':
      return isRecord(first) ? { kind: 'preferences', wishes: parseWishes(first) } : undefined;
    case 'chat.setFields':
      return isRecord(first) && !holdsBytes(first) ? { kind: 'setFields', fields: first } : undefined;
    default:
      return undefined;
  }
}

/** What an operator's event means; undefined: nothing. Never throws. */
export function parseOperator(name: string, args: Args): OperatorFrame | undefined {
  switch (name) {
    case 'status':
      return isWord(args[0]) ? { kind: 'status', status: args[0] } : undefined;
    case 'capacity': {
      const capacity = wholeNumber(args[0]);
      return capacity === undefined ? undefined : { kind: 'capacity', capacity };
    }
    case 'broadcast.state':
      return { kind: 'state' };
    case 'broadcast.dispatch':
      return { kind: 'dispatch', action: parseAction(args[0]) };
    default:
      return parseChatFrame(name, args);
  }
}

function parseChatFrame(name: string, [first, second]: Args): OperatorFrame | undefined {
  const chatId = idText(first);
  if (chatId === undefined) return undefined;
  switch (name) {
    case 'message': {
      const post = parsePost(second);
      return post && { kind: 'message', chatId, post };
    }
    case 'chat.typing':
      return { kind: 'typing', chatId, text: second === false ? false : typedText(second) };
    case 'chat.open':
      return { kind: 'open', chatId };
    case 'chat.join':
      return { kind: 'join', chatId };
    case 'chat.leave':
      return { kind: 'leave', chatId };
    case 'chat.close':
      return { kind: 'close', chatId };
    case 'chat.block':
      return { kind: 'block', chatId };
    case 'chat.transfer':
      return { kind: 'transfer', chatId, operatorId: idText(second) ?? '' };
    case 'chat.transcript':
      return { kind: 'transcript', chatId, before: timestamp(second) };
    default:
      return undefined;
  }
}

/** What an agent's event means; undefined: nothing. Never throws. */
export function parseAgent(name: string, [first]: Args): AgentFrame | undefined {
  switch (name) {
    case 'message': {
      const post = parsePost(first);
      if (post === undefined || !isRecord(first)) return undefined;
      const chatId = idText(first['session_id']);
      return chatId === undefined ? undefined : { kind: 'message', chatId, post, original: first };
    }
    case 'system.info':
      return { kind: 'info' };
    case 'role.add':
      return isWord(first) ? { kind: 'role', role: first } : undefined;
    default:
      return undefined;
  }
}

/** An id in the form in which it is a key; undefined for what is no id. */
export function idText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string' || value === '' || value.length > frameLimits.idUnits) return undefined;
  return value;
}

/** True for what JSON calls an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Locale and groups a customer asks for; `skills` is the spelling of the real client [HC customer/preferences]. */
export function parseWishes(from: Readonly<Record<string, unknown>>): HappychatWishes {
  const skills = isRecord(from['skills']) ? from['skills'] : {};
  const languages = words(skills['language']);
  const locale = isWord(from['locale']) ? from['locale'] : languages?.[0];
  const groups = words(from['groups']) ?? words(skills['product']);
  return { ...(locale !== undefined && { locale }), ...(groups !== undefined && { groups }) };
}

/** Bytes have no form in logs, and none of the clients sends any. */
function parsePost(value: unknown): HappychatPost | undefined {
  if (!isRecord(value) || holdsBytes(value)) return undefined;
  const { id, text, type, meta } = value;
  return {
    id: typeof id === 'string' || typeof id === 'number' ? id : null,
    text: typeof text === 'string' ? text : undefined,
    type: isWord(type) ? type : undefined,
    meta: meta ?? undefined,
  };
}

/** The real client wraps the text, and says false for "stopped" [HCD 4]. */
function typedText(value: unknown): string {
  const text = isRecord(value) ? value['message'] : value;
  return typeof text === 'string' ? text : '';
}

function timestamp(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

const remoteActions = new Map<unknown, (action: Readonly<Record<string, unknown>>) => RemoteAction>([
  ['SET_OPERATOR_STATUS', ({ status }) => (isWord(status) ? { type: 'status', status } : { type: 'nothing' })],
  ['SET_OPERATOR_CAPACITY', parseCapacity],
  [
    'SET_OPERATOR_REQUESTING_CHAT',
    ({ requestingChat }) => ({ type: 'requesting', isRequesting: requestingChat === true }),
  ],
  ['SET_SYSTEM_ACCEPTS_CUSTOMERS', ({ isEnabled }) => ({ type: 'accepting', isAccepting: isEnabled === true })],
  ['JOIN_LOCALE', ({ locale }) => parseLocale(locale, true)],
  ['LEAVE_LOCALE', ({ locale }) => parseLocale(locale, false)],
  ['UPDATE_OPERATOR_MEMBERSHIP', parseMembership],
]);

function parseAction(value: unknown): RemoteAction | undefined {
  if (!isRecord(value)) return undefined;
  return remoteActions.get(value['type'])?.(value);
}

function parseCapacity(action: Readonly<Record<string, unknown>>): RemoteAction {
  const capacity = wholeNumber(action['capacity']);
  const { locale } = action;
  return capacity === undefined || !isWord(locale) ? { type: 'nothing' } : { type: 'capacity', locale, capacity };
}

function parseLocale(locale: unknown, isActive: boolean): RemoteAction {
  return isWord(locale) ? { type: 'locale', locale, isActive } : { type: 'nothing' };
}

function parseMembership(action: Readonly<Record<string, unknown>>): RemoteAction {
  const groupId = idText(action['group_id']);
  return groupId === undefined
    ? { type: 'nothing' }
    : { type: 'group', groupId, isMember: action['isMember'] === true };
}

/** A number of chats; a numeric text counts as one [HC operator/broadcast.dispatch]. */
function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return undefined;
  return Math.min(Math.floor(number), 1_000_000);
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= frameLimits.wordUnits;
}

function words(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter(isWord).slice(0, frameLimits.groups) : undefined;
}
