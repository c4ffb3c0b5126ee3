/** The wire of the operator topic, inbound: what an operator's page may say, checked [OP]. */

export const operatorLimits = {
  idUnits: 128,
  tokenUnits: 4096,
  statusUnits: 64,
  /** Of words that go with a release. */
  reasonUnits: 128,
  /** Of messages named in one receipt. */
  receipts: 500,
  /** Of chats whose gap a join asks to be filled. */
  since: 200,
  locales: 50,
  /** Of chats or messages in one answer; and how many unless asked otherwise. */
  page: 200,
  usualPage: 50,
} as const;

type Fields = Readonly<Record<string, unknown>>;

/** What a join must say [OP join]. */
export interface OperatorJoin {
  readonly token: string;
  /** Undefined: `available`, for the first page of an operator. */
  readonly status: string | undefined;
  /** By chat, the last version this page has: it is told what came after. */
  readonly since: ReadonlyMap<string, number>;
}

/** Which chats a list is of. */
export type ListScope = 'all' | 'mine' | 'waiting';

/** What an operator asks for [OP calls]. */
export type Call =
  | {
      readonly call: 'chats.list';
      readonly scope: ListScope;
      readonly before: string | undefined;
      readonly limit: number;
    }
  | { readonly call: 'operators.list' }
  | {
      readonly call: 'chat.history';
      readonly chatId: string;
      readonly before: number | undefined;
      readonly limit: number;
    }
  | { readonly call: 'chat.take'; readonly chatId: string; readonly isFromColleague: boolean }
  | { readonly call: 'chat.reply'; readonly chatId: string; readonly text: string; readonly id: string | undefined }
  | {
      readonly call: 'chat.release';
      readonly chatId: string;
      readonly to: 'bot' | 'queue' | 'nobody';
      readonly flow: string | undefined;
      readonly reason: string | undefined;
    }
  /** Null: to nobody in particular. */
  | { readonly call: 'chat.transfer'; readonly chatId: string; readonly to: string | null }
  | { readonly call: 'chat.close' | 'chat.reopen' | 'chat.join' | 'chat.leave'; readonly chatId: string }
  | { readonly call: 'chat.typing'; readonly chatId: string; readonly isOn: boolean }
  /** By number in the chat, or by ids; neither: all there is. */
  | {
      readonly call: 'chat.read';
      readonly chatId: string;
      readonly upTo: number | undefined;
      readonly messageIds: readonly string[] | undefined;
    }
  | {
      readonly call: 'status';
      readonly status: string | undefined;
      readonly isRequesting: boolean | undefined;
      readonly capacity: Readonly<Record<string, number | null>> | undefined;
    };

const operatorTopic = /^operator:(\S{1,128})$/u;

/** Whose topic this is; undefined: nobody's. */
export function operatorOf(topic: string): string | undefined {
  return operatorTopic.exec(topic)?.[1];
}

/** Undefined: `invalid params`. */
export function parseOperatorJoin({ token, status, since = {} }: Fields): OperatorJoin | undefined {
  if (!isShort(token, operatorLimits.tokenUnits) || !isOptional(status, isStatus) || !isRecord(since)) return undefined;
  const known = Object.entries(since);
  const isFit = known.length <= operatorLimits.since && known.every(([id, version]) => isId(id) && isCount(version));
  return isFit ? { token, status, since: new Map(known.map(([id, version]) => [id, Number(version)])) } : undefined;
}

type Parser = (payload: Fields) => Call | undefined;

const parsers: ReadonlyMap<string, Parser> = new Map<string, Parser>([
  ['chats.list', parseList],
  ['operators.list', () => ({ call: 'operators.list' })],
  ['chat.history', parseHistory],
  ['chat.take', (payload) => ofChat(payload, (chatId) => parseTake(chatId, payload))],
  ['chat.reply', (payload) => ofChat(payload, (chatId) => parseReply(chatId, payload))],
  ['chat.release', (payload) => ofChat(payload, (chatId) => parseRelease(chatId, payload))],
  ['chat.transfer', (payload) => ofChat(payload, (chatId) => parseTransfer(chatId, payload))],
  ['chat.close', (payload) => ofChat(payload, (chatId) => ({ call: 'chat.close', chatId }))],
  ['chat.reopen', (payload) => ofChat(payload, (chatId) => ({ call: 'chat.reopen', chatId }))],
  ['chat.join', (payload) => ofChat(payload, (chatId) => ({ call: 'chat.join', chatId }))],
  ['chat.leave', (payload) => ofChat(payload, (chatId) => ({ call: 'chat.leave', chatId }))],
  ['chat.typing', (payload) => ofChat(payload, (chatId) => parseTyping(chatId, payload))],
  ['chat.read', (payload) => ofChat(payload, (chatId) => parseRead(chatId, payload))],
  ['status', parseStatus],
]);

