import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@dragoman/core';

/** [PHX longpoll token] */
const maxAgeMs = 14 * 24 * 3_600_000;
const timeBytes = 6;
const nameBytes = 18;
const shape = /^([A-Za-z0-9_-]{24})\.([A-Za-z0-9_-]{43})$/;

/** Names of long-poll sessions: who knows one has the session. */
export interface Tokens {
  make(): string;
  /** Whether it was made under the same secret for the same mount, and not too long ago. */
  isOurs(token: string): boolean;
}

/** The time it was made and chance, signed. [PHX longpoll token] */
export function createTokens(options: { readonly mount: string; readonly secret: string; clock: Clock }): Tokens {
  const { mount, secret, clock } = options;
  const sign = (name: string): Buffer => createHmac('sha256', secret).update(`${mount}\n${name}`).digest();
  return {
    make() {
      const name = randomBytes(nameBytes);
      name.writeUIntBE(clock.now(), 0, timeBytes);
      const text = name.toString('base64url');
      return `${text}.${sign(text).toString('base64url')}`;
    },
    isOurs(token) {
      const [, name, signature] = shape.exec(token) ?? [];
      if (name === undefined || signature === undefined) return false;
      if (!timingSafeEqual(sign(name), Buffer.from(signature, 'base64url'))) return false;
      const madeAt = Buffer.from(name, 'base64url').readUIntBE(0, timeBytes);
      return clock.now() - madeAt <= maxAgeMs;
    },
  };
}
