import type { MessageId } from '@dragoman/core';

/** How many messages of a connection are remembered as sent. */
const maxSent = 2000;

/** Notes that a message goes over a connection. False: it was noted already. */
export function remember(sent: Set<MessageId>, id: MessageId): boolean {
  if (sent.has(id)) return false;
  sent.add(id);
  const [oldest] = sent;
  if (sent.size > maxSent && oldest !== undefined) sent.delete(oldest);
  return true;
}
