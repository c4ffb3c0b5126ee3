import { createHash, timingSafeEqual } from 'node:crypto';
import type { Identity, TokenVerifier } from '@dragoman/core';
import type { ClustaarOptions } from '../options.js';
import type { JoinParams } from './frames.js';

/** Who joins, or why nobody does; only `unavailable` is worth asking again. */
export type Admission =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly reason: 'unauthorized' | 'unavailable' };

const unauthorized: Admission = { ok: false, reason: 'unauthorized' };

/** An unknown bot, a wrong token and somebody else's topic get one answer: nothing can be tried out [CLU join]. */
export async function admit(
  { botId, socketToken }: JoinParams,
  interlocutorId: string,
  { verify, bots, workspaceId, name }: Pick<ClustaarOptions, 'verify' | 'bots' | 'workspaceId' | 'name'>,
  about: Parameters<TokenVerifier>[1],
): Promise<Admission> {
  const verified = await verify(socketToken, about);
  if (!verified.ok) return verified.code === 'unavailable' ? { ok: false, reason: 'unavailable' } : unauthorized;
  const { externalId, role, realm, ...person } = verified.identity;
  const isHis = role === 'customer' && externalId === interlocutorId && (realm === undefined || realm === botId);
  if (!isHis || !Object.hasOwn(bots, botId)) return unauthorized;
  const identity: Identity = {
    ...person,
    workspaceId,
    space: name,
    side: 'customer',
    role,
    realm: botId,
    externalId,
    idType: 'string',
    name: person.name ?? '',
    ...(verified.expiresAt !== undefined && { expiresAt: verified.expiresAt }),
  };
  return { ok: true, identity };
}

/** In constant time, whatever the lengths. */
export function isSameKey(shown: string, known: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(shown), digest(known));
}
