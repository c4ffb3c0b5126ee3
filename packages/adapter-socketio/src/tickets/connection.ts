import type { Verified, VerifiedIdentity } from '@dragoman/core';
import { sentences, type TicketsCode } from './answers.js';

/** Bounds of a connection's sign-in; all in ms but the number of failures [TKD connection]. */
export interface SignInLimits {
  /** Without a successful `authenticate` for so long a connection is closed; each attempt starts it anew. */
  readonly authMs: number;
  /** So many failed attempts in a row close it. */
  readonly maxFailures: number;
  /** Attempts closer than this wait. */
  readonly attemptGapMs: number;
  /** How long somebody whose token expired may bring a new one. */
  readonly suspendedMs: number;
  /** The longest a token counts, whatever it says. */
  readonly maxTokenMs: number;
}

/** What `unauthenticated` carries. */
export interface Unauthenticated {
  readonly code: TicketsCode;
  readonly message: string;
  readonly attemptsLeft: number;
  readonly retryAfterMs: number;
}

/** Where a connection stands; all of it that changes. */
export interface Standing {
  readonly phase: 'connected' | 'authenticated' | 'suspended' | 'closed';
  /** Of the last verified token; stays while suspended. */
  readonly identity: VerifiedIdentity | null;
  readonly expiresAt: number | null;
  /** Number of the last attempt; answers to earlier ones are ignored. */
  readonly attempt: number;
  readonly attemptedAt: number | null;
  readonly failures: number;
  /** When `due` is to be called next. */
  readonly alarmAt: number | null;
  /** When it was last told to authenticate first. */
  readonly scoldedAt: number | null;
}

export type Effect =
  /** Verify the token after so long. */
  | { readonly do: 'verify'; readonly attempt: number; readonly token: string; readonly afterMs: number }
  /** A verified identity; `isSame`: the one that was there before, so that everything stays. */
  | { readonly do: 'admit'; readonly identity: VerifiedIdentity; readonly isSame: boolean }
  | { readonly do: 'tell'; readonly what: Unauthenticated }
  /** Deliveries stop, nothing is lost. */
  | { readonly do: 'suspend' }
  | { readonly do: 'close' };

export interface Step {
  readonly standing: Standing;
  readonly effects: readonly Effect[];
}

/** How long a verifier that cannot answer is left alone, ms [TKD connection]. */
const verifierRetryMs = 2000;

/** The event `unauthenticated` for calls that came too early goes out at most this often, ms [TKD connection]. */
const scoldEveryMs = 1000;

export function arrived(now: number, limits: SignInLimits): Standing {
  return {
    phase: 'connected',
    identity: null,
    expiresAt: null,
    attempt: 0,
    attemptedAt: null,
    failures: 0,
    alarmAt: now + limits.authMs,
    scoldedAt: null,
  };
}

/** A token came, or (undefined) something that is none, which counts as a failed attempt. */
export function authenticate(from: Standing, token: string | undefined, now: number, limits: SignInLimits): Step {
  const next = { ...from, attempt: from.attempt + 1 };
  if (token === undefined) return failed(next, 'invalid_request', now, limits);
  const sinceMs = now - (from.attemptedAt ?? -Infinity);
  // A clock that was set back would have him wait for as long.
  const afterMs = Math.min(limits.attemptGapMs, Math.max(0, limits.attemptGapMs - sinceMs));
  const standing = { ...patient(next, now, limits), attemptedAt: now + afterMs };
  return { standing, effects: [{ do: 'verify', attempt: standing.attempt, token, afterMs }] };
}

