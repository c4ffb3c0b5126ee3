import type { Away, CloseReason } from './chat-summary.js';
import type { Body, ClientId, Extras, Variants, Visibility } from './message.js';
import type {
  ChatId,
  CommandId,
  Fields,
  MessageId,
  OutsideIdentity,
  ParticipantId,
  SessionId,
  WorkspaceId,
} from './participant.js';

/** A chat by its id, or by its outside name in the space of the session that asks. */
export type ChatRef = { readonly chatId: ChatId } | { readonly key: string };

/**
 * Finds the chat behind an address, or opens one. Without `enqueue` and `assignTo` it only resolves: a page view stores
 * nothing. Refused: NO_OPERATOR, ALREADY_ASSIGNED, TOO_MANY_CHATS, CHAT_CLOSED, ID_CONFLICT (somebody else's address),
 * TOO_LARGE.
 */
export interface OpenChat {
  readonly type: 'OpenChat';
  readonly key: string;
  /** For whom, when an operator asks; absent: for the session's own participant. */
  readonly customer?: OutsideIdentity;
  readonly subject?: string;
  readonly displayName?: string;
  readonly locale?: string;
  readonly groups?: readonly string[];
  readonly fields?: Fields;
  /** Closes the chat when nobody says anything for so long, ms. Absent: never. */
  readonly idleMs?: number;
  /** Ask for a person (or the bot) at once. */
  readonly enqueue?: boolean;
  /** Refuse NO_OPERATOR when nobody who fits is there: no operator, bot, desk or claimer. */
  readonly requireOperator?: boolean;
  /** Refuse TOO_MANY_CHATS when the customer has this many open chats. */
  readonly maxOpen?: number;
  /** Give it to this operator, who asks for himself. Refused ALREADY_ASSIGNED when another holds the open chat. */
  readonly assignTo?: ParticipantId;
  /** What a name does whose chat is closed: leads to a new one, or is refused CHAT_CLOSED for ever. Default `new`. */
  readonly ifClosed?: 'new' | 'refuse';
  /** False: never joins the person's open chat under another name (policy joinOpenChat). Default true. */
  readonly joinOpen?: boolean;
}

/** What a closed chat does with a message. */
export type IfClosed = 'refuse' | 'reopen' | 'new' | 'append';

/**
 * Says something. Refused: CHAT_CLOSED, EMPTY_MESSAGE, TOO_LARGE, UNSUPPORTED_BODY, NOT_A_MEMBER, NOT_ASSIGNEE,
 * NOT_ASSIGNED, NOT_ALLOWED (a bot that has not the word), ID_CONFLICT.
 */
export interface PostMessage {
  readonly type: 'PostMessage';
  readonly to: ChatRef;
  readonly body: Body;
  readonly ifClosed: IfClosed;
  /** With `reopen`: a chat closed longer ago than this is followed by a new one instead. Default: never. */
  readonly reopenWithinMs?: number;
  readonly clientId?: ClientId;
  readonly extras?: Extras;
  /** Default `all`. */
  readonly visibility?: Visibility;
  /** The client's own time, ms since epoch; never orders. */
  readonly claimedAt?: number;
  /** How long a rendering adapter simulates typing before it shows the words, ms: 0 to 5000. Default 0. */
  readonly holdMs?: number;
  /** The agent of a desk who speaks. */
  readonly as?: { readonly role: 'operator' | 'bot'; readonly name: string; readonly externalId: string };
  /** What an operator must be to speak here. Default `none`. */
  readonly require?: 'none' | 'member' | 'assignee';
  /** An operator's words take a waiting or unassigned chat. Default false. */
  readonly claim?: boolean;
  /** What a chat is opened with, when this message opens one. */
  readonly opening?: Pick<OpenChat, 'subject' | 'displayName' | 'locale' | 'groups' | 'fields' | 'idleMs' | 'joinOpen'>;
}

/** Which messages a receipt is about. */
export type ReceiptScope =
  | { readonly messageIds: readonly MessageId[] }
  | { readonly upToSeq: number }
  /** Everything not later than this time (ms). */
  | { readonly upToAt: number }
  | { readonly all: true };

