import type { TokenVerifier, Verified } from '@dragoman/core';
import { expired, invalid } from './standing.js';

/**
 * Asks one verifier after the other, in this order, until one accepts. When none does, one that could not tell outweighs
 * one that saw an old token, and that one outweighs those who know nothing of it: the answer says what may help.
 */
export function firstOf(verifiers: readonly TokenVerifier[]): TokenVerifier {
  return async (credential, about) => {
    const refusals: Verified[] = [];
    for (const verify of verifiers) {
      const verified = await verify(credential, about);
      if (verified.ok) return verified;
      refusals.push(verified);
    }
    const unavailable = refusals.find((one) => !one.ok && one.code === 'unavailable');
    return unavailable ?? (refusals.some((one) => !one.ok && one.code === 'expired') ? expired : invalid);
  };
}
