import type {
  ChatEvent,
  ChatSummary,
  Happening,
  ParticipantId,
  Ranges,
  Rejection,
  RejectionCode,
  Signal,
  View,
} from '@dragoman/core';
import type { Frame } from '../transport.js';
import { refuse, type Refusal, type TicketsCode } from './answers.js';
import type { MessageStatus } from './frames.js';
import { statusOfState, toPlaceNotice, type Posted } from './message.js';
import { displayNameOf, nameOf, operatorId, ticketIdOf, toTicket, whoIn, type WhoIs } from './ticket.js';

/** Which subscription an outgoing frame belongs to: a person's own, or that of all operators [TK subscribeOperator]. */
export type Channel = 'own' | 'ops';

/** Receipts of messages whose ids on this wire have to be looked up. */
export interface Receipts {
  readonly chatId: string;
  readonly seqs: Ranges;
  readonly status: MessageStatus;
  /** Whether the hearer's side is the one that said these messages: then only their author hears. */
  readonly isForAuthors: boolean;
}

/** What an event becomes for one view. Holes (all but `frame`) need what the event does not hold. */
export type Outgoing = {
  readonly channel: Channel;
  /** For one participant alone. */
  readonly only?: ParticipantId;
} & (
  | { readonly frame: Frame }
  | { readonly message: Posted }
  | { readonly receipts: Receipts }
  /** The words of the customer that the new handler has not read. */
  | { readonly unread: { readonly chat: ChatSummary; readonly upToVersion: number } }
);

/** Marks commands by the call that asked for them, since their events look alike but are told differently. */
export type Call = 'status' | 'assign';

export function callMark(space: string, call: Call): string {
  return `${space}:${call}:`;
}

/** What an event says to a view. Views without a word for it get nothing. */
export function toFrames(event: Happening, view: View, space: string): readonly Outgoing[] {
  if (event.type === 'TypingChanged') return toTyping(event, view, space);
  if (event.type === 'QueueMoved') return view === 'customer' ? toPlace(event, space) : [];
  if (!('version' in event) || !('chatId' in event) || view === 'bot' || view === 'all') return [];
  return view === 'customer' ? toOwnerFrames(event, space) : toDeskFrames(event, view, space);
}

function toOwnerFrames(event: ChatEvent, space: string): readonly Outgoing[] {
  const accepted = own('ticketAccepted', toTicket(event.chat, whoIn(event.people), space));
  const status = (id: number): Outgoing => own('ticketStatusUpdated', ticketIdOf(event.chat, space), id);
  switch (event.type) {
    case 'ChatAssigned':
      if (isSilent(event)) return [];
      return tellsStatus(event, space) ? [status(200), accepted] : [accepted];
    case 'ChatQueued':
    case 'ChatMissed':
    case 'ChatHandedOver':
      return isPutBack(event) ? [status(100)] : [];
    case 'ChatClosed':
      return [status(10000)];
    case 'MessagePosted':
      return [{ channel: 'own', message: event }];
    case 'MessageAcknowledged':
      return toReceipts(event, 'customer');
    default:
      return [];
  }
}

function toDeskFrames(event: ChatEvent, view: View, space: string): readonly Outgoing[] {
  const status = (id: number): Outgoing => ops('ticketStatusUpdated', ticketIdOf(event.chat, space), id);
  switch (event.type) {
    case 'ChatOpened':
      return [ops('ticketCreated', toTicket(event.chat, whoIn(event.people), space))];
    case 'ChatAssigned':
      return isSilent(event) ? [] : toAssignment(event, space);
    case 'ChatQueued':
    case 'ChatMissed':
    case 'ChatHandedOver':
      return isPutBack(event) ? [status(100), ...takenFrom(formerOf(event), event, space)] : [];
    case 'ChatClosed':
      return [status(10000)];
    case 'MessagePosted':
      return [{ channel: view === 'lobby' ? 'ops' : 'own', message: event }];
    case 'MessageAcknowledged':
      return toReceipts(event, 'desk');
    default:
      return [];
  }
}

type Assigned = Extract<ChatEvent, { type: 'ChatAssigned' }>;
type PutDown = Extract<ChatEvent, { type: 'ChatQueued' | 'ChatMissed' | 'ChatHandedOver' }>;

/** Somebody who was away is back with what he had: on this wire he never left it. */
function isSilent({ cause }: Assigned): boolean {
  return cause === 'recovered' || cause === 'return';
}

/** The call that updates a status always says so, and a closed ticket that opens has a new one [TK updateTicketStatus]. */
function tellsStatus({ cause, commandId }: Assigned, space: string): boolean {
  return cause === 'reopen' || commandId.startsWith(callMark(space, 'status'));
}

/** First who lost it, then who has it, then everybody who saw it waiting; what is unread comes last [TKD hand-over]. */
function toAssignment(event: Assigned, space: string): readonly Outgoing[] {
  const { chat, operatorId: newId, fromId, byId, commandId } = event;
  const ticketId = ticketIdOf(chat, space);
  const who = whoIn(event.people);
  const isHisOwnDoing = byId === newId && !commandId.startsWith(callMark(space, 'assign'));
  const given = { ...own('notifyOfAssignment', ticketId, 1, displayNameOf(chat, who)), only: newId };
  const seenByAll = [
    ...(tellsStatus(event, space) ? [ops('ticketStatusUpdated', ticketId, 200)] : []),
    ops('ticketAccepted', toTicket(chat, who, space)),
  ];
  return [
    ...takenFrom(fromId, event, space),
    ...(isHisOwnDoing ? [] : [given]),
    ...(fromId === null ? seenByAll : []),
    ...(chat.unreadByDesk === 0
      ? []
      : [{ channel: 'own', only: newId, unread: { chat, upToVersion: event.version } } as const]),
  ];
}

