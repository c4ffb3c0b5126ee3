/**
 * The wire of the ticket protocol, inbound: what clients may send, checked. Every call is an event with positional
 * arguments; what is malformed is refused with the name of the argument [TK emit event types].
 */
import { invalid, refuse, type Refusal } from './answers.js';

export const frameLimits = {
  /** Characters of a token [TKD tokens]. */
  tokenUnits: 8192,
  userIdUnits: 128,
  /** The user object as JSON. */
  userUnits: 4096,
  /** `displayNm`, `ticketNm`. */
  nameUnits: 200,
  /** Text of one message. */
  textUnits: 4000,
} as const;

/** 100 = new, 200 = open, 10000 = closed [TK ticket object]. */
export type TicketStatus = 100 | 200 | 10000;

/** 1 = sent, 2 = delivered, 3 = read [TK message object]. */
export type MessageStatus = 1 | 2 | 3;

type Fields = Readonly<Record<string, unknown>>;

/** Who a connection speaks for [TK user object]; `profile` holds what else is well formed. */
export interface UserFrame {
  readonly userId: string | undefined;
  readonly fullNm: string | undefined;
  readonly programId: string | undefined;
  readonly profile: Fields;
}

/** [TK createTicket] */
export interface CreateFrame {
  /** As it was sent: it is compared without regard to case and shown as here. */
  readonly ticketId: string;
  readonly displayNm: string;
  readonly ticketNm: string;
  /** Ms; undefined: absent or malformed. */
  readonly createdAt: number | undefined;
  readonly programId: string | undefined;
}

/** [TK updateMessage]; what depends on the ticket is checked behind it, so content is here as it came. */
export interface MessageFrame {
  readonly ticketId: string;
  readonly messageId: string;
  readonly type: unknown;
  readonly encoding: unknown;
  readonly content: unknown;
  readonly createdAt: number | undefined;
  readonly programId: string | undefined;
}

/** [TK acceptTicket], [TK updateTicketStatus]: nothing of the object but these is read. */
export interface StatusFrame {
  readonly ticketId: string;
  readonly status: TicketStatus;
  /** `statusId` of the object, if it has one. */
  readonly claimed: number | undefined;
  /** `''`: not told. */
  readonly ownerId: string;
}

/** [TK updateMessageStatus] */
export interface ReceiptFrame {
  /** Null: all [TK bulk update]. */
  readonly messageId: string | null;
  readonly status: 2 | 3;
  readonly recipientId: string;
  readonly senderId: string;
  /** The fifth argument contradicts the status, which decides. */
  readonly isContradictory: boolean;
}

/** [TK assignTicket]; null: to the one who asks. */
export interface AssignFrame {
  readonly ticketId: string;
  readonly handleById: string | null;
}

export type Parsed<Frame> = Frame | { readonly refusal: Refusal };

export function isRefused<Frame extends object>(parsed: Parsed<Frame>): parsed is { readonly refusal: Refusal } {
  return 'refusal' in parsed;
}

/** The token of [TK authenticate]; undefined: there is none that could be one. */
export function parseToken([object]: readonly unknown[]): string | undefined {
  const given = isRecord(object) ? object['accessToken'] : undefined;
  if (typeof given !== 'string') return undefined;
  const token = given.replace(/^Bearer /i, '');
  return token.length > 0 && given.length <= frameLimits.tokenUnits ? token : undefined;
}

/** Undefined: no object was given. */
export function parseUser([object]: readonly unknown[]): Parsed<UserFrame> | undefined {
  if (isAbsent(object)) return undefined;
  if (!isRecord(object)) return invalid('userObject');
  const userId = object['userId'];
  if (!isAbsent(userId) && (typeof userId !== 'string' || userId.length > frameLimits.userIdUnits))
    return invalid('userId');
  const profile = profileOf(object);
  if (JSON.stringify(profile).length > frameLimits.userUnits) return invalid('userObject');
  return {
    userId: textOf(userId),
    fullNm: textOf(object['fullNm'])?.slice(0, frameLimits.nameUnits),
    programId: textOf(object['programId']),
    profile,
  };
}

export function parseCreate([ticketId, object]: readonly unknown[]): Parsed<CreateFrame> {
  if (!isGuid(ticketId)) return invalid('ticketId');
  if (!isRecord(object)) return invalid('ticketObject');
  if (!agrees(object['ticketId'], ticketId)) return refuse('id_mismatch');
  const { displayNm, ticketNm, statusId } = object;
  if (!isName(displayNm)) return invalid('displayNm');
  if (!isName(ticketNm)) return invalid('ticketNm');
  if (!isAbsent(statusId) && toInteger(statusId) !== 100) return refuse('invalid_status');
  return {
    ticketId,
    displayNm: textOf(displayNm) ?? '',
    ticketNm: textOf(ticketNm) ?? '',
    createdAt: toMs(object['createdAt']),
    programId: textOf(object['programId']),
  };
}

