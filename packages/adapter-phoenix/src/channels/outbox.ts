import { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';
import { Receipts } from './receipts.js';

/** Above this it is cheaper to hand over the parts than to join them, bytes. */
const maxJoined = 64 * 1024;

/** Flushes what is added when the turn of the event loop ends. */
export type Flushes = (outbox: Outbox) => void;

export function createFlushes(): Flushes {
  let waiting: Outbox[] = [];
  function flushAll(): void {
    const all = waiting;
    waiting = [];
    for (const one of all) one.flush();
  }
  return (outbox) => {
    if (waiting.length === 0) setImmediate(flushAll);
    waiting.push(outbox);
  };
}

/** Frames of one connection until the turn of the event loop ends: then one write takes them all, and the ping behind them. */
export class Outbox {
  readonly #stream: Duplex;
  readonly #flushes: Flushes;
  readonly #isOpen: () => boolean;
  #frames: Uint8Array[] = [];
  readonly #receipts = new Receipts();
  #bytes = 0;
  #isPinging = false;
  #isWaiting = false;

  constructor(stream: Duplex, flushes: Flushes, isOpen: () => boolean) {
    this.#stream = stream;
    this.#flushes = flushes;
    this.#isOpen = isOpen;
  }

  /** Bytes that no write took yet. */
  get bytes(): number {
    return this.#bytes;
  }

  add(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#bytes += frame.length;
    this.#wait();
  }

  /** Runs when the peer has shown that it has what was added so far; never, when it cannot. */
  tell(run: () => void): void {
    this.#receipts.expect(run);
    this.#wait();
  }

  /** Asks the peer whether it lives, unless it is being asked. */
  ping(): void {
    this.#isPinging = true;
    this.#wait();
  }

  /** The peer answered a ping. */
  ponged(payload: Uint8Array): void {
    this.#receipts.answered(payload);
    if (this.#receipts.isDue) this.#wait();
  }

  /** The peer has everything that was written. */
  confirmed(): void {
    this.#receipts.all();
  }

  flush(): void {
    const frames = this.#frames;
    const isAsking = this.#isPinging || this.#receipts.isDue;
    let bytes = this.#bytes;
    this.#frames = [];
    this.#bytes = 0;
    this.#isPinging = false;
    this.#isWaiting = false;
    if (!this.#isOpen()) return;
    const ping = isAsking ? this.#receipts.ask() : undefined;
    if (ping !== undefined) {
      frames.push(ping);
      bytes += ping.length;
    }
    if (frames.length > 0) this.#write(frames, bytes);
  }

  #wait(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#flushes(this);
  }

  #write(frames: readonly Uint8Array[], bytes: number): void {
    const [only] = frames;
    if (only !== undefined && frames.length === 1) {
      this.#stream.write(only);
    } else if (bytes <= maxJoined) {
      this.#stream.write(Buffer.concat(frames, bytes));
    } else {
      this.#stream.cork();
      for (const frame of frames) this.#stream.write(frame);
      this.#stream.uncork();
    }
  }
}
