import { createHash, timingSafeEqual } from 'node:crypto';
import type { Ext } from '../bayeux.js';
import { parseSender, type Sender } from './frames.js';

/** How far somebody is believed. `wrong`: a token was shown, and not ours. */
export type Trust = 'none' | 'trusted' | 'wrong';

/** `token`: managers and back ends show the service token. `open`: everybody is believed, for trusted networks. */
export type Auth = { readonly kind: 'token'; readonly serviceToken: string } | { readonly kind: 'open' };

/** Who a Bayeux client says it is, as far as it is believed. */
export interface Claim {
  readonly trust: Trust;
  /** The manager it stands for; undefined for visitors and for back ends. */
  readonly manager: Extract<Sender, { type: 'manager' }> | undefined;
}

export interface Credentials {
  readonly isOpen: boolean;
  /** Of what was shown as a token, in a header, a parameter or `ext`; undefined: nothing was. */
  trust(token: unknown): Trust;
  claim(ext: Ext | undefined): Claim;
}

export function createCredentials(auth: Auth): Credentials {
  const expected = auth.kind === 'token' ? digest(auth.serviceToken) : undefined;

  function trust(token: unknown): Trust {
    if (expected === undefined) return 'trusted';
    if (token === undefined || token === null || token === '') return 'none';
    return typeof token === 'string' && timingSafeEqual(digest(token), expected) ? 'trusted' : 'wrong';
  }

  return {
    isOpen: expected === undefined,
    trust,
    claim(ext) {
      const found = trust(ext?.['token']);
      const sender = found === 'trusted' ? parseSender(ext?.['sender']) : undefined;
      const manager = sender?.ok === true && sender.value.type === 'manager' ? sender.value : undefined;
      return { trust: found, manager };
    },
  };
}

/** Both sides are hashed first, so that neither length nor content shows in the time a comparison takes. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
