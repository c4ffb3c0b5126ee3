import type { Fields, Verified, VerifiedIdentity } from '@dragoman/core';
import type { IdentityOf } from './identity.js';

/** How far the clocks of two machines may differ, s. The end of a token is kept to the second. */
export const toleranceS = 30;

/** A longer credential is refused unread, UTF-16 units. */
export const maxTokenUnits = 8192;

/** How long to wait before asking again, when nothing better is known, ms. */
export const retryMs = 2000;

export const invalid: Verified = { ok: false, code: 'invalid' };
export const expired: Verified = { ok: false, code: 'expired' };

/** What is known of whoever vouches for claims. */
export interface Authority {
  /** Its name: the same id of another authority is another person's. */
  readonly name: string;
  readonly identityOf: IdentityOf;
}

/** Undefined for a program, whose token speaks for its own users. */
function subjectOf({ realm, externalId }: VerifiedIdentity, authority: string): string | undefined {
  return realm === undefined ? JSON.stringify([authority, externalId]) : undefined;
}

/** Claims that were proven otherwise, as the answer about their bearer at this time, ms since epoch. */
export function verifiedBy(claims: Fields, authority: Authority, now: number): Verified {
  const { exp, nbf, iat } = claims;
  const isFuture = (time: unknown): boolean => typeof time === 'number' && time > now / 1000 + toleranceS;
  if (exp !== undefined && typeof exp !== 'number') return invalid;
  if (exp !== undefined && exp * 1000 <= now) return expired;
  if (isFuture(nbf) || isFuture(iat)) return invalid;
  const known = authority.identityOf(claims);
  if (known === undefined) return invalid;
  const subject = subjectOf(known, authority.name);
  const identity = { ...known, ...(subject !== undefined && { subject }) };
  return { ok: true, identity, ...(exp !== undefined && { expiresAt: exp * 1000 }) };
}
