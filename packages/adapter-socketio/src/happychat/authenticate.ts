import type { Clock, Fields, Log, Role, TokenVerifier, VerifiedIdentity } from '@dragoman/core';
import type { Socket } from 'socket.io';
import type { Peer } from '../transport.js';
import { isRecord, parseWishes } from './frames.js';

/** What an authenticator may tell beside the user; none of it reaches a client. */
export interface AuthenticatedMore {
  /** When the credential runs out, ms since epoch. Absent: never. */
  readonly expiresAt?: number;
  readonly isSupervisor?: boolean;
  /** Whom the credential names beyond this protocol, see `Identity` of core. Absent: nobody else can know. */
  readonly subject?: string;
}

/**
 * Finds out who is at the other end of a socket, by whatever conversation it likes, and calls back once: with an error,
 * or with the user as clients shall see him in `init`. Throwing counts as an error [HCS authenticators]. `remoteAddress` is
 * where the client is, also behind a proxy that is trusted.
 */
export type Authenticator = (
  socket: Socket,
  callback: (error: unknown, user?: unknown, more?: AuthenticatedMore) => void,
  about: { readonly remoteAddress: string },
) => void;

export type HappychatRole = 'customer' | 'operator' | 'agent';

/** Keys that must be neither null nor absent [HCS authenticators]; agents need none. */
const requiredKeys: Readonly<Record<HappychatRole, readonly string[]>> = {
  customer: ['id', 'username', 'picture', 'session_id'],
  operator: ['id', 'username', 'picture'],
  agent: [],
};

/** Somebody who was let in. */
export interface Authenticated {
  readonly user: Fields;
  readonly more: AuthenticatedMore;
}

/** Runs an authenticator against its deadline. Undefined: refused; the log says why, the client is not told. */
export function authenticate(
  peer: Peer,
  how: { readonly role: HappychatRole; readonly authenticator: Authenticator; readonly withinMs: number },
  around: { readonly clock: Clock; readonly log: Log },
): Promise<Authenticated | undefined> {
  return new Promise((resolve) => {
    let isSettled = false;
    // Only the first answer counts, whoever gives it [HCS authenticators].
    const settle = (known: Authenticated | undefined, reason?: string): void => {
      if (isSettled) return;
      isSettled = true;
      cancel();
      if (reason !== undefined)
        around.log.info({ socketId: peer.id, role: how.role, reason }, 'a client was not let in');
      resolve(known);
    };
    const cancel = around.clock.after(how.withinMs, () => settle(undefined, 'it did not answer in time'));
    peer.onGone(() => settle(undefined));
    try {
      const answered: Parameters<Authenticator>[1] = (error, user, more = {}) => {
        const problem = error ? 'its credentials were refused' : problemOf(how.role, user);
        if (problem !== undefined) settle(undefined, problem);
        else settle({ user: isRecord(user) ? user : {}, more });
      };
      how.authenticator(peer.socket, answered, { remoteAddress: peer.remoteAddress });
    } catch {
      settle(undefined, 'the authenticator failed');
    }
  });
}

/** Why this user cannot be let in; undefined: he can. */
function problemOf(role: HappychatRole, user: unknown): string | undefined {
  const keys = requiredKeys[role];
  if (!isRecord(user)) return keys.length === 0 ? undefined : 'the authenticator gave no user';
  const missing = keys.filter((key) => user[key] === undefined || user[key] === null);
  return missing.length === 0 ? undefined : `the user lacks ${missing.join(', ')}`;
}

const rolesOf: Readonly<Record<HappychatRole, readonly Role[]>> = {
  customer: ['customer'],
  operator: ['operator'],
  agent: ['bot', 'monitor'],
};

/**
 * The convention of the real client [HCC token]: the server sends `token` with nothing but an acknowledgement, the client
 * answers with one object whose `jwt` proves who it is. The credential must be for the role of the namespace.
 */
export function tokenAuthenticator(verify: TokenVerifier): Authenticator {
  return (socket, callback, about) => {
    socket.emit('token', (answer: unknown) => {
      const jwt = isRecord(answer) ? answer['jwt'] : undefined;
      if (!isRecord(answer) || typeof jwt !== 'string' || jwt === '') return callback(new Error('no token'));
      verify(jwt, about).then(
        (verified) => {
          if (!verified.ok) return callback(new Error(verified.code));
          const role = roleOf(socket);
          if (role === undefined || !rolesOf[role].includes(verified.identity.role)) {
            return callback(new Error('the token is for another role'));
          }
          const more = {
            ...(verified.expiresAt !== undefined && { expiresAt: verified.expiresAt }),
            ...(verified.identity.subject !== undefined && { subject: verified.identity.subject }),
            ...(verified.identity.isSupervisor !== undefined && { isSupervisor: verified.identity.isSupervisor }),
          };
          callback(undefined, toUserObject(verified.identity, role, answer), more);
        },
        (error: unknown) => callback(error ?? new Error('the verifier failed')),
      );
    });
  };
}

function roleOf(socket: Socket): HappychatRole | undefined {
  switch (socket.nsp.name) {
    case '/customer':
      return 'customer';
    case '/operator':
      return 'operator';
    case '/agent':
      return 'agent';
    default:
      return undefined;
  }
}

/** The user of a verified token, under the names of this wire; tokens may use those of the original's backend. */
function toUserObject(identity: VerifiedIdentity, role: HappychatRole, answer: Fields): Fields {
  const profile = identity.profile ?? {};
  const id = identity.idType === 'number' ? Number(identity.externalId) : identity.externalId;
  const wishes = role === 'customer' ? parseWishes(answer) : {};
  const locale = identity.locale ?? wishes.locale;
  const groups = identity.groups ?? wishes.groups;
  return {
    id,
    username: profile['username'] ?? identity.externalId,
    displayName: identity.name ?? profile['displayName'] ?? profile['display_name'] ?? identity.externalId,
    picture: profile['picture'] ?? profile['avatar_URL'] ?? '',
    ...(role === 'customer' && { session_id: profile['session_id'] ?? identity.externalId }),
    ...(locale !== undefined && { locale }),
    ...(groups !== undefined && { groups }),
  };
}
