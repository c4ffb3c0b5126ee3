import type { ChatEvent } from '../event.js';
import type { ChatId } from '../participant.js';
import type { LanePage } from '../ports.js';
import { historyOf } from './history.js';
import type { Workspace } from './workspace.js';

const largestPage = 1_000;

/** A workspace's chat events in commit order, each as it was delivered. */
export async function eventsAfter(
  { id, ports, heads }: Workspace,
  { afterNumber, limit }: { readonly afterNumber: number; readonly limit: number },
): Promise<LanePage> {
  const stored = await ports.store.readLane(id, afterNumber, Math.min(Math.max(limit, 1), largestPage));
  const told = new Map<number, ChatEvent>();
  for (const chatId of new Set(stored.flatMap(({ stream }) => chatOf(stream)))) {
    for (const event of await historyOf(heads, chatId)) told.set(event.number, event);
  }
  return {
    events: stored.flatMap(({ position }) => told.get(position) ?? []),
    lastNumber: stored.at(-1)?.position ?? afterNumber,
  };
}

function chatOf(stream: string): readonly ChatId[] {
  return stream.startsWith('chat/') ? [stream.slice(stream.lastIndexOf('/') + 1)] : [];
}
