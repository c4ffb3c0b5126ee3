import type { Away } from './chat-summary.js';
import type { Happening } from './event.js';
import type { DisconnectReason } from './outcome.js';
import type { ChatId, Participant, SessionId, WorkspaceId } from './participant.js';

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
  /**
   * Whether what is asked here has waited in one queue with what others ask. Who was slowed down there would hold up
   * everybody behind him, so a customer may do as much as an operator. Default false.
   */
  readonly isQueued?: boolean;
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
   * this participant in this space, oldest first, and no longer ago than a week; live events wait behind it. Resolves with
   * the number handed over. Rejects when it cannot be read; the session has been ended SLOW then, so that nothing newer
   * hides what is missing.
   */
  replay(what: { readonly chatId?: ChatId; readonly limit: number; readonly maxAgeMs: number }): Promise<number>;
  /** The client has it, as surely as its protocol can tell: what came up to this version need not be handed over again. */
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
  /**
   * Whether nothing was heard of the client for longer than usual, though its session goes on. While that is so of all
   * sessions of the participant, the others are told that he is unstable; at first none is.
   */
  faltering(isFaltering: boolean): void;
  /** Everything noted in this space and not forgotten, by key. */
  notes(): Promise<ReadonlyMap<string, unknown>>;
  /** Idempotent; nothing is delivered afterwards. `away` overrides what the session said at its start. */
  end(away?: Away): Promise<void>;
}
