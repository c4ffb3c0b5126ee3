/** The events of Sermo, what may be wrong with one, and the reading and writing of their bodies. Pure. */

/** Whose chat an event belongs to. [SERMO Inbound] */
export interface Address {
  /** The channel, `^[A-Za-z0-9_-]{1,64}$`. [SERMOD fields] */
  readonly platformId: string;
  /** Opaque, 1 to 128 units of well-formed text without control characters. */
  readonly userId: string;
}

/** What customers do. [SERMO Inbound] */
export type InboundWords =
  /** `image` is a data URI; the text is always shown with it. [SERMO text (med bild)] */
  | { readonly type: 'text'; readonly text: string; readonly image?: string }
  | { readonly type: 'heartbeat' }
  /** `at`: when the customer last read; '' where it was missing. [SERMO messages_read] */
  | { readonly type: 'messages_read'; readonly text: string; readonly at: string }
  /** He chose to leave. [SERMO client_left] */
  | { readonly type: 'client_left'; readonly text: string; readonly at: string }
  /** The tab is gone, perhaps only reloaded. [SERMO client_unload] */
  | { readonly type: 'client_unload'; readonly at: string }
  /** The whole draft, not what was added to it. [SERMO typing] */
  | { readonly type: 'typing'; readonly text: string; readonly at: string };

/** Who speaks; a bot has no `type`. [SERMO text (från Boten)] */
export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly type?: string;
}

/** What bots and agents do. [SERMO Outbound] */
export type OutboundWords =
  /** `typing`: for how long writing is feigned before the text is shown, ms. */
  | {
      readonly type: 'text';
      readonly text: string;
      readonly image?: string;
      readonly typing?: number;
      readonly agent?: Agent;
    }
  | { readonly type: 'queue_number'; readonly queueNumber: number }
  | { readonly type: 'system_text'; readonly text: string }
  | { readonly type: 'agent_done' | 'typing_on' | 'typing_off' | 'platform_closed' | 'handover_to_agent' }
  | { readonly type: 'handover_to_bot'; readonly flowGroupId?: string }
  /** A hard close, of a later revision of the document. [SERMOD aliases] */
  | { readonly type: 'end_session' };

export type InboundEvent = InboundWords & Address;
export type OutboundEvent = OutboundWords & Address;

/** Why a body is put aside instead of obeyed. [SERMOD bad input] */
export type ParkReason =
  | 'not_utf8'
  | 'not_json'
  | 'not_object'
  | 'body_too_large'
  | 'unsupported_encoding'
  | 'invalid_event'
  | 'unknown_type'
  | 'wrong_direction'
  | 'unknown_platform'
  | 'text_too_long'
  | 'invalid_image'
  | 'unsupported_image'
  | 'image_too_large'
  | 'unknown_session'
  | 'crash_loop'
  | 'refused';

/** `detail` names a field or a type, never what somebody wrote. */
export interface Problem {
  readonly reason: ParkReason;
  readonly detail: string;
  /** Whose event it was, when that much could be read. */
  readonly address?: Address;
}

/** `odd` names optional fields that were wrong and count as absent. */
interface ReadWell<Event> {
  readonly ok: true;
  readonly event: Event;
  readonly odd: readonly string[];
  /** The type it came under, where that is another name, or one of later revisions. */
  readonly alias?: string;
}

export type Parsed<Event> =
  | ReadWell<Event>
  /** A type of later revisions that nothing follows from. [SERMOD later types] */
  | (ReadWell<null> & { readonly opaque: Opaque })
  | { readonly ok: false; readonly problem: Problem };

/** [SERMOD fields] */
export const frameLimits = { bodyBytes: 12 * 1024 * 1024, textUnits: 32_768, agentNameUnits: 200 } as const;

type Direction = 'inbound' | 'outbound';
type Fields = Readonly<Record<string, unknown>>;
type Read<Words> = { readonly words: Words; readonly odd: readonly string[] } | { readonly bad: string };

const platformForm = /^[A-Za-z0-9_-]{1,64}$/;
// eslint-disable-next-line no-control-regex
const userForm = /^[^\u0000-\u001f\u007f-\u009f]{1,128}$/;

/** Half a character is the same as any other half once it is written as bytes: two people would be one. */
const isUserId = (text: string): boolean => userForm.test(text) && !/\p{Surrogate}/u.test(text);

/** Other names of the same thing, in the document's own scenario. [SERMO Standardflöde] */
const aliases: ReadonlyMap<string, string> = new Map([
  ['handover_to', 'handover_to_agent'],
  ['client_closed', 'client_left'],
]);

