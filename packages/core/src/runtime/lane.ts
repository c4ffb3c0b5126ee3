import type { ChatEvent } from '../event.js';
import type { ChatId, WorkspaceId } from '../participant.js';
import type { LanePage } from '../reading.js';
import type { Store, StoredEvent } from '../store.js';
import { chatIdIn } from '../store.js';
import type { Histories } from './history.js';

const largestPage = 1_000;

/** A workspace's chat events in commit order, each as it was delivered. */
export class Lane {
  readonly #workspaceId: WorkspaceId;
  readonly #store: Store;
  readonly #histories: Histories;

  constructor(workspaceId: WorkspaceId, store: Store, histories: Histories) {
    this.#workspaceId = workspaceId;
    this.#store = store;
    this.#histories = histories;
  }

  async after(afterNumber: number, limit: number): Promise<LanePage> {
    const pageLimit = Math.min(Math.max(limit, 1), largestPage);
    const stored = await this.#store.readLane(this.#workspaceId, afterNumber, pageLimit);
    const events: ChatEvent[] = [];
    for (const [chatId, ofChat] of byChat(stored)) events.push(...(await this.#histories.of(chatId).next(ofChat)));
    events.sort((a, b) => a.number - b.number);
    return { events, lastNumber: stored.at(-1)?.position ?? afterNumber };
  }
}

/** The events of chats, by chat; what else lies in the lane is nobody's. */
function byChat(stored: readonly StoredEvent[]): ReadonlyMap<ChatId, readonly StoredEvent[]> {
  const found = new Map<ChatId, StoredEvent[]>();
  for (const event of stored) {
    const chatId = chatIdIn(event.stream);
    if (chatId === undefined) continue;
    const others = found.get(chatId);
    if (others === undefined) found.set(chatId, [event]);
    else others.push(event);
  }
  return found;
}
