import type { Cancel, ChatId, Clock } from '@dragoman/core';
import type { InboundWords } from './frames.js';

/** Least time between two drafts of one session, ms. [SERMOD desk side] */
const paceMs = 1_000;

interface Pending {
  latest: { readonly platformId: string; readonly words: InboundWords } | undefined;
  readonly cancel: Cancel;
}

/** Passes drafts on: the first at once, then the latest of each second. */
export class TypingPace {
  readonly #clock: Clock;
  readonly #toss: (platformId: string, userId: string, words: InboundWords) => void;
  readonly #pending = new Map<ChatId, Pending>();

  constructor(clock: Clock, toss: (platformId: string, userId: string, words: InboundWords) => void) {
    this.#clock = clock;
    this.#toss = toss;
  }

  push(platformId: string, chatId: ChatId, words: InboundWords): void {
    const pending = this.#pending.get(chatId);
    if (pending !== undefined) {
      pending.latest = { platformId, words };
      return;
    }
    this.#toss(platformId, chatId, words);
    this.#pending.set(chatId, { latest: undefined, cancel: this.#clock.after(paceMs, () => this.#next(chatId)) });
  }

  /** What was being written has been said: an older draft would contradict it. */
  said(chatId: ChatId): void {
    const pending = this.#pending.get(chatId);
    if (pending !== undefined) pending.latest = undefined;
  }

  stop(): void {
    for (const { cancel } of this.#pending.values()) cancel();
    this.#pending.clear();
  }

  #next(chatId: ChatId): void {
    const latest = this.#pending.get(chatId)?.latest;
    this.#pending.delete(chatId);
    if (latest !== undefined) this.push(latest.platformId, chatId, latest.words);
  }
}
