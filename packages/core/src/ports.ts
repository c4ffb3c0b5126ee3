import type { ChatSummary } from './chat-summary.js';
import type { Command } from './command.js';
import type { Erasure } from './erasure.js';
import type { ChatEvent } from './event.js';
import type { Body, ClientId, Extras } from './message.js';
import type { Observe } from './observe.js';
import type { Outcome } from './outcome.js';
import type {
  ChatId,
  CommandId,
  Fields,
  Identity,
  OutsideIdentity,
  Participant,
  ParticipantId,
  SessionId,
  WorkspaceId,
} from './participant.js';
import type { LanePage, Lobby, Page, PersonalData, Transcript } from './reading.js';
import type { Deliver, Session, SessionOptions } from './session.js';
import type { Trace } from './trace.js';

/** The core as adapters see it. */
export interface Core {
  /** For what an adapter sees of its wire: connections and frames. Undefined: nobody looks, and nothing is to be made. */
  readonly observe?: Observe | undefined;
  /**
   * Under which W3C `traceparent` the events of a command go on to others: the one it came with, while that is
   * remembered, else one made of its id. Absent in cores that keep none.
   */
  traceparent?(commandId: CommandId): string;
  /** The trace that a command came with, its `tracestate` with it; undefined: none, or none that is remembered. */
  traceOf?(commandId: CommandId): Trace | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly attachments: Attachments;
  /** Rejects with a TypeError for an unknown workspace or a scope the role may not have, a StoreError when the store cannot be read. */
  connect(who: Identity, how: SessionOptions, deliver: Deliver): Promise<Session>;
  /** Never throws for a refusal; resolves when the events are durable and delivered. */
  dispatch(by: Session, command: Command): Promise<Outcome>;
  /** Of a chat, or of all chats of a customer. Empty for what the session may not see. */
  transcript(
    by: Session,
    what: { readonly chatId: ChatId } | { readonly participantId: ParticipantId },
    page: Page,
  ): Promise<Transcript>;
  /**
   * A chat by outside name in the session's space, by public number or by id; undefined if there is none the session may
   * see. As it was decided last, which may be a moment before that is durable: what must be is answered by `dispatch`.
   */
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
   * All that is kept of a person, as he may see it: himself first, then his chats, or his own words in those of others, then
   * pictures that he has stored and never sent.
   * Empty for nobody known. A TypeError for sessions of another scope than `all`.
   */
  personalData(by: Session, participantId: ParticipantId): AsyncIterable<PersonalData>;
  /**
   * Whom one dialect knows by these words, as last told; undefined for nobody met, and for who was erased. A TypeError for
   * sessions of another scope than `all`.
   */
  whoIs(by: Session, who: Omit<OutsideIdentity, 'idType'>): Promise<Participant | undefined>;
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

/** Stops what was started. Twice is fine. */
export type Cancel = () => void;

export interface Clock {
  /** Ms since epoch, for what is shown and stored. */
  now(): number;
  /** Ms that never go back, for local time-outs. */
  monotonic(): number;
  /** Runs it once, when so many ms have passed, be it years, and not a moment earlier: whoever looks at the time then finds it over. */
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
  /** SHA-256 of the text, 43 characters of base64url: whether two texts are the same, without keeping either. */
  digest(text: string): string;
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
  /**
   * Resolves with the id, the SHA-256 in hex, once the bytes are durable. Until a message shows it, a picture goes with its
   * owner when he is erased, and in its time anyway; the core sees to that, so what keeps bytes need not know whose they are.
   * Rejects when they cannot be kept now; through the core, with a StoreError.
   */
  put(workspaceId: WorkspaceId, bytes: Uint8Array, mime: string, ownerId?: ParticipantId): Promise<string>;
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
