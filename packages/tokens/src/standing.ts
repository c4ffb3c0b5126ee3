import type { Fields, Verified } from '@dragoman/core';
import type { IdentityOf } from './identity.js';

/** How far the clocks of two machines may differ, s. The end of a token is kept to the second. */
export const toleranceS = 30;

/** A longer credential is refused unread, UTF-16 units. */
export const maxTokenUnits = 8192;

/** How long to wait before asking again, when nothing better is known, ms. */
export const retryMs = 2000;

export const invalid: Verified = { ok: false, code: 'invalid' };
export const expired: Verified = { ok: false, code: 'expired' };

/** Claims that were proven otherwise, as the answer about their bearer at this time, ms since epoch. */
export function verifiedBy(claims: Fields, identityOf: IdentityOf, now: number): Verified {
  const { exp, nbf, iat } = claims;
  const isFuture = (time: unknown): boolean => typeof time === 'number' && time > now / 1000 + toleranceS;
  if (exp !== undefined && typeof exp !== 'number') return invalid;
  if (exp !== undefined && exp * 1000 <= now) return expired;
  if (isFuture(nbf) || isFuture(iat)) return invalid;
  const identity = identityOf(claims);
  if (identity === undefined) return invalid;
  return { ok: true, identity, ...(exp !== undefined && { expiresAt: exp * 1000 }) };
}
