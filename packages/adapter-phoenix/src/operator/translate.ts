import type {
  ChatEvent,
  Command,
  Fields,
  Happening,
  ParticipantId,
  Rejection,
  RejectionCode,
  Signal,
  TranscriptEntry,
} from '@dragoman/core';
import { rangesOf } from '@dragoman/core';
import { toChat, toMessage, toPerson, type Surface, type WhoIs } from './chat.js';
import type { Call } from './frames.js';

/** What an operator's topic is told. */
export interface OperatorEvent {
  readonly event: 'chat' | 'message' | 'receipt' | 'typing' | 'presence';
  readonly payload: Fields;
}

/** A call that asks for something to be done; the others ask for something to be shown. */
export type Order = Exclude<Call, { readonly call: 'chats.list' | 'operators.list' | 'chat.history' }>;

/** How long a sign of typing stands. */
const typingMs = 5_000;
/** How long after its end a chat can be opened again. */
const reopenMs = 86_400_000;

/** What orders need of whoever gives them. */
export interface Orderer {
  readonly id: ParticipantId;
  readonly isSupervisor: boolean;
  readonly space: string;
  /** Whom a colleague's id on this wire names; undefined: nobody. */
  readonly colleague: (wireId: string) => ParticipantId | undefined;
}

/** Undefined: it names a colleague whom nobody knows [OP calls]. */
export function toCommand(order: Order, by: Orderer): Command | undefined {
  if (order.call === 'status') return toAvailability(order);
  const to = { chatId: order.chatId };
  const require = by.isSupervisor ? 'none' : 'assignee';
  switch (order.call) {
    case 'chat.take':
      return order.isFromColleague
        ? { type: 'TransferChat', to, toId: by.id, strict: true }
        : { type: 'AssignChat', to };
    case 'chat.reply':
      return toPost(order, by);
    case 'chat.release':
      return toHandOver(order, require);
    case 'chat.transfer':
      return toTransfer(order, by);
    case 'chat.close':
      return { type: 'CloseChat', to, reason: 'operator', require };
    case 'chat.reopen':
      return { type: 'ReopenChat', to, windowMs: reopenMs };
    case 'chat.join':
      return { type: 'JoinChat', to };
    case 'chat.leave':
      return { type: 'LeaveChat', to };
    case 'chat.typing':
      return { type: 'SetTyping', to, isOn: order.isOn, ttlMs: typingMs };
    case 'chat.read':
      return { type: 'Acknowledge', to, state: 'read', what: scopeOf(order) };
  }
}

/** The same id of the same operator is the same message, however often it comes. */
function toPost({ chatId, text, id }: Extract<Order, { call: 'chat.reply' }>, { id: by, space }: Orderer): Command {
  return {
    type: 'PostMessage',
    to: { chatId },
    body: { kind: 'text', text },
    ifClosed: 'refuse',
    claim: true,
    ...(id !== undefined && { clientId: { space, value: id }, commandId: `${space}:reply:${by}:${id}` }),
  };
}

function toHandOver(order: Extract<Order, { call: 'chat.release' }>, require: 'none' | 'assignee'): Command {
  const { chatId, to, flow, reason } = order;
  return {
    type: 'HandOver',
    chat: { chatId },
    to: to === 'nobody' ? 'customer' : to,
    require,
    ...(flow !== undefined && { flow }),
    ...(reason !== undefined && { reason }),
  };
}

function toTransfer({ chatId, to }: Extract<Order, { call: 'chat.transfer' }>, by: Orderer): Command | undefined {
  const toId = to === null ? null : by.colleague(to);
  return toId === undefined ? undefined : { type: 'TransferChat', to: { chatId }, toId, strict: true };
}

function scopeOf({ upTo, messageIds }: Extract<Order, { call: 'chat.read' }>) {
  if (messageIds !== undefined) return { messageIds };
  return upTo === undefined ? ({ all: true } as const) : { upToSeq: upTo };
}

function toAvailability({ status, isRequesting, capacity }: Extract<Order, { call: 'status' }>): Command {
  return {
    type: 'SetAvailability',
    ...(status !== undefined && { status }),
    ...(isRequesting !== undefined && { isRequesting }),
    ...(capacity !== undefined && { capacity }),
  };
}

/** What an event says to operators. `whoIs` knows those whom a signal does not bring with it. */
export function toFrames(event: Happening, on: Surface, whoIs: WhoIs): readonly OperatorEvent[] {
  switch (event.type) {
    case 'TypingChanged':
      return [toTyping(event, on)];
    case 'PresenceChanged':
      return toPresence(event, on, whoIs);
    case 'OperatorChanged': {
      const { id, isOnline, status } = event.operator;
      const who = toPerson(id, 'operator', (one) => event.people[one] ?? whoIs(one), on.space);
      return [{ event: 'presence', payload: { role: 'operator', ...who, is_online: isOnline, status } }];
    }
    case 'QueueMoved':
    case 'AcceptingChanged':
    case 'RoutingConfigured':
    case 'ParticipantUpdated':
    case 'ParticipantNotified':
    case 'ParticipantErased':
      return [];
    default:
      return [toLine(event, on)];
  }
}

/** Operators' own coming and going is told with their status. */
function toPresence(
  { participantId, role, isOnline, isUnstable }: Extract<Signal, { type: 'PresenceChanged' }>,
  { space }: Surface,
  whoIs: WhoIs,
): readonly OperatorEvent[] {
  if (role !== 'customer') return [];
  const who = toPerson(participantId, 'customer', whoIs, space);
  return [
    { event: 'presence', payload: { role, ...who, is_online: isOnline, ...(isUnstable && { is_unstable: true }) } },
  ];
}

