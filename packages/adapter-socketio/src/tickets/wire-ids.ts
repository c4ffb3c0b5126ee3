import { messageId } from '@dragoman/core';
import { partIds, type Posted } from './message.js';

/** Under which ids a message is known on this wire, and who said it. */
export interface WireIds {
  readonly ids: readonly string[];
  readonly authorId: string | null;
}

/** The ids of messages that were seen lately: receipts name messages by their number in the chat. */
export interface KnownIds {
  note(event: Posted): void;
  /** Undefined: not seen lately. */
  of(chatId: string, seq: number): WireIds | undefined;
}

/** How many messages are remembered; what is forgotten is read again from the chat. */
const maxKnown = 20_000;

export function createKnownIds(space: string): KnownIds {
  const known = new Map<string, WireIds>();
  return {
    note(event) {
      const { id, authorId } = event.message;
      if (known.has(id)) return;
      known.set(id, { ids: partIds(event, space), authorId });
      const [oldest] = known.keys();
      if (known.size > maxKnown && oldest !== undefined) known.delete(oldest);
    },
    of: (chatId, seq) => known.get(messageId(chatId, seq)),
  };
}
