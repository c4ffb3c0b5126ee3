import type { Signal } from '../event.js';
import type { Cancel, Clock } from '../ports.js';

type Typing = Extract<Signal, { type: 'TypingChanged' }>;

/** Least time between two signals of one author in one chat, ms. */
const pace = 100;

interface Pending {
  latest: Typing | undefined;
  readonly cancel: Cancel;
}

/** Passes typing on at a bounded pace, the first at once and always the last; keeps nothing longer than one pace. */
export class TypingPace {
  readonly #clock: Clock;
  readonly #send: (signal: Typing) => void;
  readonly #pending = new Map<string, Pending>();

  constructor(clock: Clock, send: (signal: Typing) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  push(signal: Typing): void {
    const key = `${signal.chatId}/${signal.authorId}`;
    const pending = this.#pending.get(key);
    if (pending !== undefined) {
      pending.latest = signal;
      return;
    }
    this.#send(signal);
    this.#pending.set(key, { latest: undefined, cancel: this.#clock.after(pace, () => this.#next(key)) });
  }

  /** What the author was typing has been said: a signal still waiting would contradict it. */
  drop(chatId: string, authorId: string): void {
    if (this.#pending.size === 0) return;
    const pending = this.#pending.get(`${chatId}/${authorId}`);
    if (pending !== undefined) pending.latest = undefined;
  }

  stop(): void {
    for (const { cancel } of this.#pending.values()) cancel();
    this.#pending.clear();
  }

  #next(key: string): void {
    const latest = this.#pending.get(key)?.latest;
    this.#pending.delete(key);
    if (latest !== undefined) this.push(latest);
  }
}
