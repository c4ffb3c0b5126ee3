import type { ChatEvent, Signal, WorkspaceEvent } from '@dragoman/core';
import type { Reader } from '../reader.js';
import { toEvent, toSignal } from '../wire/translate.js';
import type { WireEvent } from '../wire/event.js';
import { visibleTo, type Reading } from './visible.js';

/** How a feed reaches its reader. */
export interface Carrier {
  /** False: it is full, and nothing more may be written before `roomy` resolves. */
  write(event: WireEvent): boolean;
  /** Resolves when there is room again, or nobody there any more. */
  roomy(): Promise<void>;
  /** Nothing happens; `after` is how far the reader has come. */
  beat(after: number): void;
}

export interface FeedOptions {
  readonly reader: Reader;
  readonly carrier: Carrier;
  readonly space: string;
  readonly reading: Reading;
  /** The number to go on after. */
  readonly after: number;
  readonly wants: (event: ChatEvent) => boolean;
  readonly hasSignals: boolean;
  readonly heartbeatMs: number;
}

/** Events read from the log at a time. */
const pageSize = 100;

/**
 * Tells one reader what is in the log after a number, and goes on as it grows. What the reader has not taken stays in
 * the log: it is paused, and nothing is kept for it.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #unfollow: () => void;
  #after: number;
  #isOver = false;
  #isFull = false;
  #hasGrown = true;
  #wake: () => void = () => {};
  #stopBeat: () => void = () => {};

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#after = options.after;
    this.#unfollow = options.reader.follow({
      grown: () => this.#grow(),
      signalled: (signal) => this.#signal(signal),
    });
  }

  /** Resolves when the feed was ended. Throws what the log throws. */
  async run(): Promise<void> {
    this.#beatLater();
    try {
      while (!this.#isOver) {
        if (!this.#hasGrown) await new Promise<void>((wake) => (this.#wake = wake));
        this.#hasGrown = false;
        await this.#readOn();
      }
    } finally {
      this.end();
    }
  }

  end(): void {
    this.#isOver = true;
    this.#unfollow();
    this.#stopBeat();
    this.#wake();
  }

  async #readOn(): Promise<void> {
    const { core, session } = this.#options.reader;
    for (;;) {
      const page = await core.events(session, { afterNumber: this.#after, limit: pageSize });
      for (const event of page.events) {
        if (this.#isOver) return;
        await this.#tell(event);
        this.#after = event.number;
      }
      const isEnd = page.lastNumber <= this.#after && page.events.length === 0;
      this.#after = Math.max(this.#after, page.lastNumber);
      if (isEnd || this.#isOver) return;
    }
  }

  async #tell(event: ChatEvent): Promise<void> {
    const { carrier, reading, wants, space } = this.#options;
    const seen = wants(event) ? visibleTo(reading, event) : undefined;
    if (seen === undefined || carrier.write(toEvent(seen, space))) return;
    this.#isFull = true;
    await carrier.roomy();
    this.#isFull = false;
  }

  #grow(): void {
    this.#hasGrown = true;
    this.#wake();
  }

  /** Signals are the first to go when a reader is slow. */
  #signal(signal: Signal | WorkspaceEvent): void {
    const { hasSignals, carrier, reader } = this.#options;
    if (!hasSignals || this.#isFull) return;
    const { clock, ids } = reader.core;
    const occasion = { id: ids.event(), at: clock.now(), workspaceId: reader.session.workspaceId };
    const told = toSignal(signal, occasion);
    if (told !== undefined) this.#isFull = !carrier.write(told);
    if (this.#isFull) void carrier.roomy().then(() => (this.#isFull = false));
  }

  #beatLater(): void {
    const { reader, heartbeatMs, carrier } = this.#options;
    this.#stopBeat = reader.core.clock.after(heartbeatMs, () => {
      if (this.#isOver) return;
      if (!this.#isFull) carrier.beat(this.#after);
      this.#beatLater();
    });
  }
}
