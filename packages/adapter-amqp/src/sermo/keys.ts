import { createHash } from 'node:crypto';
import type { Address } from './frames.js';

/** The name of a session: platform ids hold no slash. */
export function sessionKey({ platformId, userId }: Address): string {
  return `${platformId}/${userId}`;
}

/** Whose session it is; undefined for what is no name of one. */
export function addressIn(key: string | undefined): Address | undefined {
  const slash = key?.indexOf('/') ?? -1;
  return key === undefined || slash < 1 ? undefined : { platformId: key.slice(0, slash), userId: key.slice(slash + 1) };
}

/** One key for all events of a session, so that it can be spread by hash; at most 193 bytes. [SERMOD topology] */
export function routingKey({ platformId, userId }: Address): string {
  const isPlain = /^[A-Za-z0-9_-]{1,128}$/.test(userId);
  return `${platformId}.${isPlain ? userId : `h${createHash('sha256').update(userId).digest('hex').slice(0, 32)}`}`;
}
