import type { Away, ChatSummary } from './chat-summary.js';
import type { Command } from './command.js';
import type { ChatEvent, Group, Happening, OperatorRecord, QueueEntry } from './event.js';
import type { Body, ClientId, Extras, ReceiptState } from './message.js';
import type { Observe } from './observe.js';
import type { DisconnectReason, Outcome, Rejection } from './outcome.js';
import type {
  ChatId,
  CommandId,
  Fields,
  Identity,
  Participant,
  ParticipantId,
  People,
  SessionId,
  WorkspaceId,
} from './participant.js';

/** The role an event is shown to: the second argument of every outbound translator, so that encodings are shared. */
export type View = 'customer' | 'operator' | 'lobby' | 'bot' | 'all';

/** One event on its way to one session. */
export interface Delivery {
  /** The same object for every session that hears it in this view: a key for caches of encoded frames. */
  readonly event: Happening;
  readonly view: View;
  /** True for what the session missed and is handed over now. */
  readonly isReplay: boolean;
}

/**
 * Called in commit order, before the `dispatch` that caused it resolves; the first time maybe before `connect` has
 * resolved, so it is told for which session. Must not throw and must not wait.
 */
export type Deliver = (delivery: Delivery, session: Session) => void;

export interface SessionOptions {
  /** `own`: one's chats. `lobby`: every chat's life too, not its words. `all`: everything. Customers may only have `own`. */
  readonly scope: 'own' | 'lobby' | 'all';
  /** Which of the participant's own messages the session hears: all, all but this session's, or those from another space. */
  readonly echo: 'all' | 'others' | 'foreign';
  /** Whether one's own typing comes back, as one's own messages do by `echo`. Default false. */
  readonly echoesTyping?: boolean;
  /**
   * What the end of this participant's last session means to his chats. Null for everybody but customers, and for a
   * customer's session that says nothing about his presence (one request of an HTTP API).
   */
  readonly away: Away | null;
  /** Makes an operator known to routing. Absent: this session says nothing about work. */
  readonly mode?: 'auto' | 'claim' | 'desk';
  /** Which chats are heard: every chat of the participant's own, or a list that `follow` extends. */
  readonly chats: 'mine' | readonly ChatId[];
  /**
   * From when on it hears. `live`: at once. `replay`: from its first `replay` on, which hands over what came before.
   * Default `live`.
   */
  readonly begins?: 'live' | 'replay';
  /**
   * Whether this client tells what it has received. False: what was `written` to it counts as delivered, unless policy
   * `assumeDelivered` says no. Default true.
   */
  readonly saysDelivered?: boolean;
  /** Whether this client shows its own people what the other side has received. Default false. */
  readonly hearsDelivered?: boolean;
  /** What the adapter calls the client's connection where it reports frames. Default: none. */
  readonly connectionId?: string | undefined;
  /** Called once when the core ends the session. Default: nothing. */
  readonly onEnd?: (reason: DisconnectReason) => void;
}

/** One participant reachable through one adapter. */
export interface Session {
  readonly id: SessionId;
  readonly workspaceId: WorkspaceId;
  readonly space: string;
  readonly participant: Participant;
  /** Only where `chats` is a list. Hearing a chat does not make anybody a member of it. */
  follow(chatId: ChatId): void;
  unfollow(chatId: ChatId): void;
  /**
   * Hands over, through `deliver` and marked `isReplay`, what happened after the last version written to any session of
   * this participant in this space, oldest first; live events wait behind it. Resolves with the number handed over.
   */
  replay(what: { readonly chatId?: ChatId; readonly limit: number; readonly maxAgeMs: number }): Promise<number>;
  /** The carrier took the bytes: what came up to this version need not be handed over again. */
  written(chatId: ChatId, version: number): void;
  /**
   * Everything up to this number of the workspace is done with, for whoever reads it all by `Core.events`: kept like a
   * bookmark, so that a crash repeats what was reported in its last 50 ms, and never moves backwards.
   */
  writtenUpTo(number: number): void;
  /** What `writtenUpTo` reached in this space, before a restart too; 0 at first. */
  lastWritten(): Promise<number>;
  /**
   * Keeps something small for this space over restarts, or with null forgets it: plain JSON of at most 8 192 units.
   * Resolves when it is durable; rejects with a StoreError. How many there may be is for the adapter to bound.
   */
  note(key: string, value: unknown): Promise<void>;
  /** Everything noted in this space and not forgotten, by key. */
  notes(): Promise<ReadonlyMap<string, unknown>>;
  /** Idempotent; nothing is delivered afterwards. `away` overrides what the session said at its start. */
  end(away?: Away): Promise<void>;
}

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
  | { readonly kind: 'chat'; readonly chat: ChatSummary; readonly entries: readonly TranscriptEntry[] };

