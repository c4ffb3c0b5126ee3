import type { ChatSummary } from './chat-summary.js';
import type { ChatEvent, Group, OperatorRecord, QueueEntry } from './event.js';
import type { ReceiptState } from './message.js';
import type { ChatId, Participant, ParticipantId, People } from './participant.js';

/** One message of a page, with what has become of it since. */
export interface TranscriptEntry {
  readonly event: ChatEvent;
  /** Of messages: how far the other side has come. Null for lifecycle events. */
  readonly receipt: {
    readonly state: ReceiptState;
    readonly deliveredAt: number | null;
    readonly readAt: number | null;
  } | null;
}

export interface Transcript {
  /** Oldest first. */
  readonly entries: readonly TranscriptEntry[];
  readonly hasMore: boolean;
  readonly people: People;
}

export interface Page {
  /** Only what has a smaller number (`ChatEvent.number`). */
  readonly beforeNumber?: number;
  /** Only what is older than this, ms. */
  readonly beforeAt?: number;
  /** Only events up to this version of the chat, included. */
  readonly upToVersion?: number;
  /** Messages alone, or the chat's life between them too. Default `messages`. */
  readonly include?: 'messages' | 'everything';
  /** The newest this many; 1 to 1000. */
  readonly limit: number;
}

/** What an operator's view of the workspace holds, exactly as of the last delivery. Do not keep or change it. */
export interface Lobby {
  /** Every chat that is not closed. */
  readonly chats: ReadonlyMap<ChatId, ChatSummary>;
  readonly operators: ReadonlyMap<ParticipantId, OperatorRecord>;
  readonly groups: readonly Group[];
  readonly locales: { readonly default: string; readonly supported: readonly string[] };
  readonly isAccepting: boolean;
  /** Oldest first within a priority. */
  readonly queue: readonly QueueEntry[];
  /** Any operator, and everybody in a chat of the lobby. */
  person(id: ParticipantId): Participant | undefined;
  /** Open memberships of one operator in one locale. */
  load(operatorId: ParticipantId, locale: string): number;
}

/** Part of a workspace's log. */
export interface LanePage {
  /** In commit order, whole: for any reader and any view. `audienceOf` and `seenBy` tell who may see what. */
  readonly events: readonly ChatEvent[];
  /** The number to go on after; the one asked for when nothing is left. */
  readonly lastNumber: number;
}

/** A part of what is kept of a person. */
export type PersonalData =
  | { readonly kind: 'person'; readonly participant: Participant }
  | { readonly kind: 'chat'; readonly chat: ChatSummary; readonly entries: readonly TranscriptEntry[] }
  /** Stored and never sent. */
  | { readonly kind: 'picture'; readonly attachmentId: string };