export function parseMessage([ticketId, messageId, object]: readonly unknown[]): Parsed<MessageFrame> {
  if (!isGuid(ticketId)) return invalid('ticketId');
  if (!isMessageId(messageId)) return invalid('messageId');
  if (!isRecord(object)) return invalid('messageObject');
  const isSame = isAbsent(object['messageId']) || object['messageId'] === messageId;
  if (!agrees(object['ticketId'], ticketId) || !isSame) return refuse('id_mismatch');
  const { type, encoding, content } = object;
  const programId = textOf(object['programId']);
  return { ticketId, messageId, type, encoding, content, createdAt: toMs(object['createdAt']), programId };
}

export function parseAccept([ticketId, object, ownerId]: readonly unknown[]): Parsed<StatusFrame> {
  return parseStatusCall(ticketId, object, 200, ownerId);
}

export function parseStatus([ticketId, object, status, ownerId]: readonly unknown[]): Parsed<StatusFrame> {
  const wanted = toInteger(status);
  if (wanted === undefined) return invalid('status');
  return parseStatusCall(ticketId, object, wanted, ownerId);
}

export function parseReceipt(args: readonly unknown[]): Parsed<ReceiptFrame> {
  const [messageId, wanted, recipientId, senderId, isDelivery] = args;
  if (!isMessageId(messageId) && messageId !== 'all') return invalid('messageId');
  const status = toInteger(wanted);
  if (status === undefined) return invalid('status');
  if (status !== 2 && status !== 3) return refuse('invalid_status');
  if (!isOptionalText(recipientId)) return invalid('recipientId');
  if (!isOptionalText(senderId)) return invalid('senderId');
  return {
    messageId: messageId === 'all' ? null : messageId,
    status,
    recipientId: textOf(recipientId) ?? '',
    senderId: textOf(senderId) ?? '',
    isContradictory: typeof isDelivery === 'boolean' && isDelivery !== (status === 2),
  };
}

/** Whom it is for is only a hint: the ticket tells [TK typing]. */
export function parseTyping([ticketId]: readonly unknown[]): Parsed<{ readonly ticketId: string }> {
  return isGuid(ticketId) ? { ticketId } : invalid('ticketId');
}

export function parseAssign([object]: readonly unknown[]): Parsed<AssignFrame> {
  if (!isRecord(object)) return invalid('assignTicketObject');
  const { ticketId, handleById } = object;
  if (!isGuid(ticketId)) return invalid('ticketId');
  if (!isOptionalText(handleById)) return invalid('handleById');
  return { ticketId, handleById: textOf(handleById) ?? null };
}

function parseStatusCall(ticketId: unknown, object: unknown, status: number, ownerId: unknown): Parsed<StatusFrame> {
  if (!isGuid(ticketId)) return invalid('ticketId');
  if (!isAbsent(object) && !isRecord(object)) return invalid('ticketObject');
  if (!isOptionalText(ownerId)) return invalid('ownerId');
  const ticket = isRecord(object) ? object : {};
  if (!agrees(ticket['ticketId'], ticketId)) return refuse('id_mismatch');
  if (!isTicketStatus(status)) return refuse('invalid_status');
  const claimed = isAbsent(ticket['statusId']) ? undefined : (toInteger(ticket['statusId']) ?? Number.NaN);
  return { ticketId, status, claimed, ownerId: textOf(ownerId) ?? '' };
}

/** The optional facts about a user that are well formed; the others are dropped [TK user object]. */
function profileOf(object: Fields): Fields {
  const texts = ['fullNm', 'salutation', 'gender', 'email'].filter((key) => typeof object[key] === 'string');
  const places = ['latitude', 'longitude'].filter((key) => Number.isFinite(object[key]));
  const times = toMs(object['dob']) === undefined ? [] : ['dob'];
  return Object.fromEntries([...texts, ...times, ...places].map((key) => [key, object[key]]));
}

/** Whether an id inside an object is absent or that of the call, in whatever case. */
function agrees(inside: unknown, ticketId: string): boolean {
  return isAbsent(inside) || (typeof inside === 'string' && inside.toLowerCase() === ticketId.toLowerCase());
}

/** A plain object; binary attachments are none. */
function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** What a client leaves undefined arrives as null [SIO5 arguments]. */
function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isOptionalText(value: unknown): value is string | null | undefined {
  return isAbsent(value) || typeof value === 'string';
}

function isName(value: unknown): boolean {
  return isAbsent(value) || (typeof value === 'string' && value.length <= frameLimits.nameUnits);
}

function isGuid(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}

function isMessageId(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,64}$/.test(value) && value.toLowerCase() !== 'all';
}

function isTicketStatus(value: number): value is TicketStatus {
  return value === 100 || value === 200 || value === 10000;
}

/** Empty texts mean absent on this wire [TK ticket object]. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Some clients send whole numbers as digits in a text. */
export function toInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** A moment in the one form this wire has, `yyyy-MM-ddTHH:mm:ss.sssZ`; undefined: it is none [TK message object]. */
function toMs(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}
