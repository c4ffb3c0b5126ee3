import type { ChatEvent } from '../event.js';
import type { ChatId } from '../participant.js';
import type { LanePage } from '../reading.js';
import type { Store, StoredEvent } from '../store.js';
import { streams } from '../store.js';
import type { Heads } from './heads.js';
import { tell, untold, type ToldSoFar } from './history.js';
import { Recent } from './recent.js';

const largestPage = 1_000;

/** Chats whose fold is kept for the next page, so that a page costs as much as it holds. */
const keptChats = 1_000;

/** A workspace's chat events in commit order, each as it was delivered. */
export class Lane {
  readonly #heads: Heads;
  readonly #store: Store;
  readonly #told = new Recent<ChatId, ToldSoFar>(keptChats);

  constructor(heads: Heads, store: Store) {
    this.#heads = heads;
    this.#store = store;
  }

  /** What was read of a chat is not what lies there any more. */
  forget(chatId: ChatId): void {
    this.#told.delete(chatId);
  }

  async after(afterNumber: number, limit: number): Promise<LanePage> {
    const pageLimit = Math.min(Math.max(limit, 1), largestPage);
    const stored = await this.#store.readLane(this.#heads.workspaceId, afterNumber, pageLimit);
    const events: ChatEvent[] = [];
    for (const [chatId, ofChat] of byChat(stored)) events.push(...(await this.#next(chatId, ofChat)));
    events.sort((a, b) => a.number - b.number);
    return { events, lastNumber: stored.at(-1)?.position ?? afterNumber };
  }

  async #next(chatId: ChatId, stored: readonly StoredEvent[]): Promise<readonly ChatEvent[]> {
    const first = stored[0]?.version ?? 1;
    const known = this.#told.get(chatId);
    const before = known?.chat.version === first - 1 ? known : await this.#before(chatId, first);
    const { events, after } = await tell(this.#heads, before, stored);
    this.#told.set(chatId, after);
    return events;
  }

  async #before(chatId: ChatId, version: number): Promise<ToldSoFar> {
    const start = untold(this.#heads, chatId);
    if (version === 1) return start;
    const all = await this.#heads.readAll(streams.chat(this.#heads.workspaceId, chatId));
    return (await tell(this.#heads, start, all.slice(0, version - 1))).after;
  }
}

/** The events of chats, by chat; what else lies in the lane is nobody's. */
function byChat(stored: readonly StoredEvent[]): ReadonlyMap<ChatId, readonly StoredEvent[]> {
  const found = new Map<ChatId, StoredEvent[]>();
  for (const event of stored.filter(({ stream }) => stream.startsWith('chat/'))) {
    const chatId = event.stream.slice(event.stream.lastIndexOf('/') + 1);
    const others = found.get(chatId);
    if (others === undefined) found.set(chatId, [event]);
    else others.push(event);
  }
  return found;
}
