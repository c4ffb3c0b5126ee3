import type { TokenVerifier } from '@dragoman/core';
import type { RateLimit } from '../rate.js';
import type { SignInLimits } from './connection.js';

export interface TicketsOptions {
  readonly workspaceId: string;
  /**
   * Whose token it is. Customers and operators are let in; a customer with a `realm` is an external program, which says
   * by `subscribe` for whom it speaks, and the realm is its `programId` [TKD tokens].
   */
  readonly verify: TokenVerifier;
  /** The adapter's name, and the space of its ids. Default `tickets`. */
  readonly space?: string;
  /** Default `/`. */
  readonly namespace?: string;
  /** Bounds of the sign-in, each by itself; defaults as in `defaultSignIn`. */
  readonly signIn?: Partial<SignInLimits>;
  /** How long the verifier may take, ms; default 5000. */
  readonly verifyMs?: number;
  /** How long a call may take before it is answered `unavailable`, ms; default 10 000. */
  readonly answerMs?: number;
  /** Characters, and bytes, that nobody in particular may send; default 65 536. */
  readonly strangerUnits?: number;
  /** Failed sign-ins of one address within a minute before it is kept out; default 20. */
  readonly failuresPerAddress?: number;
  /** How long it is kept out, ms; default 60 000. */
  readonly keepOutMs?: number;
  /** Open tickets of one owner; default 5. */
  readonly maxOpenTickets?: number;
  /** How long after closing an operator may open a ticket again, ms; default 24 h. */
  readonly reopenMs?: number;
  /** Who may take a ticket from somebody else: every operator, or supervisors alone. Default `any`. */
  readonly hijack?: 'any' | 'supervisor';
  /** Calls of one connection; default 30/s, burst 60. */
  readonly callRate?: RateLimit;
  /** Of these, messages; default 5/s, burst 20. */
  readonly messageRate?: RateLimit;
  /** Of these, images, by person; default 10 a minute, burst 10. */
  readonly imageRate?: RateLimit;
  /** Characters, and bytes, of a connection that is signed in: pictures are large. Default 2 000 000/s, burst 80 000 000. */
  readonly inflowRate?: RateLimit;
  /** Refused for their rate within a minute, so many calls close the connection; default 500. */
  readonly maxRateRefusals?: number;
  /** Typing of one person in one ticket goes on at most this often, ms; default 2000. */
  readonly typingEveryMs?: number;
}

export const defaultSignIn: SignInLimits = {
  authMs: 30_000,
  maxFailures: 5,
  attemptGapMs: 500,
  suspendedMs: 60_000,
  maxTokenMs: 24 * 3_600_000,
};

const defaults = {
  space: 'tickets',
  namespace: '/',
  verifyMs: 5000,
  answerMs: 10_000,
  strangerUnits: 65_536,
  failuresPerAddress: 20,
  keepOutMs: 60_000,
  maxOpenTickets: 5,
  reopenMs: 24 * 3_600_000,
  hijack: 'any',
  callRate: { perSecond: 30, burst: 60 },
  messageRate: { perSecond: 5, burst: 20 },
  imageRate: { perSecond: 10 / 60, burst: 10 },
  inflowRate: { perSecond: 2_000_000, burst: 80_000_000 },
  maxRateRefusals: 500,
  typingEveryMs: 2000,
} as const;

export type Settings = Required<Omit<TicketsOptions, 'signIn'>> & { readonly signIn: SignInLimits };

export function settingsOf(options: TicketsOptions): Settings {
  return { ...defaults, ...options, signIn: { ...defaultSignIn, ...options.signIn } };
}

/** Bounds of what is handed over after a reconnect [TKD replay]. */
export const replayLimits = {
  tickets: 200,
  unread: 200,
  messages: 500,
  /** State changes older than this are forgotten, ms: 7 days. */
  maxAgeMs: 604_800_000,
  /** Messages of tickets that are closed for so long are not handed over, ms: 24 h. */
  closedMs: 86_400_000,
  /** How often one message is handed over to one person who never confirms it. */
  times: 5,
  /** Characters of images under way at a time; the rest comes when the client has taken these. */
  imageUnits: 6_000_000,
} as const;
