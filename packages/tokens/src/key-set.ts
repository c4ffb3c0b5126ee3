import type { Clock } from '@dragoman/core';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Answer } from './ask.js';
import type { Outage } from './outage.js';
import { Unavailable } from './unavailable.js';

export interface KeySetOptions {
  readonly fetchKeys: () => Promise<Answer>;
  readonly refreshAfterMs: number;
  readonly maxAgeMs: number;
  readonly maxStaleMs: number;
  readonly cooldownMs: number;
  readonly retryMs: number;
  readonly outage: Outage;
  readonly clock: Clock;
}

type Keys = ReturnType<typeof createLocalJWKSet>;

function isKeySet(value: unknown): value is JSONWebKeySet {
  return typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);
}

/** Throws for what is no key set; the keys in it are looked at when one is asked for. */
function keysIn(answer: Answer): Keys | string {
  if (!answer.ok) return answer.problem;
  if (!isKeySet(answer.json)) return 'the answer is no key set';
  try {
    return createLocalJWKSet(answer.json);
  } catch {
    return 'the answer is no key set';
  }
}

/**
 * The keys of a server, fetched when they are needed. The set that jose brings has no pause after a failed fetch and
 * forgets good keys while the server is away; this one asks never more than once at a time, pauses after success and
 * failure, and answers by what it knows while it asks, or while nobody answers it.
 */
export function createKeySet(options: KeySetOptions): JWTVerifyGetKey {
  const { fetchKeys, refreshAfterMs, maxAgeMs, maxStaleMs, cooldownMs, retryMs, outage, clock } = options;
  let known: { readonly keys: Keys; readonly at: number; readonly askedAt: number } | undefined;
  /** When an unknown key made us ask. */
  let lookedAt: number | undefined;
  let failedAt: number | undefined;
  let fetching: Promise<void> | undefined;

  async function fetchNow(): Promise<void> {
    const askedAt = clock.monotonic();
    const keys = keysIn(await fetchKeys());
    if (typeof keys === 'string') {
      failedAt = clock.monotonic();
      outage.failed(keys);
    } else {
      known = { keys, at: clock.monotonic(), askedAt };
      failedAt = undefined;
      outage.worked();
    }
  }

  /** Joins the fetch under way; does nothing in the pause after one that failed. */
  async function refresh(): Promise<void> {
    if (failedAt !== undefined && clock.monotonic() - failedAt < retryMs) return;
    fetching ??= fetchNow().finally(() => (fetching = undefined));
    await fetching;
  }

  const unavailable = (): Unavailable =>
    new Unavailable(failedAt === undefined ? retryMs : Math.max(1, failedAt + retryMs - clock.monotonic()));

  async function usable(): Promise<Keys> {
    const isWithin = (ms: number): boolean => known !== undefined && clock.monotonic() - known.at < ms;
    if (!isWithin(refreshAfterMs)) {
      const refreshed = refresh();
      // Nobody waits once more for a server that has just kept others waiting.
      const isAway = failedAt !== undefined && clock.monotonic() - failedAt < maxAgeMs;
      if (!isWithin(isAway ? maxAgeMs + maxStaleMs : maxAgeMs)) await refreshed;
    }
    if (known === undefined || !isWithin(maxAgeMs + maxStaleMs)) throw unavailable();
    return known.keys;
  }

  /** A key nobody knows may be new since we asked. Who makes up names of keys causes one fetch per cooldown. */
  async function newKeys(unfit: errors.JWKSNoMatchingKey, sinceMs: number): Promise<Keys> {
    const isFresh = known !== undefined && known.askedAt >= sinceMs;
    const isCooling = lookedAt !== undefined && clock.monotonic() - lookedAt < cooldownMs;
    if (failedAt === undefined && (isFresh || isCooling)) throw unfit;
    await refresh();
    if (failedAt !== undefined || known === undefined) throw unavailable();
    lookedAt = known.at;
    return known.keys;
  }

  return async (header, token) => {
    const sinceMs = clock.monotonic();
    const keys = await usable();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return (await newKeys(error, sinceMs))(header, token);
    }
  };
}