/** The verifier has answered one attempt. */
export function verified(
  from: Standing,
  { attempt, answer }: { readonly attempt: number; readonly answer: Verified },
  now: number,
  limits: SignInLimits,
): Step {
  if (attempt !== from.attempt || from.phase === 'closed') return { standing: from, effects: [] };
  if (!answer.ok) return failed(from, failureOf(answer), now, limits, answer.retryAfterMs);
  const { identity, expiresAt = null } = answer;
  if (identity.role !== 'customer' && identity.role !== 'operator')
    return failed(from, 'insufficient_scope', now, limits);
  if (expiresAt !== null && expiresAt <= now) return failed(from, 'token_expired', now, limits);
  const isSame = from.identity !== null && areSame(from.identity, identity);
  const alarmAt = Math.min(expiresAt ?? Infinity, now + limits.maxTokenMs);
  const standing: Standing = { ...from, phase: 'authenticated', identity, expiresAt, failures: 0, alarmAt };
  return { standing, effects: [{ do: 'admit', identity, isSame }] };
}

/**
 * The alarm went off. A connection that serves another namespace as well is left alone until it says something here:
 * clients of Engine.IO 3 are in the default namespace whether they want to or not [SIO5 compatibility].
 */
export function due(from: Standing, isAlone: boolean, now: number, limits: SignInLimits): Step {
  switch (from.phase) {
    case 'connected':
      if (!isAlone) return { standing: { ...from, alarmAt: now + limits.authMs }, effects: [] };
      return closed(from, 'auth_timeout', limits);
    case 'authenticated': {
      const standing: Standing = { ...from, phase: 'suspended', alarmAt: now + limits.suspendedMs };
      return { standing, effects: [{ do: 'suspend' }, tell(standing, 'token_expired', limits)] };
    }
    case 'suspended':
      return { standing: { ...from, phase: 'closed', alarmAt: null }, effects: [{ do: 'close' }] };
    case 'closed':
      return { standing: from, effects: [] };
  }
}

/** Something else than `authenticate` came from nobody: it is not executed. */
export function trespassed(from: Standing, now: number, limits: SignInLimits): Step {
  if (from.scoldedAt !== null && Math.abs(now - from.scoldedAt) < scoldEveryMs) return { standing: from, effects: [] };
  const standing = { ...from, scoldedAt: now };
  return { standing, effects: [tell(standing, 'auth_required', limits)] };
}

function failed(
  from: Standing,
  code: TicketsCode,
  now: number,
  limits: SignInLimits,
  retryAfterMs: number = code === 'verifier_unavailable' ? verifierRetryMs : 0,
): Step {
  const failures = code === 'verifier_unavailable' ? from.failures : from.failures + 1;
  const standing = { ...patient(from, now, limits), failures };
  if (failures >= limits.maxFailures) return closed(standing, 'too_many_attempts', limits);
  return { standing, effects: [tell(standing, code, limits, retryAfterMs)] };
}

/** Who is not signed in yet gets the whole time again; a token that still counts, and a suspension, end when they end. */
function patient(from: Standing, now: number, limits: SignInLimits): Standing {
  return from.phase === 'connected' ? { ...from, alarmAt: now + limits.authMs } : from;
}

function closed(from: Standing, code: TicketsCode, limits: SignInLimits): Step {
  const standing: Standing = { ...from, phase: 'closed', alarmAt: null };
  return { standing, effects: [tell(standing, code, limits), { do: 'close' }] };
}

function tell({ failures }: Standing, code: TicketsCode, limits: SignInLimits, retryAfterMs: number = 0): Effect {
  const attemptsLeft = Math.max(0, limits.maxFailures - failures);
  return { do: 'tell', what: { code, message: sentences[code], attemptsLeft, retryAfterMs } };
}

function failureOf({ code }: Extract<Verified, { ok: false }>): TicketsCode {
  switch (code) {
    case 'invalid':
      return 'invalid_token';
    case 'expired':
      return 'token_expired';
    case 'unavailable':
      return 'verifier_unavailable';
  }
}

function areSame(one: VerifiedIdentity, other: VerifiedIdentity): boolean {
  return one.externalId === other.externalId && one.role === other.role && (one.realm ?? '') === (other.realm ?? '');
}