/** Confirms the other side's messages. Lower or equal is accepted and changes nothing. Refused: UNKNOWN_MESSAGE, NOT_ALLOWED (own message). */
export interface Acknowledge {
  readonly type: 'Acknowledge';
  readonly to: ChatRef;
  readonly state: 'delivered' | 'read';
  readonly what: ReceiptScope;
  /** Speaks for this side instead of the session's own: for a dialect whose chat number is the capability. */
  readonly bySide?: 'customer' | 'desk';
}

/** Ephemeral; never refused: what does not fit is dropped in silence. */
export interface SetTyping {
  readonly type: 'SetTyping';
  readonly to: ChatRef;
  readonly isOn: boolean;
  /** The draft; only the desk side sees it. */
  readonly preview?: string;
  /** What the author's dialect tells others of its own; at most 1 kB, else it is left out. */
  readonly extras?: Extras;
  /** How long it stands without being renewed, ms. */
  readonly ttlMs: number;
}

/** An operator or bot becomes a member; a customer becomes one of the chat's customers. */
export interface JoinChat {
  readonly type: 'JoinChat';
  readonly to: ChatRef;
}

/** He is a member no more; who holds the chat holds it still, and who is no member stays none. */
export interface LeaveChat {
  readonly type: 'LeaveChat';
  readonly to: ChatRef;
}

/** An operator claims a chat for himself, a desk for its agent; the first wins. Refused: ALREADY_ASSIGNED, CHAT_CLOSED. */
export interface AssignChat {
  readonly type: 'AssignChat';
  readonly to: ChatRef;
  /** Default: the one who asks. */
  readonly operatorId?: ParticipantId;
}

/** Gives a chat to a colleague, or to nobody. Refused: UNKNOWN_PARTICIPANT (strict), CHAT_CLOSED. */
export interface TransferChat {
  readonly type: 'TransferChat';
  readonly to: ChatRef;
  /** Null: nobody. */
  readonly toId: ParticipantId | null;
  /** True: an absent target holds the chat all the same, an unknown one is refused. False: both make it `missed`. */
  readonly strict: boolean;
  readonly ifClosed?: 'refuse' | 'reopen';
}

/** Gives the word to the bot, the queue, or back to the customer alone. Refused: CHAT_CLOSED, NOT_ASSIGNEE, NO_OPERATOR (no bot). */
export interface HandOver {
  readonly type: 'HandOver';
  readonly chat: ChatRef;
  readonly to: 'bot' | 'queue' | 'customer';
  /** Where the bot shall go on; at most 128 units. */
  readonly flow?: string;
  readonly reason?: string;
  readonly require?: 'none' | 'assignee';
}

/** Refused: NOT_ASSIGNEE. Closing twice is accepted and changes nothing. */
export interface CloseChat {
  readonly type: 'CloseChat';
  readonly to: ChatRef;
  readonly reason: CloseReason;
  /** `assignee` refuses everybody else while the chat is assigned. Default `none`. */
  readonly require?: 'none' | 'assignee';
}

/**
 * Opens a closed chat again, or puts one that was put away into the queue; one that waits, or that he holds, stays as it is.
 * Refused: BAD_TRANSITION (any other), CHAT_CLOSED (too late).
 */
export interface ReopenChat {
  readonly type: 'ReopenChat';
  readonly to: ChatRef;
  /** How long ago it may have closed, ms. */
  readonly windowMs: number;
}

/** Refused: TOO_LARGE. */
export interface UpdateChat {
  readonly type: 'UpdateChat';
  readonly to: ChatRef;
  readonly subject?: string;
  readonly locale?: string;
  readonly groups?: readonly string[];
  /** Merged over the present ones; null removes a key. */
  readonly fields?: Fields;
}

/** The customer is told that we no longer accept him; the status stays. */
export interface BlockCustomer {
  readonly type: 'BlockCustomer';
  readonly to: ChatRef;
}

/** What a desk tells of its own queue; only the chat's desk may. */
export interface ReportQueue {
  readonly type: 'ReportQueue';
  readonly to: ChatRef;
  readonly position?: number;
  readonly isOpen?: boolean;
}

