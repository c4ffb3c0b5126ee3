import type { Away, ChatStatus, ChatSummary, CloseReason } from './chat-summary.js';
import type { Actor } from './command.js';
import type { ChatSide, Extras, Message, ReceiptState } from './message.js';
import type {
  ChatId,
  CommandId,
  Fields,
  OutsideIdentity,
  ParticipantId,
  People,
  Role,
  WorkspaceId,
} from './participant.js';
import type { Ranges } from './ranges.js';

/** What can have happened in a chat; recorded, numbered per chat. */
export type ChatFact =
  | {
      readonly type: 'ChatOpened';
      readonly customerId: ParticipantId;
      readonly space: string;
      readonly key: string;
      readonly publicNumber: number;
      readonly subject: string;
      readonly displayName: string;
      readonly locale: string;
      readonly groups: readonly string[];
      readonly fields: Fields;
      readonly away: Away;
      /** How long nobody may say anything before the chat closes by itself, ms; null: for ever. */
      readonly idleMs: number | null;
    }
  | {
      readonly type: 'ChatQueued';
      readonly cause: 'first' | 'handover' | 'requeue' | 'return' | 'reopened' | 'released' | 'missed';
      readonly place: number;
      readonly priority: number;
      readonly delegateId: ParticipantId | null;
    }
  | {
      readonly type: 'ChatAssigned';
      readonly operatorId: ParticipantId;
      readonly fromId: ParticipantId | null;
      /** `claim`: out of the queue by himself; `take`: from the bot or a colleague, by himself. */
      readonly cause: 'queue' | 'claim' | 'take' | 'transfer' | 'return' | 'reopen' | 'recovered';
      readonly byId: ParticipantId | null;
      readonly assignment: number;
    }
  | {
      readonly type: 'ChatMissed';
      readonly cause: 'transfer' | 'timeout';
      readonly place: number;
      readonly priority: number;
    }
  | { readonly type: 'ChatAbandoned'; readonly operatorId: ParticipantId }
  | {
      readonly type: 'ChatHandedOver';
      readonly to: 'bot' | 'queue' | 'customer';
      /** The bot that has the word; absent for a desk's own, and for whoever is no bot. */
      readonly botId?: ParticipantId;
      readonly fromId: ParticipantId | null;
      readonly flow: string | null;
      readonly reason: string | null;
    }
  | { readonly type: 'ChatClosed'; readonly reason: CloseReason; readonly byId: ParticipantId | null }
  | { readonly type: 'ChatReopened'; readonly byId: ParticipantId | null }
  | {
      readonly type: 'ChatUpdated';
      readonly subject?: string;
      readonly locale?: string;
      readonly groups?: readonly string[];
      readonly fields?: Fields;
      /** A further outside name of the chat, and what absence means there. */
      readonly address?: { readonly space: string; readonly key: string; readonly away: Away };
    }
  | { readonly type: 'CustomerBlocked'; readonly byId: ParticipantId | null }
  | {
      readonly type: 'AbsenceNoted';
      /** `away`: the last session ended; `left`: noticeMs later; `back`. */
      readonly phase: 'away' | 'left' | 'back';
      /** The status after it. */
      readonly status: ChatStatus;
      /** What this absence leads to; null but for `away`. */
      readonly away: Away | null;
    }
  | { readonly type: 'ParticipantJoined'; readonly participantId: ParticipantId; readonly role: Role }
  | {
      readonly type: 'ParticipantLeft';
      readonly participantId: ParticipantId;
      readonly role: Role;
      readonly cause: 'asked' | 'gone';
    }
  | { readonly type: 'MessagePosted'; readonly message: Message }
  | {
      readonly type: 'MessageAcknowledged';
      /** The side that confirms. */
      readonly side: ChatSide;
      readonly state: Exclude<ReceiptState, 'sent'>;
      /** Seqs that newly reached the state. */
      readonly ranges: Ranges;
      readonly byId: ParticipantId | null;
      readonly unreadByDesk: number;
    };

/** One operator as routing knows him. */
export interface OperatorRecord {
  readonly id: ParticipantId;
  /** `auto` gets chats from the queue; `claim` sees the queue and takes; `desk` stands for other people. */
  readonly mode: 'auto' | 'claim' | 'desk';
  /** `available` and `reserve` take chats; every other word means unavailable and is kept as said. */
  readonly status: string;
  readonly isOnline: boolean;
  /** Wants one chat above capacity. */
  readonly isRequesting: boolean;
  /** By locale; capacity null is unlimited. */
  readonly locales: Readonly<Record<string, { readonly capacity: number | null; readonly isActive: boolean }>>;
  readonly groups: readonly string[];
  readonly lastAssignedAt: number;
}

export interface Group {
  readonly id: string;
  readonly name: string;
  /** An exclusive group of a chat keeps everybody else away from it. */
  readonly isExclusive: boolean;
}

export interface QueueEntry {
  readonly chatId: ChatId;
  /** The ticket number drawn at the first queueing; kept over absence and a miss. */
  readonly place: number;
  /** 0, or 1 for a chat that came back from `released`. */
  readonly priority: number;
  readonly locale: string;
  readonly groups: readonly string[];
  readonly queuedAt: number;
  readonly isMissed: boolean;
}