/** Undefined: an event that nobody knows. */
export function parseCall(event: string, payload: unknown): Call | 'invalid payload' | undefined {
  const parse = parsers.get(event);
  if (parse === undefined) return undefined;
  return (isRecord(payload) ? parse(payload) : undefined) ?? 'invalid payload';
}

function ofChat({ chat_id: chatId }: Fields, parse: (chatId: string) => Call | undefined): Call | undefined {
  return isId(chatId) ? parse(chatId) : undefined;
}

function parseList({ scope = 'all', before, limit = operatorLimits.usualPage }: Fields): Call | undefined {
  if (scope !== 'all' && scope !== 'mine' && scope !== 'waiting') return undefined;
  if (!isOptional(before, isId) || !isPage(limit)) return undefined;
  return { call: 'chats.list', scope, before, limit };
}

function parseHistory({ chat_id: chatId, before, limit = operatorLimits.usualPage }: Fields): Call | undefined {
  if (!isId(chatId) || !isOptional(before, isCount) || !isPage(limit)) return undefined;
  return { call: 'chat.history', chatId, before, limit };
}

function parseTake(chatId: string, { from_colleague: isFromColleague = false }: Fields): Call | undefined {
  return typeof isFromColleague === 'boolean' ? { call: 'chat.take', chatId, isFromColleague } : undefined;
}

/** How long a text may be says the core. */
function parseReply(chatId: string, { body, id }: Fields): Call | undefined {
  if (!isRecord(body) || body['type'] !== 'text' || !isOptional(id, isId)) return undefined;
  const { message: text } = body;
  return typeof text === 'string' ? { call: 'chat.reply', chatId, text, id } : undefined;
}

function parseRelease(chatId: string, { to = 'bot', flow, reason }: Fields): Call | undefined {
  if (to !== 'bot' && to !== 'queue' && to !== 'nobody') return undefined;
  if (!isOptional(flow, isReason) || !isOptional(reason, isReason)) return undefined;
  return { call: 'chat.release', chatId, to, flow, reason };
}

function parseTransfer(chatId: string, { to }: Fields): Call | undefined {
  return to === null || isId(to) ? { call: 'chat.transfer', chatId, to } : undefined;
}

function parseTyping(chatId: string, { is_on: isOn = true }: Fields): Call | undefined {
  return typeof isOn === 'boolean' ? { call: 'chat.typing', chatId, isOn } : undefined;
}

function parseRead(chatId: string, { up_to: upTo, message_ids: messageIds }: Fields): Call | undefined {
  if (!isOptional(upTo, isCount) || !isOptional(messageIds, isIds)) return undefined;
  return { call: 'chat.read', chatId, upTo, messageIds };
}

function parseStatus({ status, is_requesting: isRequesting, capacity }: Fields): Call | undefined {
  if (!isOptional(status, isStatus) || !isOptional(isRequesting, isBoolean)) return undefined;
  return isOptional(capacity, isCapacity) ? { call: 'status', status, isRequesting, capacity } : undefined;
}

function isOptional<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || is(value);
}

function isShort(value: unknown, units: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= units;
}

const isId = (value: unknown): value is string => isShort(value, operatorLimits.idUnits);
const isStatus = (value: unknown): value is string => isShort(value, operatorLimits.statusUnits);
const isReason = (value: unknown): value is string => isShort(value, operatorLimits.reasonUnits);
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isPage = (value: unknown): value is number => isCount(value) && value >= 1 && value <= operatorLimits.page;
const isIds = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length <= operatorLimits.receipts && value.every(isId);

function isCapacity(value: unknown): value is Readonly<Record<string, number | null>> {
  if (!isRecord(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= operatorLimits.locales && entries.every(([, chats]) => chats === null || isCount(chats));
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