/** Nobody needs to be told what he did himself. */
function takenFrom(formerId: ParticipantId | null, event: ChatEvent, space: string): readonly Outgoing[] {
  const isHisOwnDoing = event.type !== 'ChatAssigned' && event.by.participantId === formerId;
  if (formerId === null || isHisOwnDoing) return [];
  const ticketId = ticketIdOf(event.chat, space);
  const taken = own('notifyOfAssignment', ticketId, 0, displayNameOf(event.chat, whoIn(event.people)));
  return [{ ...taken, only: formerId }];
}

/** Who had the chat until this event; null: nobody. */
function formerOf(event: PutDown): ParticipantId | null {
  if (event.type === 'ChatHandedOver') return event.fromId;
  const { previousAssigneeId, leftIds } = event.chat;
  return previousAssigneeId !== null && leftIds.includes(previousAssigneeId) ? previousAssigneeId : null;
}

/** Whether a ticket that was open, or closed, waits again. */
function isPutBack(event: PutDown): boolean {
  return formerOf(event) !== null || (event.type === 'ChatQueued' && event.cause === 'reopened');
}

function toReceipts(event: Extract<ChatEvent, { type: 'MessageAcknowledged' }>, side: 'customer' | 'desk'): Outgoing[] {
  const { chatId, ranges: seqs, state } = event;
  const isForAuthors = event.side !== side;
  return [{ channel: 'own', receipts: { chatId, seqs, status: statusOfState[state], isForAuthors } }];
}

/** Whether the desk has read the last of the customer's words in an open ticket [TK ticketResponded]. */
export function toResponded(event: Happening, space: string): Frame | undefined {
  if (event.type !== 'MessageAcknowledged' || event.side !== 'desk' || event.state !== 'read') return undefined;
  const isAnswered = event.unreadByDesk === 0 && event.chat.assigneeId !== null && event.chat.status !== 'closed';
  return isAnswered ? { name: 'ticketResponded', args: [ticketIdOf(event.chat, space)] } : undefined;
}

/** There is no word for having stopped [TK typing]. */
function toTyping(event: Extract<Signal, { type: 'TypingChanged' }>, view: View, space: string): readonly Outgoing[] {
  if (!event.isOn || (view !== 'customer' && view !== 'operator')) return [];
  const args = [ticketIdOf(event.chat, space), nameOf(event.people[event.authorId])];
  return [{ channel: 'own', frame: { name: 'typing', args, isSignal: true } }];
}

function toPlace(event: Extract<Signal, { type: 'QueueMoved' }>, space: string): readonly Outgoing[] {
  const message = toPlaceNotice(event, space);
  if (message === undefined) return [];
  return [{ channel: 'own', frame: { name: 'messageUpdated', args: [message], isSignal: true } }];
}

function own(name: string, ...args: readonly unknown[]): Outgoing {
  return { channel: 'own', frame: { name, args } };
}

function ops(name: string, ...args: readonly unknown[]): Outgoing {
  return { channel: 'ops', frame: { name, args } };
}

const refusals: Readonly<Record<RejectionCode, TicketsCode>> = {
  UNKNOWN_CHAT: 'ticket_not_found',
  UNKNOWN_MESSAGE: 'message_not_found',
  UNKNOWN_PARTICIPANT: 'operator_not_found',
  CHAT_CLOSED: 'ticket_closed',
  BAD_TRANSITION: 'invalid_transition',
  NOT_ALLOWED: 'forbidden',
  NOT_A_MEMBER: 'not_handler',
  NOT_ASSIGNEE: 'not_handler',
  NOT_ASSIGNED: 'ticket_not_open',
  ALREADY_ASSIGNED: 'already_accepted',
  NO_OPERATOR: 'unavailable',
  TOO_MANY_CHATS: 'too_many_tickets',
  EMPTY_MESSAGE: 'content_empty',
  UNSUPPORTED_BODY: 'unsupported_type',
  TOO_LARGE: 'content_too_long',
  TOO_FAST: 'rate_limited',
  ID_CONFLICT: 'id_conflict',
  BUSY: 'unavailable',
};

/** What a client is told when the core refuses. */
export function toRefusal(rejection: Rejection): { readonly refusal: Refusal } {
  const { code, what, afterMs } = rejection;
  if (what === 'image') return refuse(code === 'TOO_LARGE' ? 'image_too_large' : 'unsupported_image');
  return refuse(refusals[code], afterMs === undefined ? {} : { retryAfterMs: afterMs });
}

/** Who was faster, for an operator who comes too late [TKD lifecycle]. */
export function alreadyAccepted(handlerId: ParticipantId, by: WhoIs, space: string): { readonly refusal: Refusal } {
  const handleByNm = nameOf(by(handlerId));
  const handleById = operatorId(handlerId, by, space);
  return refuse('already_accepted', {
    message: `${handleByNm} accepted this ticket`,
    more: { handleById, handleByNm },
  });
}
