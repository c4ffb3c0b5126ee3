import type { ChatId } from '../participant.js';
import type { Cancel } from '../ports.js';
import type { ChatPassed, StoredEvent } from '../store.js';
import { chatIdIn, streams } from '../store.js';
import { replayedMs } from './bookmarks.js';
import { eraseChat, hasWords, type ChatErasing } from './chat-erasure.js';
import { removeUnshown } from './unshown.js';

/** How often what has become old is looked for, ms. */
const everyMs = 3_600_000;
const pageSize = 500;

/** Something that is done about what happened so long ago. */
interface Rule {
  readonly name: 'bookmarks' | 'archive' | 'erase';
  readonly afterMs: number | null;
  readonly apply: (old: readonly StoredEvent[]) => Promise<void>;
}

/**
 * Drops the bookmarks at what is handed over to nobody any more, and pictures that nothing shows; puts away, and in the end
 * erases, what closed long ago, as the policies say. Goes on where it was after a restart.
 */
export class Retention {
  readonly #around: ChatErasing;
  readonly #rules: readonly Rule[];
  #cancel: Cancel | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(around: ChatErasing) {
    this.#around = around;
    const { archiveAfterMs, eraseAfterMs } = around.workspace.policies;
    const rules: readonly Rule[] = [
      // Not to the minute: clocks are set.
      {
        name: 'bookmarks',
        afterMs: replayedMs + everyMs,
        apply: (old) => around.workspace.bookmarks.drop(passedIn(old)),
      },
      { name: 'archive', afterMs: archiveAfterMs, apply: (old) => this.#toClosed(old, (id) => this.#archive(id)) },
      { name: 'erase', afterMs: eraseAfterMs, apply: (old) => this.#toClosed(old, (id) => this.#erase(id)) },
    ];
    this.#rules = rules.filter(({ afterMs }) => afterMs !== null);
  }

  start(): void {
    const { clock, log } = this.#around.workspace.ports;
    const sinceMs = (): number => clock.now() - clock.monotonic();
    const before = sinceMs();
    this.#cancel = clock.after(everyMs, () => {
      const aheadMs = sinceMs() - before;
      const isSet = aheadMs > everyMs;
      // What is erased by mistake is gone: somebody has an hour to see it, and to set the clock right.
      if (isSet) log.warn({ aheadMs }, 'the clock was set ahead: what is old now stays for another hour');
      this.#running = (isSet ? Promise.resolve() : this.#sweep()).finally(() => {
        if (!this.#isStopped) this.start();
      });
    });
  }

  /** Resolves when nothing is being put away any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    await this.#running;
  }

  async #sweep(): Promise<void> {
    const { log } = this.#around.workspace.ports;
    for (const rule of this.#rules) {
      await this.#follow(rule).catch((error: unknown) =>
        log.error({ error, rule: rule.name }, 'old chats stay for now'),
      );
    }
    await this.#removePictures().catch((error: unknown) =>
      log.error({ error }, 'pictures that nothing shows stay for now'),
    );
  }

  async #removePictures(): Promise<void> {
    const { workspace } = this.#around;
    const { clock, limits } = workspace.ports;
    const until = clock.now() - limits.unsentPicturesMs;
    if (!this.#isStopped) await removeUnshown(workspace, ({ since }) => since <= until);
  }

  async #follow({ name, afterMs, apply }: Rule): Promise<void> {
    const { id: workspaceId, ports } = this.#around.workspace;
    const note = { workspaceId, space: '', key: `retention/${name}` };
    const notes = await ports.store.loadNotes(workspaceId, note.space);
    let place = Number(notes.find(({ key }) => key === note.key)?.value ?? 0);
    for (let isOver = false; !isOver && !this.#isStopped;) {
      const page = await ports.store.readLane(workspaceId, place, pageSize);
      const old = oldIn(page, ports.clock.now(), afterMs ?? Infinity);
      if (old.length === 0) return;
      await apply(old);
      if (this.#isStopped) return;
      place = old.at(-1)?.position ?? place;
      await ports.store.saveNotes([{ ...note, value: place }]);
      isOver = page.length < pageSize || old.length < page.length;
    }
  }

  async #toClosed(old: readonly StoredEvent[], apply: (chatId: ChatId) => Promise<void>): Promise<void> {
    for (const chatId of await this.#closedIn(old)) if (!this.#isStopped) await apply(chatId);
  }

  /** Chats that closed then and have not been opened again. */
  async #closedIn(events: readonly StoredEvent[]): Promise<readonly ChatId[]> {
    const found: ChatId[] = [];
    for (const { stream, fact, at } of events) {
      const chatId = chatIdIn(stream);
      if (fact.type !== 'ChatClosed' || chatId === undefined) continue;
      const chat = (await this.#around.workspace.heads.loadChat(chatId))?.chat;
      // What is erased was closed once more for that, and is never open again.
      const isStill = chat?.closedAt === at || chat?.closeReason === 'erased';
      if (chat?.status === 'closed' && isStill) found.push(chatId);
    }
    return found;
  }

  #archive(chatId: ChatId): Promise<void> {
    const { id, ports } = this.#around.workspace;
    return ports.store.archive(streams.chat(id, chatId));
  }

  async #erase(chatId: ChatId): Promise<void> {
    const { workspace } = this.#around;
    const isErased = (await workspace.heads.loadChat(chatId))?.chat.closeReason === 'erased';
    if (isErased && !(await hasWords(workspace, chatId))) return;
    const erased = await eraseChat(this.#around, chatId, null);
    if ('rejection' in erased) throw new Error(`chat ${chatId}: ${erased.rejection.code}`);
  }
}

/**
 * The first of these events, up to one that is not so old. Clocks are set: what bears a time that has not come yet is as
 * old as what came after it.
 */
function oldIn(page: readonly StoredEvent[], now: number, afterMs: number): readonly StoredEvent[] {
  const firstFresh = page.findIndex(({ at }) => at > now - afterMs && at <= now);
  const before = firstFresh === -1 ? page : page.slice(0, firstFresh);
  return before.slice(0, before.findLastIndex(({ at }) => at <= now - afterMs) + 1);
}

/** How far these events go in each chat. */
function passedIn(events: readonly StoredEvent[]): readonly ChatPassed[] {
  const found = new Map<ChatId, ChatPassed>();
  for (const { stream, workspaceId, version } of events) {
    const chatId = chatIdIn(stream);
    if (chatId !== undefined) found.set(chatId, { workspaceId, chatId, version });
  }
  return [...found.values()];
}
