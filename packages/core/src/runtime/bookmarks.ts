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

/** How far one participant's sessions in one space have been written to. */
interface Shelf {
  readonly space: string;
  readonly participantId: ParticipantId;
  readonly places: Map<ChatId, Place>;
  sessions: number;
  /** Places the store does not hold yet: the shelf stays for them, so that who comes back finds them. */
  unsaved: number;
  /** Settled when what the store holds lies here too. Undefined: it could not be read, whoever asks next has it read again. */
  read: Promise<void> | undefined;
}

interface Place {
  readonly shelf: Shelf;
  readonly chatId: ChatId;
  /** Last version written. */
  version: number;
  /** Whether the next flush takes it along. */
  isMoved: boolean;
}

/** When what the store did not take is saved again, ms. */
const saveAgainMs = 1_000;

/** How far each participant's sessions in each space have been written to. */
export class Bookmarks {
  readonly #workspaceId: WorkspaceId;
  readonly #ports: { readonly store: Store; readonly clock: Clock; readonly log: Log };
  /** By space, then by participant. */
  readonly #shelves = new Map<string, Map<ParticipantId, Shelf>>();
  #moved: Place[] = [];
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
    this.#read(shelf).catch(() => undefined);
  }

  close(session: Seated): void {
    const shelf = this.#shelfOf(session);
    shelf.sessions -= 1;
    this.#clear(shelf);
  }

  async versionOf(session: Seated, chatId: ChatId): Promise<number> {
    const shelf = this.#shelfOf(session);
    await this.#read(shelf);
    return shelf.places.get(chatId)?.version ?? 0;
  }

  move(session: Seated, chatId: ChatId, version: number): void {
    const place = placeOn(this.#shelfOf(session), chatId);
    if (place.version >= version) return;
    place.version = version;
    if (place.isMoved) return;
    place.shelf.unsaved += 1;
    this.#wait(place, flushAfter);
  }

  /** Drops what says nothing any more. */
  async drop(passed: readonly ChatPassed[]): Promise<void> {
    await this.#ports.store.dropBookmarks(passed);
    for (const shelf of [...this.#shelves.values()].flatMap((shelves) => [...shelves.values()])) {
      await shelf.read?.catch(() => undefined);
      for (const { chatId, version } of passed) {
        if ((shelf.places.get(chatId)?.version ?? Infinity) <= version) shelf.places.delete(chatId);
      }
    }
  }

  /** Saves what is not saved; for the last time. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#flush();
  }

  #wait(place: Place, ms: number): void {
    place.isMoved = true;
    this.#moved.push(place);
    this.#cancelFlush ??= this.#ports.clock.after(ms, () => void this.#flush());
  }

  async #flush(): Promise<void> {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const moved = this.#moved;
    if (moved.length === 0) return;
    this.#moved = [];
    for (const place of moved) place.isMoved = false;
    try {
      await this.#ports.store.saveBookmarks(moved.map((place) => this.#bookmarkOf(place)));
      for (const { shelf } of moved) this.#saved(shelf);
    } catch (error) {
      this.#ports.log.warn(
        { error, bookmarks: moved.length },
        'bookmarks were not saved: after a crash some frames may be handed over twice',
      );
      this.#flushAgain(moved);
    }
  }

  #bookmarkOf({ shelf, chatId, version }: Place): Bookmark {
    const { space, participantId } = shelf;
    return { workspaceId: this.#workspaceId, chatId, space, participantId, version };
  }

  #saved(shelf: Shelf): void {
    shelf.unsaved -= 1;
    this.#clear(shelf);
  }

  #flushAgain(places: readonly Place[]): void {
    if (this.#isStopped) return;
    for (const place of places) {
      // Who has moved on meanwhile waits already, and counts once.
      if (place.isMoved) this.#saved(place.shelf);
      else this.#wait(place, saveAgainMs);
    }
  }

  /** Nobody is there, and the store knows everything. */
  #clear({ space, participantId, sessions, unsaved }: Shelf): void {
    if (sessions <= 0 && unsaved === 0) this.#shelves.get(space)?.delete(participantId);
  }

  #shelfOf({ identity: { space }, participant: { id } }: Seated): Shelf {
    const ofSpace = this.#shelves.get(space) ?? new Map<ParticipantId, Shelf>();
    const known = ofSpace.get(id);
    if (known !== undefined) return known;
    const shelf: Shelf = { space, participantId: id, places: new Map(), sessions: 0, unsaved: 0, read: undefined };
    this.#shelves.set(space, ofSpace.set(id, shelf));
    return shelf;
  }

  #read(shelf: Shelf): Promise<void> {
    if (shelf.read !== undefined) return shelf.read;
    const read = this.#load(shelf);
    shelf.read = read;
    read.catch(() => (shelf.read = undefined));
    return read;
  }

  async #load(shelf: Shelf): Promise<void> {
    const { space, participantId } = shelf;
    const saved = await this.#ports.store.loadBookmarks(this.#workspaceId, space, participantId);
    for (const { chatId, version } of saved) {
      const place = placeOn(shelf, chatId);
      place.version = Math.max(place.version, version);
    }
  }
}

function placeOn(shelf: Shelf, chatId: ChatId): Place {
  const known = shelf.places.get(chatId);
  if (known !== undefined) return known;
  const place: Place = { shelf, chatId, version: 0, isMoved: false };
  shelf.places.set(chatId, place);
  return place;
}
