import type { Capabilities } from './capabilities.js';
import type { DisconnectReason } from './outcome.js';
import type { ChatId } from './participant.js';
import type { Cancel, Core } from './ports.js';

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
  /** What it has counted since its start, by names of its own, never from the wire. Absent: nothing. */
  readonly counts?: Readonly<Record<string, number>>;
  /** What it has under way now, by names of its own; goes up and down. Absent: nothing. */
  readonly figures?: Readonly<Record<string, number>>;
}

/**
 * What an adapter has set aside: an event that its peer would not take, or a message of its peer that could not be obeyed.
 * Holds nothing of what it says.
 */
export interface DeadLetter {
  /** Of this letter, within its adapter. */
  readonly id: string;
  /** `out`: on its way to a peer. `in`: on its way from one. */
  readonly way: 'in' | 'out';
  /** Who would not take it; of what came in, where it came from. */
  readonly to: string;
  /** The type of the event; of what came in, the word of its protocol. */
  readonly event: string;
  /** Null: of none, or of none that is known. */
  readonly chatId: ChatId | null;
  /** What the last attempt failed with. */
  readonly reason: string;
  readonly attempts: number;
  /** When it was set aside, ms since epoch; null: nobody said. */
  readonly at: number | null;
}

/** What an adapter has set aside, for whoever watches over it. */
export interface DeadLetters {
  /** Oldest first. Rejects when they lie where they cannot be reached now. */
  all(): Promise<readonly DeadLetter[]>;
  /** Passes it on once more; it stays among the others until it is taken. False: there is no such letter. */
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
