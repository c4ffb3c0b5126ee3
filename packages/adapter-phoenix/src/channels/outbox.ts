import { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';

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

/** Frames of one connection until the turn of the event loop ends: then one write takes them all. */
export class Outbox {
  readonly #stream: Duplex;
  readonly #flushes: Flushes;
  readonly #isOpen: () => boolean;
  #frames: Uint8Array[] = [];
  #told: (() => void)[] = [];
  #bytes = 0;

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
    if (this.#frames.length === 0) this.#flushes(this);
    this.#frames.push(frame);
    this.#bytes += frame.length;
  }

  /** Runs when what was added so far has been written; never, when it cannot be. */
  tell(run: () => void): void {
    if (this.#frames.length > 0) this.#told.push(run);
    else if (this.#isOpen()) run();
  }

  flush(): void {
    const frames = this.#frames;
    const told = this.#told;
    const bytes = this.#bytes;
    if (frames.length === 0) return;
    this.#frames = [];
    this.#bytes = 0;
    if (told.length > 0) this.#told = [];
    if (!this.#isOpen()) return;
    this.#write(frames, bytes);
    for (const run of told) run();
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
