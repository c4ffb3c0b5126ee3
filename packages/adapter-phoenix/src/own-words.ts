import type { Outcome, Session } from '@dragoman/core';

/** Who knows that his words were taken need not hear them again when he comes back. */
export function markSaid({ events }: Extract<Outcome, { ok: true }>, session: Session): void {
  const said = events.findLast(({ type }) => type === 'MessagePosted');
  if (said !== undefined) session.written(said.chatId, said.version);
}