/** What was taken out of the store, and what others still need. */
export interface Erased {
  readonly participantId: ParticipantId;
  /** Chats nothing is left of but their shape. */
  readonly chats: number;
  /** Chats that are other people's too: his own words are gone from them, theirs are not. */
  readonly sharedChats: number;
  readonly messages: number;
  /** Pictures whose bytes are gone. */
  readonly attachments: number;
  /** Pictures that somebody else has sent as well, byte for byte: kept. */
  readonly sharedAttachments: number;
}

export type Erasure =
  { readonly ok: true; readonly erased: Erased } | { readonly ok: false; readonly rejection: Rejection };

/** The core as adapters see it. */
export interface Core {
  /** For what an adapter sees of its wire: connections and frames. Undefined: nobody looks, and nothing is to be made. */
  readonly observe?: Observe | undefined;
  /**
   * Under which W3C `traceparent` the events of a command go on to others: the one it came with, while that is
   * remembered, else one made of its id. Absent in cores that keep none.
   */
  traceparent?(commandId: CommandId): string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly attachments: Attachments;
  /** Throws a TypeError for an unknown workspace or a scope the role may not have, a Fault when the store is gone. */
  connect(who: Identity, how: SessionOptions, deliver: Deliver): Promise<Session>;
  /** Never throws for a refusal; resolves when the events are durable and delivered. */
  dispatch(by: Session, command: Command): Promise<Outcome>;
  /** Of a chat, or of all chats of a customer. Empty for what the session may not see. */
  transcript(
    by: Session,
    what: { readonly chatId: ChatId } | { readonly participantId: ParticipantId },
    page: Page,
  ): Promise<Transcript>;
  /** A chat by outside name in the session's space, by public number or by id; undefined if there is none the session may see. */
  find(
    by: Session,
    what: { readonly key: string } | { readonly publicNumber: number } | { readonly chatId: ChatId },
  ): Promise<ChatSummary | undefined>;
  /**
   * The events of a command that was given this id, by whomever, as far as the session may see their chat: for clients
   * that name a message by the id they sent it with. Empty for an id that is not remembered.
   */
  recall(by: Session, commandId: CommandId): Promise<readonly ChatEvent[]>;
  /**
   * Every chat event of the workspace after a number (`ChatEvent.number`), at most `limit` (1 to 1000) steps of its log:
   * what happened is there to be read again for whoever must pass all of it on, however long that takes. A TypeError for
   * sessions of another scope than `all`.
   */
  events(by: Session, after: { readonly afterNumber: number; readonly limit: number }): Promise<LanePage>;
  /**
   * All that is kept of a person, as he may see it: himself first, then his chats, or his own words in those of others.
   * Empty for nobody known. A TypeError for sessions of another scope than `all`.
   */
  personalData(by: Session, participantId: ParticipantId): AsyncIterable<PersonalData>;
  /**
   * Takes a customer or an operator out of the store, with everything said in his chats, or by him in those of others, and
   * every name that led to them; events, numbers and times stay, without words. His sessions end, his chats close. Whoever
   * signs in by the same credential later is another person. For bots of scope `all`; refused: NOT_ALLOWED,
   * UNKNOWN_PARTICIPANT, BUSY. Broken off, it goes on when asked again. Reads the whole log when pictures, or an operator,
   * are to be found.
   */
  erase(by: Session, participantId: ParticipantId): Promise<Erasure>;
  /** The number of what happened last in the workspace, 0 for nothing: where to begin who wants only what comes. */
  head(by: Session): Promise<number>;
  /** For operators, bots and monitors; a TypeError for customers. */
  lobby(by: Session): Lobby;
  /** Whether a new chat of this participant, with these wishes, would find somebody. */
  canAccept(by: Session, wishes?: { readonly locale?: string; readonly groups?: readonly string[] }): boolean;
}

