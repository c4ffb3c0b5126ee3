import type { Log, Store as EventStore } from '@dragoman/core';
import type { StoreEnhancer } from 'redux';
import type { RateLimit } from '../../rate.js';
import type { Authenticator } from '../authenticate.js';
import type { DoorOptions } from '../../door.js';
import { isRecord } from '../frames.js';
import type { HappychatOptions } from '../happychat.js';
import type { StoreExtensions } from './bridge.js';

/** One for each namespace, all of them required [HC service]. */
export interface Authenticators {
  readonly agentAuthenticator: Authenticator;
  readonly customerAuthenticator: Authenticator;
  readonly operatorAuthenticator: Authenticator;
}

/** How long things take, ms. */
export interface Timeouts {
  /** How long a client may take to prove who it is; default 30 000. */
  readonly auth?: number;
  /** After how long an absent customer has left; default 10 000. */
  readonly customerLeft?: number;
  /** After how long the chat of an absent customer is closed; default 90 000. */
  readonly autoclose?: number;
  /** How long a closed chat is kept, and goes on when its customer writes again; default 4 h. */
  readonly staleChat?: number;
}

export interface LibraryOptions extends StoreExtensions, DoorOptions {
  readonly timeouts?: Timeouts;
  /** What stands for chats and users in what operators hear of typing, closing and logs; default `objects` [HCD 20]. */
  readonly operatorArgs?: 'objects' | 'ids';
  /** Which lines about the life of a chat customers read; default `none`: clients stumble over them [HCD 14]. */
  readonly customerEvents?: 'none' | 'all';
  /** Events of one identity over all its sockets; what is beyond is ignored. Default 20/s, burst 100. */
  readonly customerRate?: RateLimit;
  /** The same for operators and agents. Default 500/s, burst 5000. */
  readonly staffRate?: RateLimit;
  /** Where chats are kept; default: memory, and a restart forgets them. Closed with the service. */
  readonly storage?: EventStore;
  /** Default: warnings of the process. */
  readonly log?: Log;
}

/** Enhancers alone, as the documentation has them, or everything [HC service]. */
export function wholeOptions(given: readonly StoreEnhancer[] | LibraryOptions = {}): LibraryOptions {
  return isList(given) ? { enhancers: given } : given;
}

function isList(given: readonly StoreEnhancer[] | LibraryOptions): given is readonly StoreEnhancer[] {
  return Array.isArray(given);
}

/** Throws a TypeError that names what is missing. */
export function authenticatorsIn(given: Authenticators): HappychatOptions['authenticators'] {
  const missing = ['agentAuthenticator', 'customerAuthenticator', 'operatorAuthenticator'].filter(
    (name) => !isRecord(given) || typeof given[name] !== 'function',
  );
  if (missing.length > 0) throw new TypeError(`service() needs ${missing.join(', ')}: who comes in is for you to say`);
  return {
    agent: given.agentAuthenticator,
    customer: given.customerAuthenticator,
    operator: given.operatorAuthenticator,
  };
}

export const defaultStaleMs: number = 4 * 60 * 60 * 1000;

/** The options in the words of the adapter. */
export function adapterOptions(
  authenticators: HappychatOptions['authenticators'],
  { timeouts = {}, operatorArgs, customerEvents, customerRate, staffRate }: LibraryOptions,
): Omit<HappychatOptions, 'workspaceId'> {
  const { auth, customerLeft, autoclose, staleChat = defaultStaleMs } = timeouts;
  return {
    authenticators,
    reuseMs: staleChat,
    ...(auth !== undefined && { authMs: auth }),
    ...(customerLeft !== undefined && { customerLeftMs: customerLeft }),
    ...(autoclose !== undefined && { autocloseMs: autoclose }),
    ...(operatorArgs !== undefined && { operatorArgs }),
    ...(customerEvents !== undefined && { customerEvents }),
    ...(customerRate !== undefined && { customerRate }),
    ...(staffRate !== undefined && { staffRate }),
  };
}
