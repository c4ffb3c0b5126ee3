import type { Happening } from '../event.js';
import type { Core } from '../ports.js';
import type { Session } from '../session.js';

/**
 * What a delivery tells a client that keeps no history: the event, or, to the operator who is given a chat, what was said
 * in it up to then, oldest first, at most `limit` messages. Who comes back to his chat has read that already. Let later
 * deliveries wait for it, and every message is in the history or live, never both.
 */
export async function withHistory(
  core: Core,
  session: Session,
  event: Happening,
  { limit }: { readonly limit: number },
): Promise<readonly Happening[]> {
  const comes = event.type === 'ChatAssigned' && event.operatorId === session.participant.id;
  if (!comes || event.cause === 'return' || event.cause === 'recovered') return [event];
  const { entries } = await core.transcript(session, { chatId: event.chatId }, { upToVersion: event.version, limit });
  return [...entries.map((entry) => entry.event), event];
}