/** An operator's own state of work. `status` other than available and reserve means unavailable. Refused: UNKNOWN_PARTICIPANT. */
export interface SetAvailability {
  readonly type: 'SetAvailability';
  /** Default: the one who asks; another only for supervisors and desks. */
  readonly operatorId?: ParticipantId;
  readonly status?: string;
  readonly isRequesting?: boolean;
  /** Chats at a time by locale; null is unlimited. Creates the locale's membership, of which an operator has 100 at most. */
  readonly capacity?: Readonly<Record<string, number | null>>;
  /** Whether the operator takes chats of the locale. Creates the locale's membership with capacity 3. */
  readonly locales?: Readonly<Record<string, boolean>>;
  /** Membership by group; an unknown group is ignored. */
  readonly groups?: Readonly<Record<string, boolean>>;
}

/** How the workspace routes. Operators may change `isAccepting` alone. */
export interface ConfigureRouting {
  readonly type: 'ConfigureRouting';
  readonly isAccepting?: boolean;
  readonly addGroups?: readonly { readonly id: string; readonly name: string; readonly isExclusive: boolean }[];
  readonly removeGroups?: readonly string[];
  readonly members?: readonly {
    readonly groupId: string;
    readonly operatorId: ParticipantId;
    readonly isMember: boolean;
  }[];
  readonly locales?: { readonly default: string; readonly supported: readonly string[] };
}

/** Refused: TOO_LARGE. */
export interface UpdateParticipant {
  readonly type: 'UpdateParticipant';
  readonly participantId?: ParticipantId;
  readonly name?: string;
  readonly locale?: string;
  readonly profile?: Fields;
}

/** Refused: TOO_LARGE, UNKNOWN_PARTICIPANT. */
export interface NotifyParticipant {
  readonly type: 'NotifyParticipant';
  readonly participantId: ParticipantId;
  readonly kind: string;
  readonly content: string | null;
  readonly data: Fields | null;
}

/** What a participant may ask of one chat. */
export type ChatCommand =
  | PostMessage
  | Acknowledge
  | SetTyping
  | JoinChat
  | LeaveChat
  | AssignChat
  | TransferChat
  | HandOver
  | CloseChat
  | ReopenChat
  | UpdateChat
  | BlockCustomer
  | ReportQueue;

/** Words to be said, with what the filters made of them for each destination. */
export type FilteredMessage = PostMessage & { readonly variants?: Variants };

/** Routing's answer to a waiting chat: valid only for the assignment number it saw. */
export interface GrantChat {
  readonly type: 'GrantChat';
  readonly operatorId: ParticipantId;
  readonly assignment: number;
}

/** A participant's first session began or its last one ended. */
export interface NotePresence {
  readonly type: 'NotePresence';
  readonly side: 'customer' | 'operator';
  readonly participantId: ParticipantId;
  readonly isOnline: boolean;
  /** What this absence leads to, for customers that left. */
  readonly away: Away | null;
}

/** A timer of the chat is due. */
export interface FireTimer {
  readonly type: 'FireTimer';
  readonly name: string;
  readonly token: number;
}

/** What only the core itself asks of a chat. */
export type SystemCommand = GrantChat | NotePresence | FireTimer;

/** Everything a participant may ask. Carries an id when the client's own may serve as one; a fresh one is given else. */
export type Command = (
  OpenChat | ChatCommand | SetAvailability | ConfigureRouting | UpdateParticipant | NotifyParticipant
) & {
  readonly commandId?: CommandId;
  /** How long the id is remembered, ms; default 24 h. */
  readonly keepMs?: number;
  /** The W3C `traceparent` it came with. Default: made of its id. No part of what it asks. */
  readonly traceparent?: string | undefined;
  /** The `tracestate` beside it; without a trace of its own it means nothing. Default none. */
  readonly tracestate?: string | undefined;
};

/** Who stands behind a command or an event; null participant: the system itself. */
export interface Actor {
  readonly participantId: ParticipantId | null;
  readonly sessionId: SessionId | null;
}

/** The machine acting on its own: routing, timers. */
export const systemActor: Actor = { participantId: null, sessionId: null };

/** What dispatch knows of every command beside its own fields. */
export interface CommandContext {
  readonly workspaceId: WorkspaceId;
  readonly commandId: CommandId;
  readonly by: Actor;
  readonly at: number;
}
