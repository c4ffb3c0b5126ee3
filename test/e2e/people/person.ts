import type { Config, Environment } from '@dragoman/gateway';
import type { Program } from '../../programs.js';

/** Somebody at a real client of a dialect. What a dialect cannot say or show is absent. */
export interface Person {
  /** Resolves when the client has handed it over, or has the answer of a protocol that gives one. */
  say(text: string): Promise<void>;
  /** What the other side said, each time it was shown, oldest first. */
  heard(): readonly string[];
  /** Begins to type. */
  readonly type?: () => Promise<void>;
  /** Whether it was shown that the other side types. */
  readonly sawTyping?: () => boolean;
  /** Tells that everything heard so far was read. */
  readonly read?: () => Promise<void>;
  /** What became of one's own words, as it was shown: the furthest state of any of them. */
  readonly receipt?: () => 'sent' | 'delivered' | 'read';
  /** Whether `receipt` shows deliveries, too. */
  readonly seesDeliveries?: true;
  /** Ends the chat. */
  readonly end?: () => Promise<void>;
  /** Whether the end of the chat was shown. */
  readonly isOver?: () => boolean;
  /** Gives the chat to the colleague with this id. */
  readonly transfer?: (colleague: string) => Promise<void>;
  /** Sends a picture. */
  readonly picture?: (bytes: Uint8Array) => Promise<void>;
  /** How a picture stands among what was heard: its bytes in base64, or a text with its type or address. */
  readonly seesPictures?: 'base64' | 'text';
  hangUp(): Promise<void>;
}

/** Where a gateway that speaks every dialect is reached. */
export interface Gateway {
  readonly url: string;
}

/** The people of one dialect, on the sides it has. The same id is the same person. */
export interface Dialect {
  readonly name: string;
  /** What it talks through. Default: nothing but the gateway. */
  readonly needs?: Program;
  /** What the environment of the gateway names for it. */
  readonly environment?: () => Promise<Environment>;
  /** The config in which this dialect is on the given side of a crossing. Default: the development profile as it is. */
  readonly configure?: (config: Config, side: 'customer' | 'operator') => Config;
  readonly customer?: (gateway: Gateway, id: string) => Promise<Person>;
  /** Ready to be given a chat once resolved. */
  readonly operator?: (gateway: Gateway, id: string) => Promise<Person>;
}