/** Types of later revisions, and what they are here. [SERMOD aliases] */
const later: ReadonlyMap<string, string> = new Map([
  ['info', 'system_text'],
  ['start', 'heartbeat'],
  ['end_session', 'end_session'],
]);

/** An event without meaning here: its own fields, beside whom it is about. */
export interface Opaque extends Address {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Of later revisions and without meaning here. [SERMOD later types] */
const silent: ReadonlySet<string> = new Set([
  'customer_identified',
  'assisted_sales_identifier',
  'transfer_to_agent_application',
  'application_heartbeat',
  'claim_session',
  'handover_to_queue',
]);

const readers: Readonly<{
  inbound: ReadonlyMap<string, (fields: Fields) => Read<InboundWords>>;
  outbound: ReadonlyMap<string, (fields: Fields) => Read<OutboundWords>>;
}> = {
  inbound: new Map<string, (fields: Fields) => Read<InboundWords>>([
    ['text', (fields) => spoken(fields)],
    ['heartbeat', () => plain({ type: 'heartbeat' })],
    ['messages_read', (fields) => plain({ type: 'messages_read', text: 'read', at: timeOf(fields) })],
    ['client_left', (fields) => plain({ type: 'client_left', text: textOr(fields, ''), at: timeOf(fields) })],
    ['client_unload', (fields) => plain({ type: 'client_unload', at: timeOf(fields) })],
    ['typing', draft],
  ]),
  outbound: new Map<string, (fields: Fields) => Read<OutboundWords>>([
    ['text', answer],
    ['queue_number', queueNumber],
    ['system_text', systemText],
    ['handover_to_bot', handoverToBot],
    ...(['agent_done', 'typing_on', 'typing_off', 'platform_closed', 'handover_to_agent', 'end_session'] as const).map(
      (type) => [type, () => plain({ type })] as const,
    ),
  ]),
};

/** How much beyond the document itself is read. */
export interface Reading {
  /** Types of its later revisions. Default true. */
  readonly extensions?: boolean;
}

/** Reads what a customer's side sent. Never throws. */
export function parseInbound(body: Uint8Array, how: Reading = {}): Parsed<InboundEvent> {
  return parse(body, { direction: 'inbound', own: readers.inbound, other: readers.outbound, ...how });
}

/** Reads what a desk's or a bot's side sent. Never throws. */
export function parseOutbound(body: Uint8Array, how: Reading = {}): Parsed<OutboundEvent> {
  return parse(body, { direction: 'outbound', own: readers.outbound, other: readers.inbound, ...how });
}

interface Grammar<Words> extends Reading {
  readonly direction: Direction;
  readonly own: ReadonlyMap<string, (fields: Fields) => Read<Words>>;
  readonly other: ReadonlyMap<string, unknown>;
}

function parse<Words>(body: Uint8Array, grammar: Grammar<Words>): Parsed<Words & Address> {
  const fields = objectIn(body);
  if ('reason' in fields) return bad(fields.reason);
  const { type } = fields.object;
  if (typeof type !== 'string' || type === '') return bad('invalid_event', 'type');
  const { platformId, userId } = fields.object;
  if (typeof platformId !== 'string' || !platformForm.test(platformId)) return bad('invalid_event', 'platformId');
  if (typeof userId !== 'string' || !isUserId(userId)) return bad('invalid_event', 'userId');
  return worded(fields.object, type, { platformId, userId }, grammar);
}

function worded<Words>(
  object: Fields,
  type: string,
  address: Address,
  { direction, own, other, extensions = true }: Grammar<Words>,
): Parsed<Words & Address> {
  const isLater = later.has(type) || silent.has(type);
  const name = aliases.get(type) ?? later.get(type) ?? type;
  const read = isLater && !extensions ? undefined : own.get(name);
  const alias = isLater || name !== type ? { alias: type } : {};
  if (read === undefined) {
    if (extensions && silent.has(type)) {
      const { type: _type, platformId: _platform, userId: _user, ...data } = object;
      return { ok: true, event: null, opaque: { name: type, ...address, data }, odd: [], ...alias };
    }
    const reason = other.has(name) && (extensions || !isLater) ? 'wrong_direction' : 'unknown_type';
    return { ok: false, problem: { reason, detail: `${direction} ${type.slice(0, 64)}`, address } };
  }
  const found = read(object);
  if ('bad' in found) {
    const reason = found.bad === 'too long' ? 'text_too_long' : 'invalid_event';
    return { ok: false, problem: { reason, detail: reason === 'text_too_long' ? 'text' : found.bad, address } };
  }
  const event = Object.assign(found.words as object, address) as Words & Address;
  return { ok: true, event, odd: found.odd, ...alias };
}

const bad = (reason: ParkReason, detail = ''): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem: { reason, detail },
});

