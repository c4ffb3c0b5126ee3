import { silentLog, systemClock, type Clock, type Log, type TokenVerifier } from '@dragoman/core';
import { addressOf, ask } from './ask.js';
import { createGate } from './gate.js';
import { identityReader, type IdentityOptions } from './identity.js';
import { verifyJwt } from './jwt.js';
import { createKeySet } from './key-set.js';
import { createOutage } from './outage.js';
import { retryMs } from './standing.js';

/** Signatures by a key pair; what else a token names is refused [RFC 8725 3.1]. */
export const jwksAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] as const;
export type JwksAlgorithm = (typeof jwksAlgorithms)[number];

export interface JwksOptions extends IdentityOptions {
  /** Of the key set [RFC 7517 5]; never taken from a token. https, or http on this machine. */
  readonly url: string;
  /** The only `iss` accepted. */
  readonly issuer: string;
  /** The `aud` a token must have. */
  readonly audience: string;
  /** Default: all of `jwksAlgorithms`. */
  readonly algorithms?: readonly JwksAlgorithm[];
  /** Allows http to other machines. Default false. */
  readonly allowHttp?: boolean;
  /** Keys that old are fetched anew while tokens are judged by them. Default: half of `maxAgeMs`. */
  readonly refreshAfterMs?: number;
  /** Keys that old are not used before others have been asked for. Default 600 000. */
  readonly maxAgeMs?: number;
  /** So much longer they are used while the server does not answer. Default 3 600 000. */
  readonly maxStaleMs?: number;
  /** A token with an unknown key makes us ask for new keys so long after the last time at the earliest. Default 30 000. */
  readonly cooldownMs?: number;
  /** After a failed fetch none is tried for so long. Default 2000. */
  readonly retryMs?: number;
  /** How long the server may take. Default 3000. */
  readonly timeoutMs?: number;
  /** Of the key set. Default 262 144. */
  readonly maxBytes?: number;
  /** Tokens looked at or waiting for keys at a time; more are answered `unavailable`. Default 1000. */
  readonly maxWaiting?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Told when the key server goes and when it is back. Default: nobody. */
  readonly log?: Log;
}

const defaults = {
  maxAgeMs: 600_000,
  maxStaleMs: 3_600_000,
  cooldownMs: 30_000,
  retryMs,
  timeoutMs: 3000,
  maxBytes: 262_144,
  maxWaiting: 1000,
} as const;

/**
 * Verifies JSON Web Tokens by the public keys that their issuer serves; keys may change at any time. `iss`, `aud` and
 * `exp` are required. Throws a TypeError for an address that is not fit.
 */
export function jwksVerifier(options: JwksOptions): TokenVerifier {
  const { clock = systemClock, log = silentLog, algorithms = jwksAlgorithms, issuer, audience } = options;
  const limits = { ...defaults, ...options };
  const url = addressOf(options.url, options.allowHttp ?? false);
  const headers = { accept: 'application/jwk-set+json, application/json' };
  const { timeoutMs, maxBytes } = limits;
  const keys = createKeySet({
    ...limits,
    refreshAfterMs: options.refreshAfterMs ?? limits.maxAgeMs / 2,
    fetchKeys: () => ask({ url, method: 'GET', headers, timeoutMs, maxBytes, clock }),
    outage: createOutage(log, 'key server', url),
    clock,
  });
  const gate = createGate({ atOnce: limits.maxWaiting, waiting: 0, patienceMs: 0, clock });
  const authority = { name: `jwks ${issuer}`, identityOf: identityReader(options) };
  const rules = { algorithms, required: ['exp'], issuer, audience, authority, clock };
  return async (credential) =>
    (await gate(() => verifyJwt(credential, keys, rules))) ?? { ok: false, code: 'unavailable', retryAfterMs: retryMs };
}
