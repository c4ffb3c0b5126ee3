import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Fault } from '@dragoman/core';
import type { Ext } from '../bayeux.js';
import { parseSender, type Speaker } from './frames.js';

/**
 * How far somebody is believed. `trusted`: with the service token, for anybody. `own`: with a token of his own, for
 * himself. `wrong`: a token was shown, and not ours.
 */
export type Trust = 'none' | 'trusted' | 'own' | 'wrong';

/** Managers and back ends show the service token, people their own tokens where there is a key for them. */
export interface TokenAuth {
  readonly kind: 'token';
  readonly serviceToken: string;
  /** Signs the tokens of single people, see `personToken`; at least 32 bytes. Default: there are none. */
  readonly personKey?: string;
  /** `personal`: a visitor shows a token of his own. Default `none`: his id is his secret. */
  readonly visitorToken?: 'none' | 'personal';
}

/** `open`: everybody is believed without any token, for trusted networks. [CONVEAD sender] */
export type Auth = TokenAuth | { readonly kind: 'open' };

/** Who a Bayeux client says it is, as far as it is believed. */
export interface Claim {
  readonly trust: Trust;
  /** Whom it stands for; undefined for back ends and for visitors who only name a channel. */
  readonly person: Speaker | undefined;
}

/** Who is believed, and how far. */
export interface Credentials {
  readonly isOpen: boolean;
  /** Whether somebody may be a visitor by naming his id alone. */
  readonly believesVisitors: boolean;
  /** Of what was shown as a token, in a header, a parameter or `ext`, by somebody who says he is `person`. */
  trust(token: unknown, person?: Pick<Speaker, 'type' | 'id'>): Trust;
  claim(ext: Ext | undefined): Claim;
}

const minKeyBytes = 32;

/** The token that proves one visitor or manager: HMAC-SHA256 of `visitor:<id>` or `manager:<id>`, in hexadecimal. */
export function personToken(key: string, { type, id }: Pick<Speaker, 'type' | 'id'>): string {
  return createHmac('sha256', key).update(`${type}:${id}`).digest('hex');
}

/** Throws CONFIG_INVALID when the tokens asked for cannot be checked. */
export function createCredentials(auth: Auth): Credentials {
  const checkTrust = auth.kind === 'open' ? (): Trust => 'trusted' : trustBy(auth);
  const isOpen = auth.kind === 'open';
  return {
    isOpen,
    believesVisitors: isOpen || auth.visitorToken !== 'personal',
    trust: checkTrust,
    claim(ext) {
      const sender = parseSender(ext?.['sender']);
      const person = sender.ok ? speakerOf(sender.value) : undefined;
      const trust = checkTrust(ext?.['token'], person);
      return { trust, person: trust === 'trusted' || trust === 'own' ? person : undefined };
    },
  };
}

function speakerOf({ type, id, name }: { type: Speaker['type']; id: string | undefined; name: string }) {
  return id === undefined ? undefined : { type, id, name };
}

function trustBy({ serviceToken, personKey, visitorToken }: TokenAuth): Credentials['trust'] {
  if (serviceToken === '') throw new Fault('CONFIG_INVALID', 'a service token is needed, or auth of kind "open"');
  if (personKey === undefined && visitorToken === 'personal') {
    throw new Fault('CONFIG_INVALID', 'tokens of visitors need a personKey');
  }
  if (personKey !== undefined && Buffer.byteLength(personKey) < minKeyBytes) {
    throw new Fault('CONFIG_INVALID', `a personKey has at least ${minKeyBytes} bytes`);
  }
  const service = digest(serviceToken);
  return (token, person) => {
    if (token === undefined || token === null || token === '') return 'none';
    if (typeof token !== 'string') return 'wrong';
    const shown = digest(token);
    if (timingSafeEqual(shown, service)) return 'trusted';
    const isOwn =
      person !== undefined && personKey !== undefined && timingSafeEqual(shown, digest(personToken(personKey, person)));
    return isOwn ? 'own' : 'wrong';
  };
}

/** Both sides are hashed first, so that neither length nor content shows in the time a comparison takes. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