const decoder = new TextDecoder('utf-8', { fatal: true });

function objectIn(body: Uint8Array): { readonly object: Fields } | { readonly reason: ParkReason } {
  if (body.length > frameLimits.bodyBytes) return { reason: 'body_too_large' };
  let text: string;
  try {
    text = decoder.decode(body); // drops a byte order mark
  } catch {
    return { reason: 'not_utf8' };
  }
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { object: value as Fields } : { reason: 'not_object' };
  } catch {
    return { reason: 'not_json' };
  }
}

const plain = <Words>(words: Words): Read<Words> => ({ words, odd: [] });

function timeOf({ at }: Fields): string {
  return typeof at === 'string' ? at : '';
}

function textOr({ text }: Fields, other: string): string {
  return typeof text === 'string' ? text.slice(0, frameLimits.textUnits) : other;
}

/** A text that must not be empty but beside an image. */
function spoken(fields: Fields): Read<{ readonly type: 'text'; readonly text: string; readonly image?: string }> {
  const { text, image } = fields;
  if (typeof text !== 'string') return { bad: 'text' };
  if (text.length > frameLimits.textUnits) return { bad: 'too long' };
  if (image !== undefined && typeof image !== 'string') {
    return text.trim() === '' ? { bad: 'text' } : { words: { type: 'text', text }, odd: ['image'] };
  }
  if (text.trim() === '' && image === undefined) return { bad: 'text' };
  return plain({ type: 'text', text, ...(image !== undefined && { image }) });
}

function draft(fields: Fields): Read<InboundWords> {
  const { text } = fields;
  if (typeof text !== 'string') return { bad: 'text' };
  return text.length > frameLimits.textUnits
    ? { bad: 'too long' }
    : plain({ type: 'typing', text, at: timeOf(fields) });
}

/** The longest time of feigned writing that is taken for meant, ms. [SERMOD typing] */
const longestTypingMs = 60_000;

function answer(fields: Fields): Read<OutboundWords> {
  const said = spoken(fields);
  if ('bad' in said) return said;
  const agent = agentIn(fields['agent']);
  const { typing } = fields;
  const isTyping = typeof typing === 'number' && Number.isInteger(typing) && typing >= 0 && typing <= longestTypingMs;
  const odd = [
    ...said.odd,
    ...(agent === undefined && fields['agent'] !== undefined ? ['agent'] : []),
    ...(isTyping || typing === undefined ? [] : ['typing']),
  ];
  return { words: { ...said.words, ...(isTyping && { typing }), ...(agent !== undefined && { agent }) }, odd };
}

function agentIn(value: unknown): Agent | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, name, type } = value as Fields;
  if (typeof id !== 'string' || !isUserId(id) || typeof name !== 'string') return undefined;
  return { id, name: name.slice(0, frameLimits.agentNameUnits), ...(typeof type === 'string' && { type }) };
}

/** Digits in quotes are an older shape. [SERMOD aliases] */
function queueNumber({ queueNumber: value }: Fields): Read<OutboundWords> {
  const found = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  const isNumber = typeof found === 'number' && Number.isSafeInteger(found) && found >= 0;
  return isNumber ? plain({ type: 'queue_number', queueNumber: found }) : { bad: 'queueNumber' };
}

function systemText({ text }: Fields): Read<OutboundWords> {
  if (typeof text !== 'string' || text.trim() === '') return { bad: 'text' };
  return text.length > frameLimits.textUnits ? { bad: 'too long' } : plain({ type: 'system_text', text });
}

function handoverToBot({ flowGroupId: flow }: Fields): Read<OutboundWords> {
  if (typeof flow === 'string' && flow.length <= 128) return plain({ type: 'handover_to_bot', flowGroupId: flow });
  return { words: { type: 'handover_to_bot' }, odd: flow === undefined ? [] : ['flowGroupId'] };
}

/** The body of an event: nothing but what the document knows, its keys in the order of its examples. [SERMO examples] */
export function encode({ platformId, userId }: Address, words: InboundWords | OutboundWords): string {
  const all: Fields = words;
  // What is undefined is left out by JSON.
  return JSON.stringify({
    type: words.type,
    platformId,
    userId,
    queueNumber: all['queueNumber'],
    text: all['text'],
    image: all['image'],
    typing: all['typing'],
    flowGroupId: all['flowGroupId'],
    agent: all['agent'],
    at: all['at'],
  });
}
