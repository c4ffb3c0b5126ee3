import { createHmac } from 'node:crypto';
import { systemClock, type Clock, type TokenVerifier } from '@dragoman/core';
import { identityReader, type IdentityOptions } from './identity.js';
import { verifyJwt } from './jwt.js';

export interface Hs256Options extends IdentityOptions {
  /** At least 32 bytes as UTF-8: a shorter key is weaker than the hash [RFC 7518 3.2]. */
  readonly secret: string;
  /** The only `iss` accepted. Absent: any. */
  readonly issuer?: string;
  /** The `aud` a token must have. Absent: any. */
  readonly audience?: string;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** The shortest secret that is accepted, bytes. */
export const minSecretBytes = 32;

/** Verifies JSON Web Tokens signed with one shared secret. Throws a TypeError for a secret that is too short. */
export function hs256Verifier({
  secret,
  issuer,
  audience,
  clock = systemClock,
  ...person
}: Hs256Options): TokenVerifier {
  const bytes = new TextEncoder().encode(secret);
  if (bytes.byteLength < minSecretBytes) throw new TypeError(`the secret is shorter than ${minSecretBytes} bytes`);
  const key = crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  // Whoever knows the secret is the authority; its name must not tell it.
  const name = `hs256 ${createHmac('sha256', secret).update('authority').digest('base64')}`;
  const authority = { name, identityOf: identityReader(person) };
  const rules = { algorithms: ['HS256'], required: [], issuer, audience, authority, clock };
  return async (credential) => verifyJwt(credential, await key, rules);
}
