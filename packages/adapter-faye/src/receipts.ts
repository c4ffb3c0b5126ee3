import type { Cancel, Clock } from '@dragoman/core';

/** Between two questions to one client, ms: what it is sent meanwhile is asked about together. */
const pauseMs = 250;

/** So many frames are asked about at once, whenever the last question was. */
const manyFrames = 100;

/** A connection whose client is asked now and then. */
export interface Asked {
  ask(): void;
}

/** Connections that have sent something they could not ask about yet, asked when the pause is over. */
export interface Reminders {
  readonly clock: Clock;
  add(connection: Asked): void;
  close(): void;
}

export function createReminders(clock: Clock): Reminders {
  const waiting = new Set<Asked>();
  let cancel: Cancel | undefined;

  function remind(): void {
    cancel = undefined;
    const due = [...waiting];
    waiting.clear();
    for (const connection of due) connection.ask();
  }

  return {
    clock,
    add(connection) {
      waiting.add(connection);
      cancel ??= clock.after(pauseMs, remind);
    },
    close: () => cancel?.(),
  };
}

/**
 * How many frames a client has: a ping goes out behind some of them, and its pong says that all before it came. One at a
 * time, and not often: where much is said, pings would cost as much as the words. [RFC 6455 5.5.3]
 */
export class Receipts {
  readonly #clock: Clock;
  #isAsking = false;
  #asked = 0;
  #unasked = 0;
  #number = 0;
  #askedAt = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One more frame went out. */
  sent(): void {
    this.#unasked += 1;
  }

  /** `now`: a ping should go out; `later`: when the pause is over; `no`: an answer is under way, or all is known. */
  get isDue(): 'now' | 'later' | 'no' {
    if (this.#isAsking || this.#unasked === 0) return 'no';
    const isPauseOver = this.#clock.monotonic() - this.#askedAt >= pauseMs;
    return isPauseOver || this.#unasked >= manyFrames ? 'now' : 'later';
  }

  /** What the ping says, behind everything that was sent. */
  ask(): Uint8Array {
    this.#isAsking = true;
    this.#asked = this.#unasked;
    this.#unasked = 0;
    this.#number = (this.#number + 1) % 2 ** 32;
    this.#askedAt = this.#clock.monotonic();
    return this.#payload();
  }

  /** A pong came: so many frames more have arrived; 0 for one that nobody asked for. */
  answered(payload: Uint8Array): number {
    if (!this.#isAsking || !this.#payload().equals(payload)) return 0;
    this.#isAsking = false;
    return this.#asked;
  }

  /** What was sent belongs to nobody here any more. */
  reset(): void {
    this.#isAsking = false;
    this.#unasked = 0;
  }

  #payload(): Buffer {
    const payload = Buffer.allocUnsafe(4);
    payload.writeUInt32BE(this.#number);
    return payload;
  }
}
