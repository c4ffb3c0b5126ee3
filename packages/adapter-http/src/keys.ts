import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Fault } from '@dragoman/core';
import type { Scope } from './scopes.js';
import type { Rate } from './rates.js';

/** A backend's own key, as the configuration knows it. */
export interface ApiKey {
  /** `[a-z0-9-]{1,40}`: stands in logs, and in events beside what was asked with it. */
  readonly id: string;
  /**
   * `sha256:` and 64 hex digits. A key is 256 random bits: there is no list of likely ones to try against a stolen hash,
   * so a slow hash, which each request would pay for, would protect nothing more.
   */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  /** Default: that of the adapter. */
  readonly rate?: Rate;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The hash under which a key stands in the configuration. */
export const hashOf = (key: string): string => `sha256:${sha256(key).toString('hex')}`;

/** A new key for a backend, and what of it goes into the configuration. */
export function createKey(): { readonly key: string; readonly hash: string } {
  const key = `dgm_${randomBytes(32).toString('base64url')}`;
  return { key, hash: hashOf(key) };
}

/** Finds whose a key is, in a time that tells nothing of the keys. Throws CONFIG_INVALID for a key that is none. */
export function keyring(keys: readonly ApiKey[]): (presented: string) => ApiKey | undefined {
  const known = keys.map((key) => ({ key, digest: digestIn(key) }));
  const twice = keys.find(({ id }, index) => keys.findIndex((other) => other.id === id) !== index);
  if (twice !== undefined) throw new Fault('CONFIG_INVALID', `two API keys are called ${twice.id}`);
  return (presented) => {
    const digest = sha256(presented);
    // Every one is looked at, so that it does not show which was met, or how many there are.
    return known.filter((one) => timingSafeEqual(one.digest, digest))[0]?.key;
  };
}

function digestIn({ id, hash }: ApiKey): Buffer {
  if (!/^[a-z0-9-]{1,40}$/.test(id)) throw new Fault('CONFIG_INVALID', `an API key cannot be called ${id}`);
  const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(hash) ?? [];
  if (hex === undefined)
    throw new Fault('CONFIG_INVALID', `the hash of API key ${id} is not sha256: and 64 hex digits`);
  return Buffer.from(hex, 'hex');
}