/** What one side of a dialect can say or hear: names of domain capabilities with their limits. Absent: cannot. */
export interface Speech {
  readonly says: CapabilityMap;
  readonly hears: CapabilityMap;
}

export const capabilityNames = [
  'text',
  'image',
  'typing',
  'typing-preview',
  'delivered',
  'read',
  'queue-position',
  'notice',
  'lifecycle',
  'control',
  'presence',
  'custom',
  'transfer',
  'hand-over',
  'claim',
  'close',
  'reopen',
  'history',
  'end',
] as const;
export type CapabilityName = (typeof capabilityNames)[number];

/** Limits of one capability, in the terms of that capability: `maxUnits` for text, `maxBytes` for images … */
export interface CapabilityLimits {
  /** text: UTF-16 units. */
  readonly maxUnits?: number;
  /** image: decoded bytes. */
  readonly maxBytes?: number;
  /** image: media types. */
  readonly mimes?: readonly string[];
  /** image: whether a caption travels with it. */
  readonly hasCaption?: boolean;
  /** delivered, read: each message by itself, or everything up to a point. */
  readonly form?: 'exact' | 'watermark';
  /** history: how many messages are handed over unasked; absent: on request. */
  readonly pushed?: number;
  /** custom: which names. */
  readonly names?: readonly string[];
}

export type CapabilityMap = Readonly<Partial<Record<CapabilityName, CapabilityLimits>>>;

export interface Capabilities {
  readonly customer?: Speech;
  readonly operator?: Speech;
}

/** How an adapter shall say good-bye to its clients. */
export interface Goodbye {
  readonly reason: DisconnectReason;
  /** Spread over this time, ms. */
  readonly overMs: number;
}

/** How an adapter fares. */
export interface AdapterHealth {
  /** Why it cannot do its work now, in words for the person on call; empty when it can. */
  readonly problems: readonly string[];
  /** Events it has still to pass on to its peer. Absent: it keeps none. */
  readonly waiting?: number;
  /** How long the oldest of them has waited, ms. */
  readonly lagMs?: number;
}

/** An event that a peer would not take, set aside by its adapter; holds nothing of what it says. */
export interface DeadLetter {
  /** Of this letter, within its adapter. */
  readonly id: string;
  /** Who would not take it. */
  readonly to: string;
  readonly event: ChatEvent['type'];
  readonly chatId: ChatId;
  /** What the last attempt failed with. */
  readonly reason: string;
  readonly attempts: number;
  /** When it was set aside, ms since epoch. */
  readonly at: number;
}

/** What an adapter has set aside, for whoever watches over it. */
export interface DeadLetters {
  /** Oldest first. */
  all(): readonly DeadLetter[];
  /** Passes it on once more; it stays among the others until its peer takes it. False: there is no such letter. */
  redrive(id: string): Promise<boolean>;
}