/** One operator's membership in one open chat. */
export interface Slot {
  readonly operatorId: ParticipantId;
  readonly chatId: ChatId;
  readonly locale: string;
  readonly kind: 'assignee' | 'member';
}

/** What can have happened to a workspace's routing. */
export type RoutingFact =
  | { readonly type: 'OperatorChanged'; readonly operator: OperatorRecord }
  | {
      readonly type: 'RoutingConfigured';
      readonly isAccepting: boolean;
      readonly groups: readonly Group[];
      readonly locales: { readonly default: string; readonly supported: readonly string[] };
    }
  | {
      readonly type: 'RoutingMoved';
      readonly entered: readonly QueueEntry[];
      /** Chats that left the queue. */
      readonly left: readonly ChatId[];
      /** Slots that are new or changed their kind. */
      readonly opened: readonly Slot[];
      /** Slots that are gone, or now count in another locale. */
      readonly freed: readonly { readonly operatorId: ParticipantId; readonly chatId: ChatId }[];
      /** The operator whose one request this grant used up. */
      readonly granted: { readonly operatorId: ParticipantId; readonly at: number } | null;
    };

/** What can have happened to a person. */
export type PersonFact =
  | {
      readonly type: 'ParticipantUpdated';
      readonly role: Role;
      readonly name: string;
      readonly isSupervisor: boolean;
      readonly isDesk: boolean;
      readonly locale: string | null;
      readonly groups: readonly string[];
      readonly profile: Fields;
      readonly identities: readonly OutsideIdentity[];
    }
  /** The person is one of this chat's customers: the index of "all chats of a person". */
  | { readonly type: 'ChatListed'; readonly chatId: ChatId }
  | {
      readonly type: 'ParticipantNotified';
      readonly participantId: ParticipantId;
      readonly kind: string;
      readonly content: string | null;
      readonly data: Fields | null;
    }
  /** All that is known of the person is taken out of the store; whoever comes by the same name later is another. */
  | { readonly type: 'ParticipantErased' };

/** An outside name leads to this chat; a later generation replaces an earlier one. */
export interface AddressFact {
  readonly type: 'AddressBound';
  readonly chatId: ChatId;
  readonly generation: number;
}

/** An outside name that makes one participant means another, whom the same subject names; a later fact replaces it. */
export interface AliasFact {
  readonly type: 'AliasBound';
  readonly participantId: ParticipantId;
}

/** The workspace's own secret, made once: it keys the derivation of participant ids. */
export interface DirectoryFact {
  readonly type: 'WorkspaceFounded';
  readonly identityKey: string;
}

export type Fact = ChatFact | RoutingFact | PersonFact | AddressFact | AliasFact | DirectoryFact;

/** What is known of every recorded event beside what happened. */
export interface Envelope {
  readonly eventId: string;
  readonly commandId: CommandId;
  readonly workspaceId: WorkspaceId;
  /** 1, 2, 3 … within its stream. */
  readonly version: number;
  /** Growing, workspace-wide, a safe integer: for dialects that number messages across chats. */
  readonly number: number;
  /** Ms since epoch. */
  readonly at: number;
  readonly by: Actor;
}

/** Something that happened in a chat, as it is delivered. */
export type ChatEvent = ChatFact &
  Envelope & {
    readonly chatId: ChatId;
    /** The chat right after this event. */
    readonly chat: ChatSummary;
    /** Everybody the event and the summary name. */
    readonly people: People;
  };

/** Something that happened to routing or to a person, as it is delivered. */
export type WorkspaceEvent = (
  | Extract<RoutingFact, { type: 'OperatorChanged' | 'RoutingConfigured' }>
  | Extract<PersonFact, { type: 'ParticipantUpdated' | 'ParticipantNotified' | 'ParticipantErased' }>
) &
  Envelope & {
    /** Whom it is about; null for the routing configuration. */
    readonly participantId: ParticipantId | null;
    readonly people: People;
  };

/** Delivered and never recorded; the first to be dropped for a slow reader. */
export type Signal =
  | {
      readonly type: 'TypingChanged';
      readonly chatId: ChatId;
      readonly chat: ChatSummary;
      readonly people: People;
      readonly authorId: ParticipantId;
      readonly authorRole: Role;
      readonly isOn: boolean;
      /** Absent for customers. */
      readonly preview?: string;
      readonly extras?: Extras;
      readonly expiresInMs: number;
    }
  | {
      readonly type: 'PresenceChanged';
      readonly participantId: ParticipantId;
      readonly role: Role;
      readonly isOnline: boolean;
      /** Nothing was heard of him for a while; he may be gone soon. Absent: nobody says so. */
      readonly isUnstable?: true;
    }
  | {
      readonly type: 'QueueMoved';
      readonly chatId: ChatId;
      readonly chat: ChatSummary;
      readonly people: People;
      /** 1 is next; 0: no longer waiting. */
      readonly position: number;
      /**
       * The same in words, for clients that are not shown a number; `at` in ms since epoch. Absent unless the workspace has
       * such words, and where nobody waits any more.
       */
      readonly notice?: { readonly text: string; readonly at: number };
    }
  | {
      readonly type: 'AcceptingChanged';
      /** Whether a new chat of the hearer's own locale and groups would find somebody. */
      readonly canAccept: boolean;
      readonly isPlatformOpen: boolean;
    };

/** Everything that reaches a session. */
export type Happening = ChatEvent | WorkspaceEvent | Signal;
