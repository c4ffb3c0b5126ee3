import type { Clock, Fields, TokenVerifier, Verified, VerifiedIdentity } from '@dragoman/core';
import { errors, jwtVerify, type JWTPayload } from 'jose';

export interface Hs256Options {
  /** At least 32 bytes. */
  readonly secret: string;
  /** The only `iss` accepted. Absent: any. */
  readonly issuer?: string;
  /** The `aud` a token must have. Absent: any. */
  readonly audience?: string;
  readonly clock: Clock;
}

/** A longer credential is refused unread. */
const maxTokenUnits = 16_384;
/** How far the clocks of two machines may differ, s. */
const toleranceS = 5;

const roles = {
  customer: { role: 'customer' },
  operator: { role: 'operator' },
  supervisor: { role: 'operator', isSupervisor: true },
  bot: { role: 'bot' },
  monitor: { role: 'monitor' },
} as const;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The facts about a person that dialects show; whatever else a backend signs stays out. */
const profileKeys = ['username', 'display_name', 'displayName', 'avatar_URL', 'picture', 'email', 'session_id'];

function profileOf(claims: Fields, user: Fields): Fields {
  const known = profileKeys.flatMap((key) => {
    const value = user[key] ?? claims[key];
    return typeof value === 'string' && value.length <= 1000 ? [[key, value] as const] : [];
  });
  return Object.fromEntries(known);
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 200;

function textOf(...values: readonly unknown[]): string | undefined {
  return values.find(isName);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/**
 * The person of a token: `sub`, `role`, `name`, `locale`, `groups`, or a `user` object with an `ID` as WordPress backends
 * sign it [HC 1.3]. A token without a role is a customer's: the least anybody can be.
 */
function identityOf(claims: JWTPayload): VerifiedIdentity | undefined {
  const user = isRecord(claims['user']) ? claims['user'] : {};
  const id = claims.sub ?? user['ID'] ?? user['id'];
  const role = Object.entries(roles).find(([name]) => name === (claims['role'] ?? 'customer'))?.[1];
  const isNumber = typeof id === 'number' && Number.isSafeInteger(id);
  if (role === undefined || (!isNumber && textOf(id) === undefined)) return undefined;
  const name = textOf(claims['name'], user['display_name'], user['displayName']);
  const locale = textOf(claims['locale']);
  return {
    externalId: String(id),
    idType: isNumber ? 'number' : 'string',
    ...role,
    profile: profileOf(claims, user),
    ...(name !== undefined && { name }),
    ...(locale !== undefined && { locale }),
    ...(isTextList(claims['groups']) && { groups: claims['groups'] }),
  };
}

function verified(claims: JWTPayload): Verified {
  const identity = identityOf(claims);
  if (identity === undefined) return { ok: false, code: 'invalid' };
  return { ok: true, identity, ...(claims.exp !== undefined && { expiresAt: claims.exp * 1000 }) };
}

/** Verifies JSON Web Tokens signed with one shared secret. */
export function hs256Verifier({ secret, issuer, audience, clock }: Hs256Options): TokenVerifier {
  const key = new TextEncoder().encode(secret);
  return async (credential) => {
    if (credential.length > maxTokenUnits) return { ok: false, code: 'invalid' };
    try {
      const { payload } = await jwtVerify(credential, key, {
        algorithms: ['HS256'],
        clockTolerance: toleranceS,
        currentDate: new Date(clock.now()),
        ...(issuer !== undefined && { issuer }),
        ...(audience !== undefined && { audience }),
      });
      return verified(payload);
    } catch (error) {
      return { ok: false, code: error instanceof errors.JWTExpired ? 'expired' : 'invalid' };
    }
  };
}
