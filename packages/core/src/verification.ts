import type { Fields } from './participant.js';

/** What a verified credential says; the adapter adds its space, side and realm. */
export interface VerifiedIdentity {
  readonly externalId: string;
  readonly idType?: 'string' | 'number';
  readonly role: 'customer' | 'operator' | 'bot' | 'monitor';
  readonly realm?: string;
  readonly name?: string;
  readonly isSupervisor?: boolean;
  readonly profile?: Fields;
  readonly locale?: string;
  readonly groups?: readonly string[];
  /** As in `Identity`: of everybody who has ever been vouched for by anybody, the same for this person alone. */
  readonly subject?: string;
}

export type Verified =
  | { readonly ok: true; readonly identity: VerifiedIdentity; readonly expiresAt?: number }
  | { readonly ok: false; readonly code: 'invalid' | 'expired' | 'unavailable'; readonly retryAfterMs?: number };

/** Answers whom a credential belongs to. Never throws for a bad one. */
export type TokenVerifier = (credential: string, about: { readonly remoteAddress?: string }) => Promise<Verified>;
