import { networkOf, type Clock, type Log } from '@dragoman/core';
import type { IncomingMessage } from 'node:http';
import { keyring, type ApiKey } from './keys.js';
import type { HttpOptions } from './options.js';
import { Refusal } from './problems.js';
import { Bucket } from './rates.js';
import type { Scope } from './scopes.js';

/** Addresses whose wrong keys are counted at a time; the ones idle longest are forgotten. */
const maxAddresses = 10_000;

/** Lets requests in by their keys. */
export class Access {
  readonly #options: HttpOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #find: (presented: string) => ApiKey | undefined;
  readonly #buckets: ReadonlyMap<string, Bucket>;
  readonly #wrong = new Map<string, Bucket>();

  constructor(options: HttpOptions, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
    this.#find = keyring(options.keys);
    this.#buckets = new Map(options.keys.map(({ id, rate = options.limits.rate }) => [id, new Bucket(rate, clock)]));
  }

  /** Whose request it is. Throws UNAUTHENTICATED, TOO_FAST, or OUT_OF_SCOPE where the key has none of the scopes. */
  admit(request: IncomingMessage, oneOf: readonly Scope[]): ApiKey {
    const [, presented] = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '') ?? [];
    if (presented === undefined) throw new Refusal('UNAUTHENTICATED');
    const key = this.#find(presented) ?? this.#stranger(request);
    const afterMs = this.#buckets.get(key.id)?.take() ?? 0;
    if (afterMs > 0) throw new Refusal('TOO_FAST', { afterMs });
    if (!oneOf.some((scope) => key.scopes.includes(scope))) {
      throw new Refusal('OUT_OF_SCOPE', { detail: `It needs ${oneOf.join(' or ')}.` });
    }
    return key;
  }

  #stranger(request: IncomingMessage): never {
    const address = this.#options.addressOf(request);
    const network = networkOf(address);
    const bucket = this.#wrong.get(network) ?? new Bucket(this.#options.limits.wrongKeys, this.#clock);
    this.#wrong.delete(network);
    this.#wrong.set(network, bucket);
    for (const oldest of this.#wrong.keys()) {
      if (this.#wrong.size <= maxAddresses) break;
      this.#wrong.delete(oldest);
    }
    const afterMs = bucket.take();
    if (afterMs > 0) throw new Refusal('TOO_FAST', { afterMs });
    this.#log.warn({ address }, 'a request came with a wrong API key');
    throw new Refusal('UNAUTHENTICATED');
  }
}
