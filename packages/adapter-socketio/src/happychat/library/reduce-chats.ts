import { isRecord } from '../frames.js';
import { idIn, textIn, type LibraryAction } from './actions.js';
import {
  STATUS_ASSIGNED,
  STATUS_CLOSED,
  STATUS_MISSED,
  STATUS_NEW,
  STATUS_PENDING,
  at,
  mapped,
  put,
  without,
  type ById,
  type ChatRecord,
} from './state.js';

type Chats = ById<ChatRecord>;
type Step = (chats: Chats, action: LibraryAction) => Chats;

const steps = new Map<string, Step>([
  ['INSERT_PENDING_CHAT', (chats, action) => opened(chats, action, STATUS_PENDING)],
  ['CUSTOMER_JOIN', (chats, action) => (at(chats, idIn(action, 'chat')) ? chats : opened(chats, action, STATUS_NEW))],
  ['CUSTOMER_DISCONNECT', forgetNew],
  ['SET_CHAT_OPERATOR', (chats, action) => joined(assigned(chats, action), action, idIn(action, 'operator'))],
  ['SET_CHAT_MISSED', (chats, action) => withStatus(chats, textIn(action, 'chat_id'), STATUS_MISSED)],
  ['CLOSE_CHAT', (chats, action) => withStatus(chats, textIn(action, 'chat_id'), STATUS_CLOSED)],
  ['AUTOCLOSE_CHAT', (chats, action) => withStatus(chats, textIn(action, 'id'), STATUS_CLOSED)],
  ['REMOVE_CHAT', (chats, action) => without(chats, textIn(action, 'id'))],
  ['REMOVE_STALE_CHATS', removeStale],
  ['OPERATOR_CHAT_JOIN', (chats, action) => joined(chats, action, idIn(action, 'user'))],
  ['OPERATOR_CHAT_LEAVE', left],
  ['SERIALIZE', (chats) => mapped(chats, (record) => (record[0] === STATUS_ASSIGNED ? record : undefined))],
]);

/** Every chat there is, by the id of its session [HCS chat record]. */
export function reduceChats(chats: Chats, action: LibraryAction): Chats {
  return steps.get(action.type)?.(chats, action) ?? chats;
}

function opened(chats: Chats, action: LibraryAction, status: string): Chats {
  const [chat, id] = [action['chat'], idIn(action, 'chat')];
  if (id === undefined || !isRecord(chat)) return chats;
  return put(chats, id, [status, chat, null, Date.now(), {}, chat['locale'] ?? null, chat['groups'] ?? null]);
}

/** Who goes without a word has never been here [HCS transitions]. */
function forgetNew(chats: Chats, action: LibraryAction): Chats {
  const id = idIn(action, 'chat');
  return at(chats, id)?.[0] === STATUS_NEW ? without(chats, id) : chats;
}

function withStatus(chats: Chats, id: string | undefined, status: string): Chats {
  return changed(chats, id, (record) => replaced(replaced(record, 0, status), 3, Date.now()));
}

/** An assignment does not touch the time [HCS chat record]. */
function assigned(chats: Chats, action: LibraryAction): Chats {
  const operator = action['operator'];
  return changed(chats, textIn(action, 'chat_id'), (record) =>
    replaced(replaced(record, 0, STATUS_ASSIGNED), 2, operator),
  );
}

function joined(chats: Chats, action: LibraryAction, operatorId: string | undefined): Chats {
  if (operatorId === undefined) return chats;
  return changed(chats, textIn(action, 'chat_id'), (record) =>
    replaced(record, 4, put(membersOf(record), operatorId, true)),
  );
}

function left(chats: Chats, action: LibraryAction): Chats {
  return changed(chats, textIn(action, 'chat_id'), (record) =>
    replaced(record, 4, without(membersOf(record), idIn(action, 'user'))),
  );
}

function removeStale(chats: Chats, action: LibraryAction): Chats {
  const { before } = action;
  if (typeof before !== 'number') return chats;
  return mapped(chats, (record) => (isStale(record, before) ? undefined : record));
}

/** A chat without a time was closed who knows when. */
function isStale([status, , , changedAt]: ChatRecord, before: number): boolean {
  return status === STATUS_CLOSED && (typeof changedAt !== 'number' || changedAt < before);
}

function changed(chats: Chats, id: string | undefined, change: (record: ChatRecord) => ChatRecord): Chats {
  const record = at(chats, id);
  return record === undefined ? chats : put(chats, id, change(record));
}

/** Records of older states may be shorter. */
function replaced(record: ChatRecord, place: number, value: unknown): ChatRecord {
  const whole = [...record, ...emptyRecord.slice(record.length)];
  return whole.map((old, index) => (index === place ? value : old));
}

const emptyRecord: ChatRecord = [STATUS_NEW, {}, null, null, {}, null, null];

function membersOf(record: ChatRecord): ById<unknown> {
  return isRecord(record[4]) ? record[4] : {};
}
