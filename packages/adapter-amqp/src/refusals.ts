import type { Clock, Log } from '@dragoman/core';
import type { Letter } from './publisher.js';

/** What the broker says when it closes the channel because we may not write there. [RABBITMQ access control] */
const refusal = /ACCESS_REFUSED.*?(?:topic '([^']*)' in )?exchange '([^']*)'/;

/** Our name of the default exchange is empty; this is the broker's. [RABBITMQ access control] */
const defaultExchange = 'amq.default';

export interface RefusalsOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Until the broker is asked again, ms. */
  readonly retryMs: number;
  /** Something may be sent again. */
  readonly over: () => void;
}

/**
 * Exchanges, or single platforms on them, that the broker lets us not write to. One letter there costs everybody the
 * channel, so what goes there waits until somebody may have mended it.
 */
export class Refusals {
  readonly #options: RefusalsOptions;
  readonly #places = new Set<string>();

  constructor(options: RefusalsOptions) {
    this.#options = options;
  }

  /** For people: an exchange, or an exchange and a platform. */
  get places(): readonly string[] {
    return [...this.#places];
  }

  /** Why a channel was closed. */
  learn(error: unknown): void {
    const [, topic, exchange] = refusal.exec(String(error)) ?? [];
    if (exchange === undefined) return;
    const place = topic === undefined ? exchange : `${exchange} ${platformOf(topic)}`;
    const { clock, log, retryMs, over } = this.#options;
    log.error({ place, retryMs }, 'the broker does not let us publish there: see the permissions of our user');
    if (this.#places.has(place)) return;
    this.#places.add(place);
    clock.after(retryMs, () => {
      this.#places.delete(place);
      over();
    });
  }

  has({ exchange, key }: Letter): boolean {
    if (this.#places.size === 0) return false;
    const name = exchange === '' ? defaultExchange : exchange;
    return this.#places.has(name) || this.#places.has(`${name} ${platformOf(key)}`);
  }
}

/** A key is a platform and a customer, whose name is nobody's business here. */
function platformOf(key: string): string {
  return key.split('.', 1)[0] ?? '';
}