/** One dialect on the wire. */
export interface Adapter {
  /** Also its space, unless its options name another. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Resolves when clients can reach it. */
  start(core: Core): Promise<void>;
  /** Twice is fine; leaves nothing open. */
  stop(goodbye?: Goodbye): Promise<void>;
  /** How it fares, for whoever watches over it. Absent: well, from its start to its stop. */
  health?(): AdapterHealth;
  /** Absent: it sets nothing aside that its peer could not find itself. */
  readonly deadLetters?: DeadLetters;
}

/** Stops what was started. Twice is fine. */
export type Cancel = () => void;

export interface Clock {
  /** Ms since epoch, for what is shown and stored. */
  now(): number;
  /** Ms that never go back, for local time-outs. */
  monotonic(): number;
  after(ms: number, run: () => void): Cancel;
}

export interface Ids {
  /** UUIDv7, lower case. */
  chat(): ChatId;
  command(): string;
  event(): string;
  session(): SessionId;
  /** Random in [2^40, 2^47). */
  publicNumber(): number;
  /** So many random bytes, in hex. */
  secret(bytes: number): string;
  /** 26 characters of base32: HMAC of the parts under the key. The same in, the same out. */
  derive(key: string, parts: readonly string[]): string;
}

/** One line of log: facts first, never a token or what somebody wrote. */
export type LogLine = (facts: Fields, message: string) => void;

export interface Log {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
}

/** Where the bytes of pictures lie; the events hold only their id. */
export interface Attachments {
  /** Resolves with the id, the SHA-256 in hex, once the bytes are durable. */
  put(workspaceId: WorkspaceId, bytes: Uint8Array, mime: string): Promise<string>;
  get(workspaceId: WorkspaceId, id: string): Promise<{ readonly bytes: Uint8Array; readonly mime: string } | undefined>;
  /** Takes the bytes away; an id that is not there is fine. */
  remove(workspaceId: WorkspaceId, id: string): Promise<void>;
  /** A public address for clients without pictures; null when none is configured. */
  link(workspaceId: WorkspaceId, id: string): string | null;
}

/** A message before it is said, as one destination would see it. */
export interface Draft {
  readonly chat: ChatSummary;
  readonly author: Participant | null;
  readonly destination: 'customer' | 'desk' | 'all';
  /** What the author's client calls it; null: nothing. */
  readonly clientId: ClientId | null;
  readonly body: Body;
  readonly extras: Extras | null;
}

/** Changes, or with null drops, what one destination sees. 2 s at most; one that throws or is late is skipped. */
export type MessageFilter = (draft: Draft) => Draft | null | Promise<Draft | null>;

/** What a verified credential says; the adapter adds its space, side and realm. */
export interface VerifiedIdentity {
  readonly externalId: string;
  readonly idType?: 'string' | 'number';
  readonly role: 'customer' | 'operator' | 'bot' | 'monitor';
  readonly realm?: string;
  readonly name?: string;
  readonly isSupervisor?: boolean;
  readonly profile?: Fields;
  readonly locale?: string;
  readonly groups?: readonly string[];
  /** As in `Identity`: of everybody who has ever been vouched for by anybody, the same for this person alone. */
  readonly subject?: string;
}

export type Verified =
  | { readonly ok: true; readonly identity: VerifiedIdentity; readonly expiresAt?: number }
  | { readonly ok: false; readonly code: 'invalid' | 'expired' | 'unavailable'; readonly retryAfterMs?: number };

/** Answers whom a credential belongs to. Never throws for a bad one. */
export type TokenVerifier = (credential: string, about: { readonly remoteAddress?: string }) => Promise<Verified>;

/** The one http server of the gateway, as web adapters see it; implemented outside, so that the core needs no node types. */
export interface WebListener<Request, Response, Socket> {
  /** Path prefixes by whole segments; the longest claim wins. Throws CONFIG_INVALID when one is taken. */
  claim(
    prefixes: readonly string[],
    on: {
      readonly request?: (request: Request, response: Response) => void;
      readonly upgrade?: (request: Request, socket: Socket, head: Uint8Array) => void;
    },
  ): Cancel;
}
