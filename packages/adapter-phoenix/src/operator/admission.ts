import type { Identity, TokenVerifier } from '@dragoman/core';
import type { Admission } from '../clustaar/admission.js';
import type { ClustaarOptions } from '../options.js';
import type { OperatorJoin } from './frames.js';

/** A wrong token, somebody else's topic and whoever is no operator get one answer: nothing can be tried out [OP join]. */
export async function admitOperator(
  { token }: OperatorJoin,
  operatorId: string,
  { verify, workspaceId, name: space }: Pick<ClustaarOptions, 'verify' | 'workspaceId' | 'name'>,
  about: Parameters<TokenVerifier>[1],
): Promise<Admission> {
  const verified = await verify(token, about);
  if (!verified.ok) return { ok: false, reason: verified.code === 'unavailable' ? 'unavailable' : 'unauthorized' };
  const { externalId, role, realm = '', name = externalId, idType = 'string', ...person } = verified.identity;
  if (role !== 'operator' || externalId !== operatorId) return { ok: false, reason: 'unauthorized' };
  const identity: Identity = {
    ...person,
    workspaceId,
    space,
    side: 'operator',
    role,
    realm,
    externalId,
    idType,
    name,
    ...(verified.expiresAt !== undefined && { expiresAt: verified.expiresAt }),
  };
  return { ok: true, identity };
}
