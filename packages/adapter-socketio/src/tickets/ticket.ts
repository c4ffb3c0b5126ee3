import { outsideId, type ChatSummary, type Participant, type ParticipantId, type People } from '@dragoman/core';
import type { TicketStatus } from './frames.js';

/** A ticket as everybody receives it: exactly these keys, never null [TK ticket object]. */
export interface Ticket {
  readonly ticketId: string;
  readonly displayNm: string;
  readonly ticketNm: string;
  readonly statusId: TicketStatus;
  readonly createdAt: string;
  /** `''` while nobody handles it. */
  readonly handleById: string;
  readonly handleByNm: string;
  /** Of the desk; `''` before. */
  readonly lastResponseAt: string;
  readonly ownerId: string;
  readonly ownerNm: string;
  /** `''` for our own users; else the program, or the dialect the chat began in. */
  readonly programId: string;
  readonly isExternal: boolean;
}

/** Looks up who is named in a chat. */
export type WhoIs = (id: ParticipantId) => Participant | undefined;

export function whoIn(people: People): WhoIs {
  return (id) => people[id];
}

/** How far a client's own time may be from ours and still be shown, ms [TKD objects]. */
const clockDriftMs = 5 * 60_000;

/** What a ticket keeps in the chat's fields: its id as first spelled, its own time of creation. */
export const ticketFields = { id: 'ticketId', createdAt: 'ticketCreatedAt' } as const;

export function toTicket(chat: ChatSummary, who: WhoIs, space: string): Ticket {
  const statusId = statusOf(chat);
  const handler = statusId === 100 || chat.assigneeId === null ? undefined : chat.assigneeId;
  const owner = who(chat.customerId);
  const createdAt = chat.fields[ticketFields.createdAt];
  return {
    ticketId: ticketIdOf(chat, space),
    displayNm: displayNameOf(chat, who),
    ticketNm: chat.subject,
    statusId,
    createdAt: shownTime(typeof createdAt === 'number' ? createdAt : null, chat.openedAt),
    handleById: handler === undefined ? '' : operatorId(handler, who, space),
    handleByNm: handler === undefined ? '' : nameOf(who(handler)),
    lastResponseAt: chat.lastDeskAt === null ? '' : isoTime(chat.lastDeskAt),
    ownerId: ownerId(chat, who, space),
    ownerNm: nameOf(owner),
    programId: programOf(owner, space),
    isExternal: programOf(owner, space) !== '',
  };
}

/** 100 = new, 200 = open, 10000 = close, as projections of the core's nine [TKD lifecycle]. */
export function statusOf({ status, assigneeId }: Pick<ChatSummary, 'status' | 'assigneeId'>): TicketStatus {
  switch (status) {
    case 'assigned':
    case 'abandoned':
      return 200;
    case 'customer-disconnected':
      return assigneeId === null ? 100 : 200;
    case 'closed':
      return 10000;
    case 'new':
    case 'with-bot':
    case 'pending':
    case 'missed':
    case 'released':
      return 100;
  }
}

/** As its client spelled it first; chats of other dialects go by the core's id, which is a guid too [TKD lifecycle]. */
export function ticketIdOf(chat: ChatSummary, space: string): string {
  const key = chat.addresses[space];
  const spelled = chat.fields[ticketFields.id];
  return typeof spelled === 'string' && spelled.toLowerCase() === key ? spelled : (key ?? chat.id);
}

export function displayNameOf(chat: ChatSummary, who: WhoIs): string {
  return chat.displayName === '' ? nameOf(who(chat.customerId)) : chat.displayName;
}

export function ownerId(chat: ChatSummary, who: WhoIs, space: string): string {
  return customerIdOf(who(chat.customerId), chat.customerId, space);
}

export function customerIdOf(customer: Participant | undefined, id: ParticipantId, space: string): string {
  return customer === undefined ? id : String(outsideId(customer, space, 'customer'));
}

export function operatorId(id: ParticipantId, who: WhoIs, space: string): string {
  const operator = who(id);
  return operator === undefined ? id : String(outsideId(operator, space, 'operator'));
}

export function nameOf(who: Participant | undefined): string {
  if (who === undefined) return '';
  return who.name === '' ? `Visitor ${who.id.slice(-4)}` : who.name;
}

/** The program of an outside user, `''` for our own, and for others where they come from [TKD objects]. */
export function programOf(customer: Participant | undefined, space: string): string {
  const [first] = customer?.identities ?? [];
  const own = customer?.identities.find((identity) => identity.space === space);
  if (own !== undefined) return own.realm;
  if (first === undefined) return '';
  return first.realm === '' ? first.space : `${first.space}:${first.realm}`;
}

/** The client's own time where it is near ours, else ours. */
export function shownTime(claimedAt: number | null, at: number): string {
  return isoTime(claimedAt !== null && Math.abs(claimedAt - at) <= clockDriftMs ? claimedAt : at);
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
