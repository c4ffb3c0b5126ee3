import type { ReadonlySignal } from '@preact/signals';
import type { Chat } from './book.js';
import type { Cable } from './cable.js';

/** How far a client has come. `refused`: the gateway does not serve it, and its remark says why. */
export type Standing = 'away' | 'connecting' | 'here' | 'refused';

/** One person at a conversation, on the real client library of one protocol. */
export interface Seat {
  readonly standing: ReadonlySignal<Standing>;
  /** What the client has to tell its person beside messages; empty when nothing. */
  readonly remark: ReadonlySignal<string>;
  /** A customer has at most one. */
  readonly chats: ReadonlySignal<readonly Chat[]>;
  readonly cable: Cable;
  /** Connects, or is there for new chats again. */
  connect(): void;
  /** Operators who are given chats: no new ones from now on. */
  rest?(): void;
  /** A customer's first words open the chat: its id may be any then. Rejects with words for the person. */
  say(chatId: string, text: string): Promise<void>;
  /** Operators whose protocol lets them choose. */
  take?(chatId: string): void;
  /** Operators whose protocol can end a chat, or give it back. */
  finish?(chatId: string): void;
}
