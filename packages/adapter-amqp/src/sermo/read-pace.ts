import type { ChatId, Clock } from '@dragoman/core';
import { Waiting } from '../waiting.js';

/** Least time between two marks of one chat, ms. [SERMOD desk side] */
const paceMs = 1_000;

/** Passes on how far customers have read: the first mark at once, then the newest of each second. */
export class ReadPace {
  readonly #clock: Clock;
  readonly #waiting: Waiting;
  readonly #marks = new Map<ChatId, { version: number; freeAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#waiting = new Waiting(clock);
  }

  /** There is a mark, which may make older ones needless. */
  note(chatId: ChatId, version: number): void {
    const mark = this.#marks.get(chatId);
    if (mark === undefined) this.#marks.set(chatId, { version, freeAt: 0 });
    else mark.version = Math.max(mark.version, version);
  }

  /** Resolves when this mark may go; false: a newer one says it as well. */
  async turn(chatId: ChatId, version: number): Promise<boolean> {
    const mark = this.#marks.get(chatId);
    if (mark === undefined) return true;
    const leftMs = mark.freeAt - this.#clock.monotonic();
    if (leftMs > 0) await this.#waiting.pause(leftMs);
    if (mark.version > version) return false;
    mark.freeAt = this.#clock.monotonic() + paceMs;
    return true;
  }

  forget(chatId: ChatId): void {
    this.#marks.delete(chatId);
  }

  /** Who waits may go at once. */
  stop(): void {
    this.#waiting.stop();
    this.#marks.clear();
  }
}
