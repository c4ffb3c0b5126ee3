import type { ChatId, ParticipantId, WorkspaceId } from '../participant.js';
import type { Cancel, Clock, Log } from '../ports.js';
import type { Bookmark, ChatPassed, Store } from '../store.js';
import type { Seated } from './sessions.js';

/** Stands for the chat in the bookmark of one who reads the whole workspace. */
export const wholeLane: ChatId = '';

/** What happened longer ago is handed over to nobody, ms: a bookmark at it says nothing that its time does not say. */
export const replayedMs: number = 7 * 24 * 3_600_000;

/** How long a moved bookmark may stay unsaved, ms: within it a crash hands a frame over twice, never not at all. */
const flushAfter = 50;

interface Shelf {
  sessions: number;
  /** Last version written, by chat. Undefined when it could not be read: whoever asks next has it read again. */
  versions: Promise<Map<ChatId, number>> | undefined;
}

/** When what the store did not take is saved again, ms. */
const saveAgainMs = 1_000;

/** How far each participant's sessions in each space have been written to. */
export class Bookmarks {
  readonly #workspaceId: WorkspaceId;
  readonly #ports: { readonly store: Store; readonly clock: Clock; readonly log: Log };
  readonly #shelves = new Map<string, Shelf>();
  readonly #dirty = new Map<string, Bookmark>();
  /** On the way to the store: who comes back meanwhile may read it there or not. */
  readonly #saving = new Map<string, Bookmark>();
  #cancelFlush: Cancel | undefined;
  #isStopped = false;

  constructor(workspaceId: WorkspaceId, ports: { readonly store: Store; readonly clock: Clock; readonly log: Log }) {
    this.#workspaceId = workspaceId;
    this.#ports = ports;
  }

  open(session: Seated): void {
    const shelf = this.#shelfOf(session);
    shelf.sessions += 1;
    // Read ahead: who needs it and cannot have it is told then.
    this.#versionsOn(shelf, session).catch(() => undefined);
  }

  close(session: Seated): void {
    const key = keyOf(session);
    const shelf = this.#shelves.get(key);
    if (shelf === undefined) return;
    shelf.sessions -= 1;
    if (shelf.sessions <= 0) this.#shelves.delete(key);
  }

  async versionOf(session: Seated, chatId: ChatId): Promise<number> {
    const key = `${keyOf(session)}\n${chatId}`;
    const before = this.#unsaved(key);
    const saved = (await this.#versionsOn(this.#shelfOf(session), session)).get(chatId) ?? 0;
    return Math.max(saved, before, this.#unsaved(key));
  }

  #unsaved(key: string): number {
    return Math.max(this.#dirty.get(key)?.version ?? 0, this.#saving.get(key)?.version ?? 0);
  }

  move(session: Seated, chatId: ChatId, version: number): void {
    const { space } = session.identity;
    const key = `${keyOf(session)}\n${chatId}`;
    if ((this.#dirty.get(key)?.version ?? 0) >= version) return;
    this.#dirty.set(key, {
      workspaceId: this.#workspaceId,
      chatId,
      space,
      participantId: session.participant.id,
      version,
    });
    this.#cancelFlush ??= this.#ports.clock.after(flushAfter, () => void this.#flush());
  }

  /** Drops what says nothing any more. */
  async drop(passed: readonly ChatPassed[]): Promise<void> {
    await this.#ports.store.dropBookmarks(passed);
    for (const shelf of this.#shelves.values()) {
      const versions = await shelf.versions?.catch(() => undefined);
      for (const { chatId, version } of passed) {
        if ((versions?.get(chatId) ?? Infinity) <= version) versions?.delete(chatId);
      }
    }
  }

  /** Saves what is not saved; for the last time. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const entries = [...this.#dirty];
    const moved = entries.map(([, bookmark]) => bookmark);
    this.#dirty.clear();
    if (moved.length === 0) return;
    for (const [key, bookmark] of entries) this.#saving.set(key, bookmark);
    for (const bookmark of moved) void this.#remember(bookmark);
    try {
      await this.#ports.store.saveBookmarks(moved);
    } catch (error) {
      this.#ports.log.warn(
        { error, bookmarks: moved.length },
        'bookmarks were not saved: after a crash some frames may be handed over twice',
      );
      this.#flushAgain(entries);
    }
    for (const [key, bookmark] of entries) {
      // A shelf that was opened meanwhile may have read the store too early.
      void this.#remember(bookmark);
      if (this.#saving.get(key) === bookmark) this.#saving.delete(key);
    }
  }

  #flushAgain(entries: readonly (readonly [string, Bookmark])[]): void {
    if (this.#isStopped) return;
    for (const [key, bookmark] of entries) {
      if ((this.#dirty.get(key)?.version ?? 0) < bookmark.version) this.#dirty.set(key, bookmark);
    }
    this.#cancelFlush ??= this.#ports.clock.after(saveAgainMs, () => void this.#flush());
  }

  async #remember({ space, participantId, chatId, version }: Bookmark): Promise<void> {
    const versions = await this.#shelves.get(`${space}\n${participantId}`)?.versions?.catch(() => undefined);
    if (versions !== undefined && (versions.get(chatId) ?? 0) < version) versions.set(chatId, version);
  }

  #shelfOf(session: Seated): Shelf {
    const key = keyOf(session);
    const known = this.#shelves.get(key);
    if (known !== undefined) return known;
    const shelf: Shelf = { sessions: 0, versions: undefined };
    this.#shelves.set(key, shelf);
    return shelf;
  }

  #versionsOn(shelf: Shelf, { identity, participant }: Seated): Promise<Map<ChatId, number>> {
    if (shelf.versions !== undefined) return shelf.versions;
    const versions = this.#load(identity.space, participant.id);
    shelf.versions = versions;
    versions.catch(() => (shelf.versions = undefined));
    return versions;
  }

  async #load(space: string, participantId: ParticipantId): Promise<Map<ChatId, number>> {
    const saved = await this.#ports.store.loadBookmarks(this.#workspaceId, space, participantId);
    return new Map(saved.map(({ chatId, version }) => [chatId, version]));
  }
}

function keyOf(session: Seated): string {
  return `${session.identity.space}\n${session.participant.id}`;
}
