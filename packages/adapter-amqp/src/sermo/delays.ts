import type { ChatEvent, ChatId, ChatSummary, Log } from '@dragoman/core';
import { problemOf } from '../link.js';

/** Chats remembered as waiting, and as told, at most: more are told nothing. */
const mostChats = 10_000;

export interface DelaysPorts {
  /** Chats whose events are on their way to the broker. */
  readonly underWay: () => Iterable<ChatId>;
  /** Whether more waits in the log than is under way. */
  readonly isBehind: () => boolean;
  readonly chat: (id: ChatId) => ChatSummary | undefined;
  /** Whether a desk behind the broker has the chat, and its customer is not behind the same broker. */
  readonly concerns: (chat: ChatSummary) => boolean;
  readonly tell: (chat: ChatSummary) => Promise<void>;
  readonly log: Log;
}

/** Customers whose words do not get to their desk for long are told once, while that lasts. [SERMOD nothing is lost] */
export class Delays {
  readonly #ports: DelaysPorts;
  /** Who has said something that waits in the log. */
  readonly #waiting = new Set<ChatId>();
  readonly #told = new Set<ChatId>();
  #isLate = false;

  constructor(ports: DelaysPorts) {
    this.#ports = ports;
  }

  /** A live event, after which everything before it in the log is known to wait as well. */
  hear(event: ChatEvent): void {
    if (event.type !== 'MessagePosted' || event.message.authorRole !== 'customer') return;
    if (!this.#isLate && !this.#ports.isBehind()) return;
    if (!this.#ports.concerns(event.chat)) return;
    if (this.#isLate) void this.#tell(event.chatId);
    else if (this.#waiting.size < mostChats) this.#waiting.add(event.chatId);
  }

  /** How it stands now, asked for now and then. */
  look(isLate: boolean): void {
    const becameLate = isLate && !this.#isLate;
    this.#isLate = isLate;
    if (becameLate)
      for (const chatId of new Set([...this.#ports.underWay(), ...this.#waiting])) void this.#tell(chatId);
    if (isLate || !this.#ports.isBehind()) this.#waiting.clear();
    if (!isLate) this.#told.clear();
  }

  async #tell(chatId: ChatId): Promise<void> {
    const chat = this.#ports.chat(chatId);
    if (chat === undefined || this.#told.has(chatId) || !this.#ports.concerns(chat)) return;
    if (this.#told.size >= mostChats) return;
    this.#told.add(chatId);
    try {
      await this.#ports.tell(chat);
    } catch (error) {
      // Told with his next words, if these can be stored.
      this.#told.delete(chatId);
      this.#ports.log.warn({ chatId, problem: problemOf(error) }, 'a customer could not be told that it takes longer');
    }
  }
}
