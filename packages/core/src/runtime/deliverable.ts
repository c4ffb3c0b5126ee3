import type { Chat } from '../chat/chat.js';
import type { ChatEvent, ChatFact, Envelope } from '../event.js';
import type { People } from '../participant.js';
import type { StoredEvent } from '../store.js';

/** What is known of a stored event beside what happened. */
export function envelopeOf({ eventId, commandId, workspaceId, version, position, at, by }: StoredEvent): Envelope {
  return { eventId, commandId, workspaceId, version, number: position, at, by };
}

/**
 * What happened in a chat, as it is delivered. The fact is laid over the rest: made for every message, this is twice as fast
 * as spreading facts, which are of many shapes.
 */
export function deliverable(stored: StoredEvent, fact: ChatFact, chat: Chat, people: People): ChatEvent {
  const { eventId, commandId, workspaceId, version, position, at, by } = stored;
  const around = { eventId, commandId, workspaceId, version, number: position, at, by, chatId: chat.id, chat, people };
  return Object.assign(around, fact);
}
