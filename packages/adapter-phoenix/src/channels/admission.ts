import { networkOf, type Clock } from '@dragoman/core';
import { Bucket, type Rate } from './rates.js';

/** More addresses than this are not told apart from newcomers: the ones idle longest are forgotten. */
const maxAddresses = 10_000;

export interface AdmissionOptions {
  readonly clock: Clock;
  readonly handshakes: Rate;
  /** The longest a handshake waits, ms. */
  readonly admissionMs: number;
  /** How many wait at a time. */
  readonly waitingHandshakes: number;
}

/** Keeps the handshakes of one address at their rate: a client that is refused comes back at once, one that waits does not. [PHX reconnecting] */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #buckets = new Map<string, Bucket>();
  #waiting = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** False: too many; resolves at once or within the longest wait. */
  async admit(address: string): Promise<boolean> {
    const waitMs = this.#take(address);
    if (waitMs === 0) return true;
    const { clock, admissionMs, waitingHandshakes } = this.#options;
    if (this.#waiting >= waitingHandshakes) return false;
    this.#waiting += 1;
    await new Promise<void>((resolve) => void clock.after(Math.min(waitMs, admissionMs), resolve));
    this.#waiting -= 1;
    return waitMs <= admissionMs || this.#take(address) === 0;
  }

  #take(address: string): number {
    const { clock, handshakes } = this.#options;
    const now = clock.monotonic();
    const network = networkOf(address);
    const bucket = this.#buckets.get(network) ?? new Bucket(handshakes, now);
    this.#buckets.delete(network);
    this.#buckets.set(network, bucket);
    if (this.#buckets.size > maxAddresses) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    }
    return bucket.take(handshakes, now);
  }
}
