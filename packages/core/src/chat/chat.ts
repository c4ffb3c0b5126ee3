import type { Away, ChatSummary } from '../chat-summary.js';
import { neverAway } from '../chat-summary.js';
import type { Message, Receipts } from '../message.js';
import type { ChatId, Fields, ParticipantId, Role, WorkspaceId } from '../participant.js';

/** Limits of what a chat carries beside its messages. */
export const chatLimits = {
  fieldsUnits: 8_192,
  fieldKeys: 100,
  subjectUnits: 200,
  flowUnits: 128,
  members: 50,
  customers: 50,
} as const;

/** Who said each message, one letter a seq: customer, desk, or something that counts in no unread number. */
type Voice = 'c' | 'd' | 'n';

/** Everything the core decides by about one chat: a fold of its events. */
export interface Chat extends ChatSummary {
  /** Members by role; operators among them fill slots of routing. */
  readonly members: Readonly<Record<ParticipantId, 'operator' | 'bot'>>;
  /** What absence means in each space the chat is known in. */
  readonly aways: Readonly<Record<string, Away>>;
  /** Since when nobody of the customer's is there, and what follows. */
  readonly absence: { readonly since: number; readonly hasLeft: boolean; readonly away: Away } | null;
  /** Ticket number of the queue, kept over absence and a miss; null: never waited. */
  readonly place: number | null;
  readonly priority: number;
  /** Whether the bot has had its turn: afterwards waiting means waiting for a person. */
  readonly wasHandedOver: boolean;
  readonly idleMs: number | null;
  readonly lastMessageAt: number;
  /** The bot that had or has the word; null: a desk's own, or none yet. */
  readonly botId: ParticipantId | null;
  /** Since when the controlling bot owes an answer. */
  readonly botAwaitedSince: number | null;
  readonly voices: string;
  /** What the customers have of the desk's messages, and the desk of the customers'. */
  readonly receipts: { readonly customer: Receipts; readonly desk: Receipts };
}

const noReceipts: Receipts = { delivered: [], read: [] };

/** A chat nobody has said a word in: not stored, shown as `new`. */
export function prospect(id: ChatId, workspaceId: WorkspaceId): Chat {
  return {
    id,
    workspaceId,
    version: 0,
    lastSeq: 0,
    status: 'new',
    before: null,
    publicNumber: 0,
    customerId: '',
    customerIds: [],
    memberIds: [],
    leftIds: [],
    members: {},
    assigneeId: null,
    previousAssigneeId: null,
    assignment: 0,
    delegateId: null,
    locale: '',
    groups: [],
    subject: '',
    displayName: '',
    fields: {},
    addresses: {},
    aways: {},
    absence: null,
    place: null,
    priority: 0,
    wasHandedOver: false,
    idleMs: null,
    lastMessageAt: 0,
    botId: null,
    botAwaitedSince: null,
    voices: '',
    receipts: { customer: noReceipts, desk: noReceipts },
    isBlocked: false,
    unreadByDesk: 0,
    unreadByCustomer: 0,
    openedAt: 0,
    queuedAt: null,
    assignedAt: null,
    lastDeskAt: null,
    changedAt: 0,
    closedAt: null,
    closeReason: null,
  };
}

/** A chat that is still being made. */
export type ChatCopy = { -readonly [Key in keyof Chat]: Chat[Key] };

/**
 * The same once more, to be changed. By name, and in the order of a prospect, so that all chats are of one shape: made for
 * every event, this takes a tenth of the time and a quarter of the memory of a spread, which has to find out the shape.
 */
export function copyOf(chat: Chat): ChatCopy {
  return {
    id: chat.id,
    workspaceId: chat.workspaceId,
    version: chat.version,
    lastSeq: chat.lastSeq,
    status: chat.status,
    before: chat.before,
    publicNumber: chat.publicNumber,
    customerId: chat.customerId,
    customerIds: chat.customerIds,
    memberIds: chat.memberIds,
    leftIds: chat.leftIds,
    members: chat.members,
    assigneeId: chat.assigneeId,
    previousAssigneeId: chat.previousAssigneeId,
    assignment: chat.assignment,
    delegateId: chat.delegateId,
    locale: chat.locale,
    groups: chat.groups,
    subject: chat.subject,
    displayName: chat.displayName,
    fields: chat.fields,
    addresses: chat.addresses,
    aways: chat.aways,
    absence: chat.absence,
    place: chat.place,
    priority: chat.priority,
    wasHandedOver: chat.wasHandedOver,
    idleMs: chat.idleMs,
    lastMessageAt: chat.lastMessageAt,
    botId: chat.botId,
    botAwaitedSince: chat.botAwaitedSince,
    voices: chat.voices,
    receipts: chat.receipts,
    isBlocked: chat.isBlocked,
    unreadByDesk: chat.unreadByDesk,
    unreadByCustomer: chat.unreadByCustomer,
    openedAt: chat.openedAt,
    queuedAt: chat.queuedAt,
    assignedAt: chat.assignedAt,
    lastDeskAt: chat.lastDeskAt,
    changedAt: chat.changedAt,
    closedAt: chat.closedAt,
    closeReason: chat.closeReason,
  };
}

/** The voice a message counts with. */
export function voiceOf(message: Pick<Message, 'authorRole' | 'body' | 'visibility'>): Voice {
  const isUncounted =
    message.body.kind === 'notice' ||
    message.body.kind === 'custom' ||
    message.visibility === 'bot' ||
    message.authorRole === 'system';
  if (isUncounted) return 'n';
  return message.authorRole === 'customer' ? 'c' : 'd';
}

/** The most patient of several absences: never beats any time, and the desk is left only if all say so. */
export function mostPatient(aways: readonly Away[]): Away {
  const longest = (times: readonly (number | null)[]): number | null =>
    times.reduce((a, b) => (a === null || b === null ? null : Math.max(a, b)));
  if (aways.length === 0) return neverAway;
  return {
    leavesDesk: aways.every((away) => away.leavesDesk),
    noticeMs: longest(aways.map((away) => away.noticeMs)),
    closeMs: longest(aways.map((away) => away.closeMs)),
  };
}

/** Whether this participant speaks as a customer of the chat. */
export function isCustomer(chat: ChatSummary, id: ParticipantId): boolean {
  return chat.customerIds.includes(id);
}

/** Whether these are more than a chat carries. */
export function areTooLarge(fields: Fields): boolean {
  return Object.keys(fields).length > chatLimits.fieldKeys || JSON.stringify(fields).length > chatLimits.fieldsUnits;
}

/** Whether nobody more of this role can come into the chat. */
export function isFull(chat: ChatSummary, role: Role): boolean {
  return role === 'customer'
    ? chat.customerIds.length >= chatLimits.customers
    : chat.memberIds.length >= chatLimits.members;
}
