import type {
  Attachments,
  Capabilities,
  ChatEvent,
  ChatSummary,
  Clock,
  Command,
  Delivery,
  Identity,
  Lobby,
  Log,
  Outcome,
  Page,
  Participant,
  ParticipantId,
  Ids,
  SessionOptions,
  Session,
  Transcript,
  DisconnectReason,
} from '@dragoman/core';
import type { Inbound, Peer } from './transport.js';
import type { RateLimit } from './rate.js';

/** The parts of the core that have nothing to do with one session. */
export interface Surroundings {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Public address of a picture, null when there is none. */
  readonly link: (workspaceId: string, attachmentId: string) => string | null;
  readonly attachments: Attachments;
}

/** Takes one delivery of the core. */
export type Hear = (delivery: Delivery) => void;

/** The core, as one session may use it. */
export interface Line {
  readonly participant: Participant;
  /** Never rejects: when the core breaks, that is BUSY. */
  dispatch(command: Command): Promise<Outcome>;
  find(what: { readonly key: string } | { readonly chatId: string }): Promise<ChatSummary | undefined>;
  transcript(chatId: string, page: Page): Promise<Transcript>;
  lobby(): Lobby;
  canAccept(wishes: { readonly locale?: string; readonly groups?: readonly string[] }): boolean;
  /** The client has been sent what happened in the chat up to this version. */
  written(chatId: string, version: number): void;
  /** From here on deliveries arrive; of those that came before, the ones the caller does not know already. */
  listen(hear: Hear, isKnown: (delivery: Delivery) => boolean): void;
}

/** A session that a dialect opened itself, for as long as it likes. */
export interface Seat extends Line, Pick<Session, 'replay' | 'end'> {
  readonly sessionId: string;
  /** The latest that was said in all chats of a customer, oldest first. */
  said(participantId: ParticipantId): Promise<Transcript>;
  /** What a command with this id did; empty when nothing is remembered. */
  recall(commandId: string): Promise<readonly ChatEvent[]>;
}

/** Opens a session; rejects when the core cannot. `onEnd` is called when the core ends it. */
export type Connect = (
  admission: Omit<Admission<unknown>, 'user'>,
  onEnd: (reason: DisconnectReason) => void,
) => Promise<Seat>;

/** What the core has to know of a peer whose credentials were accepted. */
export interface Admission<User> {
  readonly user: User;
  readonly identity: Identity;
  readonly how: Omit<SessionOptions, 'onEnd'>;
}

/** One connected peer with a session of its own. */
export interface Visit<User> {
  readonly peer: Peer;
  readonly user: User;
  readonly line: Line;
}

/** What a dialect makes of one visit, once it has said its first words. */
export interface Guest {
  /** Called for one event after the other without waiting; what it throws is logged. */
  receive(event: Inbound): void | Promise<void>;
  /** The peer is gone. */
  leave(): void;
}

/** One namespace of a dialect: who may enter, and what is said there. */
export interface Entrance<User> {
  readonly namespace: string;
  /** Of one identity, over all its connections. */
  readonly rate: RateLimit;
  /** Of each connection by itself. */
  readonly socketRate: RateLimit;
  /** Undefined: refused. */
  admit(peer: Peer): Promise<Admission<User> | undefined>;
  /** The last thing a peer hears: it was refused, or its session has ended. */
  dismiss(peer: Peer, reason: DisconnectReason): void;
  /** Answers what cannot wait until the peer is admitted; true when it did. */
  answerEarly(event: Inbound): boolean;
  /** Reserves its place in the peer's queue before it first waits. Undefined: the core cannot serve it now. */
  enter(visit: Visit<User>): Promise<Guest | undefined>;
}

/** A namespace whose peers sign in when they like, and again: the dialect opens and ends their sessions. */
export interface OpenEntrance {
  readonly namespace: string;
  meet(peer: Peer, connect: Connect): void;
}

/** A dialect at work, from a start to a stop. */
export interface OpenDialect<User> {
  readonly entrances: readonly (Entrance<User> | OpenEntrance)[];
  close(): void;
}

/** Everything the carrier and the adapter do not know about the peers of one product. */
export interface Dialect<User> {
  /** Also the adapter's name. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Who the dialect itself is to the core: it has a session of its own, whoever is connected. */
  readonly watch: Omit<Admission<User>, 'user'>;
  open(line: Line, around: Surroundings): OpenDialect<User>;
}
