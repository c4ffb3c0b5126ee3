import { seenBy } from '@dragoman/core/domain';
import type { ChatEvent, ChatSide } from '@dragoman/core';
import { sideOf } from '@dragoman/core';

/** As what a backend reads: `bot` also reads what is for the bot alone. */
export type Reading = 'all' | 'bot';

/** An event as such a reader may see it; undefined: not at all. */
export function visibleTo(reading: Reading, event: ChatEvent): ChatEvent | undefined {
  if (event.type !== 'MessagePosted') return event;
  const { visibility, variants } = event.message;
  if (reading === 'all' && visibility === 'bot') return undefined;
  if (variants[reading === 'all' ? 'all' : 'desk'] === null) return undefined;
  const seen = seenBy(reading, event);
  return 'chatId' in seen && seen.type === 'MessagePosted' ? seen : undefined;
}

/** Whose doing an event is; `system`: nobody's, but a rule's. */
export function doerOf(event: ChatEvent): ChatSide | 'system' {
  if (event.type === 'MessagePosted')
    return event.message.authorRole === 'system' ? 'system' : sideOf(event.message.authorRole);
  if (event.type === 'MessageAcknowledged') return event.side;
  if (event.by.participantId === null) return 'system';
  const role = event.people[event.by.participantId]?.role;
  return sideOf(role ?? (event.chat.customerIds.includes(event.by.participantId) ? 'customer' : 'operator'));
}
