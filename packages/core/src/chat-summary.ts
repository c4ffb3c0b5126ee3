import type { ChatId, Fields, ParticipantId, WorkspaceId } from './participant.js';

/**
 * Where a chat stands. `new`: nobody has asked anything yet. `pending`: waits for a person. `missed`: should have had
 * one, still waits. `abandoned`: its assignee has no session. `customer-disconnected`: gone, in a dialect that calls
 * absence leaving. `released`: put away, nobody waits, the customer may go on.
 */
export const chatStatuses = [
  'new',
  'with-bot',
  'pending',
  'assigned',
  'missed',
  'abandoned',
  'customer-disconnected',
  'released',
  'closed',
] as const;
export type ChatStatus = (typeof chatStatuses)[number];

/** Who has the word on the desk side. */
export type Control = 'bot' | 'queue' | 'operator' | 'none';

/** Why a chat was closed. */
export type CloseReason = 'operator' | 'customer' | 'left' | 'idle' | 'desk' | 'erased';

/**
 * What a customer's absence means to the dialects he is on; per field the most patient of them counts, null is never.
 */
export interface Away {
  /** Whether his last session's end takes the chat off the desk (`customer-disconnected`). */
  readonly leavesDesk: boolean;
  /** After how long the desk is told "customer left", ms. */
  readonly noticeMs: number | null;
  /** After how long the chat is closed, ms. */
  readonly closeMs: number | null;
}

/** The absence that nobody minds. */
export const neverAway: Away = { leavesDesk: false, noticeMs: null, closeMs: null };

/** What everybody who may know a chat at all may know of it, as of one version. */
export interface ChatSummary {
  readonly id: ChatId;
  readonly workspaceId: WorkspaceId;
  /** Number of the last event; 0 for a prospect that is not stored yet. */
  readonly version: number;
  readonly lastSeq: number;
  readonly status: ChatStatus;
  /** In `customer-disconnected`: the status to go back to. */
  readonly before: ChatStatus | null;
  /** Random in [2^40, 2^47): told to nobody but the chat's own people. */
  readonly publicNumber: number;
  readonly customerId: ParticipantId;
  /** Everybody who speaks as the customer, `customerId` among them. */
  readonly customerIds: readonly ParticipantId[];
  /** Operators and bots that joined. */
  readonly memberIds: readonly ParticipantId[];
  /** Members whom the last event took out of the chat: they hear of it, and of nothing after it. */
  readonly leftIds: readonly ParticipantId[];
  readonly assigneeId: ParticipantId | null;
  /** Survives the close and a return to the queue. */
  readonly previousAssigneeId: ParticipantId | null;
  /** Grows with every assignment; a token against stale grants and timers. */
  readonly assignment: number;
  /** The desk that has the chat instead of our queue. */
  readonly delegateId: ParticipantId | null;
  readonly locale: string;
  readonly groups: readonly string[];
  readonly subject: string;
  readonly displayName: string;
  readonly fields: Fields;
  /** The chat's outside name in each space that has one. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly isBlocked: boolean;
  readonly unreadByDesk: number;
  readonly unreadByCustomer: number;
  readonly openedAt: number;
  readonly queuedAt: number | null;
  readonly assignedAt: number | null;
  /** When an operator last said something. */
  readonly lastDeskAt: number | null;
  /** Last change of status. */
  readonly changedAt: number;
  readonly closedAt: number | null;
  readonly closeReason: CloseReason | null;
}

/** Who has the word, as a function of the status alone. */
export function controlOf(chat: Pick<ChatSummary, 'status' | 'before'>): Control {
  switch (chat.status) {
    case 'with-bot':
      return 'bot';
    case 'pending':
    case 'missed':
      return 'queue';
    case 'assigned':
    case 'abandoned':
      return 'operator';
    case 'new':
    case 'released':
    case 'closed':
      return 'none';
    case 'customer-disconnected':
      return chat.before === null ? 'none' : controlOf({ status: chat.before, before: null });
  }
}

/** The name the chat goes by in one space: its address there, else its id. */
export function addressIn(chat: Pick<ChatSummary, 'id' | 'addresses'>, space: string): string {
  return chat.addresses[space] ?? chat.id;
}
