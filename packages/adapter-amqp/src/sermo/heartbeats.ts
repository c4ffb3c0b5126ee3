import type { Cancel, ChatId, Clock, ParticipantId } from '@dragoman/core';
import type { InboundWords } from './frames.js';
import type { SermoTimes } from './options.js';

interface Heart {
  readonly platformId: string;
  customerIds: readonly ParticipantId[];
  isOnline: boolean;
  hasUnloaded: boolean;
  cancel: Cancel | undefined;
}

type Toss = (platformId: string, userId: string, words: InboundWords) => void;

/** Shows desks that our customers are there, and once that they are gone. [SERMO inbound/heartbeat] */
export class Heartbeats {
  readonly #clock: Clock;
  readonly #times: SermoTimes;
  readonly #toss: Toss;
  readonly #gone: (platformId: string, chatId: ChatId) => void;
  readonly #hearts = new Map<ChatId, Heart>();
  readonly #byCustomer = new Map<ParticipantId, Set<ChatId>>();

  constructor(clock: Clock, times: SermoTimes, toss: Toss, gone: (platformId: string, chatId: ChatId) => void) {
    this.#clock = clock;
    this.#times = times;
    this.#toss = toss;
    this.#gone = gone;
  }

  /** An open chat that a desk has. */
  follow(platformId: string, chatId: ChatId, customerIds: readonly ParticipantId[]): void {
    const known = this.#hearts.get(chatId);
    if (known?.platformId === platformId && known.customerIds === customerIds) return;
    if (known?.platformId === platformId) {
      known.customerIds = customerIds;
    } else {
      this.forget(chatId);
      this.#hearts.set(chatId, { platformId, customerIds, isOnline: false, hasUnloaded: false, cancel: undefined });
    }
    for (const id of customerIds) this.#byCustomer.set(id, (this.#byCustomer.get(id) ?? new Set()).add(chatId));
  }

  /** The customer did something. */
  seen(chatId: ChatId): void {
    const heart = this.#hearts.get(chatId);
    if (heart === undefined || heart.isOnline) return;
    heart.isOnline = true;
    heart.hasUnloaded = false;
    this.#beat(chatId, heart);
  }

  /** Somebody's first session began, or his last one ended. */
  presence(customerId: ParticipantId, isOnline: boolean): void {
    for (const chatId of this.#byCustomer.get(customerId) ?? []) {
      if (isOnline) this.seen(chatId);
      else this.#away(chatId);
    }
  }

  /** The desk was told already. */
  unloaded(chatId: ChatId): void {
    const heart = this.#hearts.get(chatId);
    if (heart === undefined) return;
    this.#rest(heart);
    heart.hasUnloaded = true;
  }

  forget(chatId: ChatId): void {
    const heart = this.#hearts.get(chatId);
    if (heart === undefined) return;
    this.#rest(heart);
    this.#hearts.delete(chatId);
    for (const id of heart.customerIds) {
      const chats = this.#byCustomer.get(id);
      chats?.delete(chatId);
      if (chats?.size === 0) this.#byCustomer.delete(id);
    }
  }

  stop(): void {
    for (const heart of this.#hearts.values()) this.#rest(heart);
    this.#hearts.clear();
    this.#byCustomer.clear();
  }

  #rest(heart: Heart): void {
    heart.isOnline = false;
    heart.cancel?.();
    heart.cancel = undefined;
  }

  #away(chatId: ChatId): void {
    const heart = this.#hearts.get(chatId);
    if (heart === undefined || !heart.isOnline) return;
    this.#rest(heart);
    heart.cancel = this.#clock.after(this.#times.unloadMs, () => {
      if (heart.hasUnloaded) return;
      heart.hasUnloaded = true;
      this.#gone(heart.platformId, chatId);
    });
  }

  /** Not all of them at once: each waits a tenth more or less. */
  #beat(chatId: ChatId, heart: Heart): void {
    heart.cancel?.();
    this.#toss(heart.platformId, chatId, { type: 'heartbeat' });
    const ms = this.#times.heartbeatMs * (0.9 + 0.2 * Math.random());
    heart.cancel = this.#clock.after(ms, () => this.#beat(chatId, heart));
  }
}
