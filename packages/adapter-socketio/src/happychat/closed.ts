import type { Clock, Happening } from '@dragoman/core';
import { toChat, type HappychatChat } from './people.js';

/** How many chats that are over are remembered; beyond it the oldest are forgotten. */
const maxChats = 10_000;

/** Chats that were closed a while ago at most: third-party systems are told of them too [HC agent/system.info]. */
export interface ClosedChats {
  note(event: Happening): void;
  /** In the order in which they were closed. */
  list(): readonly HappychatChat[];
}

/** Knows what has been closed since it was made, and forgets it after `keepMs`. */
export function createClosedChats(keepMs: number, clock: Clock, space: string): ClosedChats {
  const closed = new Map<string, { readonly at: number; readonly chat: HappychatChat }>();

  function forget(): void {
    const since = clock.now() - keepMs;
    for (const [id, { at }] of closed) {
      if (at > since && closed.size <= maxChats) return;
      closed.delete(id);
    }
  }

  return {
    note(event) {
      if (!('chat' in event) || !('version' in event)) return;
      const { chat, people } = event;
      if (chat.status !== 'closed') closed.delete(chat.id);
      else if (event.type === 'ChatClosed') {
        closed.set(chat.id, { at: clock.now(), chat: toChat(chat, people[chat.customerId], space) });
        forget();
      }
    },
    list() {
      forget();
      return [...closed.values()].map(({ chat }) => chat);
    },
  };
}
