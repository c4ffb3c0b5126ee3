import type { Clock, Log } from '@dragoman/core';
import type { Letter } from './publisher.js';

/** What the broker says when it closes the channel because we may not write there. [RABBITMQ access control] */
const refusal = /ACCESS_REFUSED.*?(?:topic '([^']*)' in )?exchange '([^']*)'/;

/** Our name of the default exchange is empty; this is the broker's. [RABBITMQ access control] */
const defaultExchange = 'amq.default';

export interface RefusalsOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** So long after a refusal the broker is asked for nothing more there, ms. */
  readonly restMs: number;
}

/**
 * Exchanges, or single platforms on them, that the broker lets us not write to. One letter there costs everybody the
 * channel, so for a while nothing more is sent there.
 */
export class Refusals {
  readonly #options: RefusalsOptions;
  /** Until when each of them rests, by our monotonic clock. */
  readonly #places = new Map<string, number>();

  constructor(options: RefusalsOptions) {
    this.#options = options;
  }

  /** For people: an exchange, or an exchange and a platform. */
  get places(): readonly string[] {
    return [...this.#places.keys()].filter((place) => this.#rests(place));
  }

  /** Why a channel was closed. */
  learn(error: unknown): void {
    const [, topic, exchange] = refusal.exec(String(error)) ?? [];
    if (exchange === undefined) return;
    const place = topic === undefined ? exchange : `${exchange} ${platformOf(topic)}`;
    const { clock, log, restMs } = this.#options;
    log.error({ place, restMs }, 'the broker does not let us publish there: see the permissions of our user');
    this.#places.set(place, clock.monotonic() + restMs);
  }

  /** Where a letter would go that is refused; undefined: as far as is known it is not. */
  placeOf({ exchange, key }: Letter): string | undefined {
    if (this.#places.size === 0) return undefined;
    const name = exchange === '' ? defaultExchange : exchange;
    return [name, `${name} ${platformOf(key)}`].find((place) => this.#rests(place));
  }

  /** Somebody may have mended it: the next letter asks. */
  forget(): void {
    this.#places.clear();
  }

  #rests(place: string): boolean {
    const until = this.#places.get(place) ?? 0;
    if (this.#options.clock.monotonic() < until) return true;
    this.#places.delete(place);
    return false;
  }
}

/** A key is a platform and a customer, whose name is nobody's business here. */
function platformOf(key: string): string {
  return key.split('.', 1)[0] ?? '';
}