function toTyping(event: Extract<Signal, { type: 'TypingChanged' }>, { space }: Surface): OperatorEvent {
  const { chatId, authorId, authorRole, isOn, preview, expiresInMs, people } = event;
  const side = authorRole === 'customer' || authorRole === 'operator' ? authorRole : 'bot';
  const author = { role: authorRole, ...toPerson(authorId, side, (id) => people[id], space) };
  const sign = { chat_id: chatId, author, is_on: isOn, expires_in_ms: expiresInMs };
  return { event: 'typing', payload: preview === undefined ? sign : { ...sign, preview } };
}

function toLine(event: ChatEvent, on: Surface): OperatorEvent {
  const { chatId, version } = event;
  const whoIs: WhoIs = (id) => event.people[id];
  if (event.type === 'MessagePosted') {
    return { event: 'message', payload: { chat_id: chatId, version, message: toMessage(event, whoIs, on) } };
  }
  if (event.type === 'MessageAcknowledged') {
    const { side, state, ranges, unreadByDesk: unread } = event;
    return { event: 'receipt', payload: { chat_id: chatId, version, side, state, ranges, unread } };
  }
  return { event: 'chat', payload: toLife(event, whoIs, on) };
}

type Life = Exclude<ChatEvent, { readonly type: 'MessagePosted' | 'MessageAcknowledged' }>;

/** What happens to a chat, in this wire's words [OP chat]. */
const lifeWords: Readonly<Record<Exclude<Life['type'], 'AbsenceNoted'>, string>> = {
  ChatOpened: 'opened',
  ChatQueued: 'queued',
  ChatAssigned: 'assigned',
  ChatMissed: 'missed',
  ChatAbandoned: 'abandoned',
  ChatHandedOver: 'released',
  ChatClosed: 'closed',
  ChatReopened: 'reopened',
  ChatUpdated: 'updated',
  CustomerBlocked: 'blocked',
  ParticipantJoined: 'joined',
  ParticipantLeft: 'left',
};

const absenceWords = { away: 'customer_away', left: 'customer_left', back: 'customer_back' } as const;

function toLife(event: Life, whoIs: WhoIs, { space }: Surface): Fields {
  const { at, version, by, chat } = event;
  const word = event.type === 'AbsenceNoted' ? absenceWords[event.phase] : lifeWords[event.type];
  const cause = 'cause' in event ? { cause: event.cause } : {};
  const from =
    'fromId' in event && event.fromId !== null ? { from: toPerson(event.fromId, 'operator', whoIs, space) } : {};
  const who = by.participantId === null ? null : whoIs(by.participantId);
  const side = who?.role === 'customer' || who?.role === 'operator' ? who.role : 'bot';
  const actor = who == null ? null : { role: who.role, ...toPerson(who.id, side, whoIs, space) };
  return { event: word, at, version, by: actor, ...cause, ...from, chat: toChat(chat, whoIs, space) };
}

/** How far the other side has come with what a page of messages holds: the receipts that a page may have missed. */
export function toReceipts(
  chat: { readonly id: string; readonly version: number; readonly unreadByDesk: number },
  entries: readonly TranscriptEntry[],
): readonly OperatorEvent[] {
  const sides = ['customer', 'desk'] as const;
  const states = ['delivered', 'read'] as const;
  return sides.flatMap((side) =>
    states.flatMap((state) => {
      const seqs = entries.flatMap(({ event, receipt }) => {
        if (event.type !== 'MessagePosted' || receipt === null || receipt.state === 'sent') return [];
        const isOfSide = (event.message.authorRole === 'customer') === (side === 'desk');
        return isOfSide && (state === 'delivered' || receipt.state === 'read') ? [event.message.seq] : [];
      });
      if (seqs.length === 0) return [];
      const payload = { chat_id: chat.id, version: chat.version, side, state, ranges: rangesOf(seqs) };
      return [{ event: 'receipt', payload: { ...payload, unread: chat.unreadByDesk } } as const];
    }),
  );
}

/** The reason a page is told, and what goes with it [OP errors]. */
const reasons: Readonly<Record<RejectionCode, string>> = {
  UNKNOWN_CHAT: 'unknown chat',
  UNKNOWN_MESSAGE: 'unknown message',
  UNKNOWN_PARTICIPANT: 'unknown operator',
  CHAT_CLOSED: 'chat closed',
  BAD_TRANSITION: 'not possible now',
  NOT_ALLOWED: 'not allowed',
  NOT_A_MEMBER: 'not yours',
  NOT_ASSIGNEE: 'not yours',
  NOT_ASSIGNED: 'not taken',
  ALREADY_ASSIGNED: 'already taken',
  NO_OPERATOR: 'no bot',
  TOO_MANY_CHATS: 'too many chats',
  EMPTY_MESSAGE: 'invalid body',
  UNSUPPORTED_BODY: 'invalid body',
  TOO_LARGE: 'message too long',
  TOO_FAST: 'rate limited',
  ID_CONFLICT: 'id conflict',
  BUSY: 'unavailable',
};

export function toRefusal({ code, afterMs, assigneeId }: Rejection, whoIs: WhoIs, space: string) {
  const details = {
    ...(afterMs !== undefined && { retry_after_ms: afterMs }),
    ...(assigneeId !== undefined && { operator: toPerson(assigneeId, 'operator', whoIs, space) }),
  };
  return { reason: reasons[code], details };
}
