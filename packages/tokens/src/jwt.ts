import type { Clock, Verified } from '@dragoman/core';
import { errors, jwtVerify, type CryptoKey, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { expired, invalid, maxTokenUnits, toleranceS, verifiedBy, type Authority } from './standing.js';
import { Unavailable } from './unavailable.js';

export interface JwtRules {
  readonly algorithms: readonly string[];
  readonly required: readonly string[];
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly authority: Authority;
  readonly clock: Clock;
}

/** A token without `kid` may fit several keys: so many are tried. */
const maxCandidates = 10;

async function claimsOf(token: string, key: CryptoKey | JWTVerifyGetKey, rules: JwtRules): Promise<JWTPayload> {
  const options = {
    algorithms: [...rules.algorithms],
    requiredClaims: [...rules.required],
    clockTolerance: toleranceS,
    currentDate: new Date(rules.clock.now()),
    ...(rules.issuer !== undefined && { issuer: rules.issuer }),
    ...(rules.audience !== undefined && { audience: rules.audience }),
  };
  const { payload } = await (typeof key === 'function'
    ? jwtVerify(token, key, options)
    : jwtVerify(token, key, options));
  return payload;
}

/** The claims by the first of several keys that fits the signature. */
async function claimsByOneOf(keys: AsyncIterable<CryptoKey>, token: string, rules: JwtRules): Promise<JWTPayload> {
  let tried = 0;
  for await (const key of keys) {
    tried += 1;
    try {
      return await claimsOf(token, key, rules);
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed) || tried === maxCandidates) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

function refusal(error: unknown): Verified {
  if (error instanceof Unavailable) return { ok: false, code: 'unavailable', retryAfterMs: error.retryAfterMs };
  return error instanceof errors.JWTExpired ? expired : invalid;
}

/** What a JSON Web Token says of its bearer [RFC 7519 7.2]. Never throws. */
export async function verifyJwt(token: string, key: CryptoKey | JWTVerifyGetKey, rules: JwtRules): Promise<Verified> {
  if (token.length > maxTokenUnits) return invalid;
  try {
    const claims = await claimsOf(token, key, rules).catch((error: unknown) => {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return claimsByOneOf(error, token, rules);
      throw error;
    });
    return verifiedBy(claims, rules.authority, rules.clock.now());
  } catch (error) {
    return refusal(error);
  }
}
