import type { ChatEvent, ChatId, Session } from '@dragoman/core';
import { numberIn, sequenceOf } from '../wire/translate.js';

/** An event that was set aside: where it lies in the log and why it was not taken, and none of what it says. */
export interface DeadLetter {
  /** Its place in the log. */
  readonly number: number;
  readonly eventId: string;
  readonly chatId: ChatId;
  readonly type: ChatEvent['type'];
  /** What the last attempt failed with. */
  readonly reason: string;
  /** HTTP status of the last answer; null: none came. */
  readonly status: number | null;
  readonly attempts: number;
  /** When it was set aside, ms since epoch. */
  readonly at: number;
}

/** What an endpoint would not take, kept over restarts until it is sent again or dropped. */
export class DeadLetters {
  readonly #prefix: string;
  readonly #session: Session;
  readonly #most: number;
  readonly #letters = new Map<number, DeadLetter>();

  private constructor(name: string, session: Session, most: number) {
    this.#prefix = `${name}/dead/`;
    this.#session = session;
    this.#most = most;
  }

  static async load(name: string, session: Session, most: number): Promise<DeadLetters> {
    const dead = new DeadLetters(name, session, most);
    for (const [key, value] of await session.notes()) {
      const number = key.startsWith(dead.#prefix) ? numberIn(key.slice(dead.#prefix.length)) : undefined;
      if (number !== undefined) dead.#letters.set(number, { ...(value as Omit<DeadLetter, 'number'>), number });
    }
    return dead;
  }

  get size(): number {
    return this.#letters.size;
  }

  get isFull(): boolean {
    return this.size >= this.#most;
  }

  /** By place in the log, oldest first. */
  get all(): readonly DeadLetter[] {
    return [...this.#letters.values()].sort((a, b) => a.number - b.number);
  }

  find(number: number): DeadLetter | undefined {
    return this.#letters.get(number);
  }

  /** Resolves when it is durable; rejects with a StoreError. */
  async add(letter: DeadLetter): Promise<void> {
    const { number, ...rest } = letter;
    await this.#session.note(this.#prefix + sequenceOf(number), rest);
    this.#letters.set(number, letter);
  }

  async drop(number: number): Promise<void> {
    await this.#session.note(this.#prefix + sequenceOf(number), null);
    this.#letters.delete(number);
  }
}
