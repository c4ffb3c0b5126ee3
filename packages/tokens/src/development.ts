import type { TokenVerifier, VerifiedIdentity } from '@dragoman/core';
import { invalid } from './standing.js';

const identities: Readonly<Record<string, (id: string) => Pick<VerifiedIdentity, 'role' | 'isSupervisor' | 'realm'>>> =
  {
    customer: () => ({ role: 'customer' }),
    operator: () => ({ role: 'operator' }),
    supervisor: () => ({ role: 'operator', isSupervisor: true }),
    bot: () => ({ role: 'bot' }),
    program: (id) => ({ role: 'customer', realm: id }),
  };

const credentialForm = /^dev-(customer|operator|supervisor|bot|program)-([a-z0-9]{1,32})$/;

/**
 * Lets in whoever says `dev-<role>-<id>`, role customer, operator, supervisor, bot or program, under the id with a capital
 * as his name. For development alone: these credentials are public.
 */
export function developmentVerifier(): TokenVerifier {
  return async (credential) => {
    const [, word = '', externalId = ''] = credentialForm.exec(credential) ?? [];
    const identity = identities[word]?.(externalId);
    if (identity === undefined) return invalid;
    const name = externalId.charAt(0).toUpperCase() + externalId.slice(1);
    const subject = word === 'program' ? {} : { subject: `dev ${externalId}` };
    return { ok: true, identity: { externalId, name, ...subject, ...identity } };
  };
}
