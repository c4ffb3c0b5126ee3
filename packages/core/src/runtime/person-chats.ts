import type { ChatId } from '../participant.js';
import type { Person } from '../person.js';
import { chatIdIn, type StoredEvent } from '../store.js';
import type { Workspace } from './workspace.js';

/** The chats a person had a part in. A customer's are listed; who helped in which is told by the whole log alone. */
export async function chatsWith(workspace: Workspace, { participant, chats }: Person): Promise<ReadonlySet<ChatId>> {
  const found = new Set(chats);
  if (participant.role === 'customer') return found;
  for await (const { stream, fact } of wholeLog(workspace)) {
    const isHis =
      (fact.type === 'MessagePosted' && fact.message.authorId === participant.id) ||
      (fact.type === 'ChatHandedOver' && fact.fromId === participant.id);
    const chatId = chatIdIn(stream);
    if (isHis && chatId !== undefined) found.add(chatId);
  }
  return found;
}

/** Everything that ever happened in a workspace, oldest first. */
export async function* wholeLog({ id, ports }: Workspace): AsyncGenerator<StoredEvent> {
  for (let after = 0; ;) {
    const page = await ports.store.readLane(id, after, 1_000);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.position;
  }
}
