import { Buffer } from 'node:buffer';
import { pingFrame } from './websocket-frame.js';

/** More than this that a peer has not shown to have is forgotten, the oldest first: it counts as not written. */
const maxUnconfirmed = 1000;

/** Counts pings; one is under way at a time, so the numbers may begin again. */
const numbers = 2 ** 32;

type Run = () => void;

/**
 * What to do once a peer has shown that it has what it was written: a ping goes out behind that, and its pong says that all
 * before it came. One at a time: what is written meanwhile is asked about when that one is back. [RFC 6455 5.5.3]
 */
export class Receipts {
  /** What the ping under way asks about. */
  #asked: Run[] | undefined;
  #unasked: Run[] = [];
  #number = 0;

  /** Whether the next write should take a ping with it. */
  get isDue(): boolean {
    return this.#asked === undefined && this.#unasked.length > 0;
  }

  expect(run: Run): void {
    this.#unasked.push(run);
    if (this.#unasked.length > maxUnconfirmed) this.#unasked.shift();
  }

  /** The ping to write behind everything that is expected; undefined: one is under way. */
  ask(): Uint8Array | undefined {
    if (this.#asked !== undefined) return undefined;
    this.#asked = this.#unasked;
    this.#unasked = [];
    this.#number = (this.#number + 1) % numbers;
    return pingFrame(this.#payload());
  }

  /** A pong came; one that nobody asked for means nothing. */
  answered(payload: Uint8Array): void {
    const asked = this.#asked;
    if (asked === undefined || !this.#payload().equals(payload)) return;
    this.#asked = undefined;
    for (const run of asked) run();
  }

  /** The peer has answered a close: it has all that came before. */
  all(): void {
    const all = [...(this.#asked ?? []), ...this.#unasked];
    this.#asked = undefined;
    this.#unasked = [];
    for (const run of all) run();
  }

  #payload(): Buffer {
    const payload = Buffer.allocUnsafe(4);
    payload.writeUInt32BE(this.#number);
    return payload;
  }
}
