import { checkAppend } from './append-check.js';
import type { Fact } from './event.js';
import { MemoryCommands } from './memory-commands.js';
import { noteText } from './note-check.js';
import type { ChatId, Fields, ParticipantId, WorkspaceId } from './participant.js';
import type { Clock, Ids } from './ports.js';
import type {
  AppendRequest,
  AppendResult,
  Bookmark,
  ChatPassed,
  Redaction,
  Note,
  RememberedCommand,
  Snapshot,
  Store,
  StoredEvent,
  Subscription,
  TimerOrder,
} from './store.js';
import { StoreError } from './store.js';
import { systemClock, systemIds } from './system.js';

/** Longest event as JSON, in UTF-16 units. */
const eventUnits = 1_048_576;
/** How long a follower waits after its handler has failed, ms. */
const followAgainAfter = 1_000;

interface HeldTimer extends TimerOrder {
  heldUntil: number;
}

/**
 * A store that forgets everything with its process: for tests, and for a core that needs no memory. Facts are kept as
 * they come and never changed; who hands them in must not change them either.
 */
export function createMemoryStore(options: { readonly clock?: Clock; readonly ids?: Ids } = {}): Store {
  return new MemoryStore(options.clock ?? systemClock, options.ids ?? systemIds);
}

class MemoryStore implements Store {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #streams = new Map<string, StoredEvent[]>();
  readonly #lanes = new Map<string, StoredEvent[]>();
  readonly #commands = new Map<WorkspaceId, MemoryCommands>();
  readonly #timers = new Map<string, HeldTimer>();
  readonly #snapshots = new Map<string, Snapshot>();
  /** By workspace, space and participant, then by chat. */
  readonly #bookmarks = new Map<string, Map<ChatId, Bookmark>>();
  /** By workspace and space, then by key; the values as JSON. */
  readonly #notes = new Map<string, Map<string, string>>();
  readonly #followers = new Set<() => void>();
  #isClosed = false;

  constructor(clock: Clock, ids: Ids) {
    this.#clock = clock;
    this.#ids = ids;
  }

  async append(request: AppendRequest): Promise<{ readonly events: readonly StoredEvent[] }> {
    checkAppend(request);
    const result = this.#judged(request);
    if (!result.ok) throw result.error;
    return result.appended;
  }

  async appendMany(requests: readonly AppendRequest[]): Promise<readonly AppendResult[]> {
    for (const request of requests) checkAppend(request);
    return requests.map((request) => this.#judged(request));
  }

  async findCommand(workspaceId: string, commandId: string): Promise<RememberedCommand | undefined> {
    this.#checkOpen();
    const held = this.#commands.get(workspaceId)?.find(commandId, this.now());
    if (held === undefined) return undefined;
    const events = await this.readLane(workspaceId, held.afterPosition, held.count);
    return { digest: held.digest, events };
  }

  async readStream(stream: string, fromVersion: number, limit: number): Promise<readonly StoredEvent[]> {
    this.#checkOpen();
    return (this.#streams.get(stream) ?? []).slice(fromVersion - 1, fromVersion - 1 + limit);
  }

  async readLane(workspaceId: string, afterPosition: number, limit: number): Promise<readonly StoredEvent[]> {
    this.#checkOpen();
    return (this.#lanes.get(workspaceId) ?? []).slice(afterPosition, afterPosition + limit);
  }

  subscribe(workspaceId: string, afterPosition: number, handler: (event: StoredEvent) => Promise<void>): Subscription {
    let position = afterPosition;
    let isStopped = false;
    let running: Promise<void> | undefined;
    const next = (): StoredEvent | undefined =>
      isStopped || this.#isClosed ? undefined : this.#lanes.get(workspaceId)?.[position];
    const follow = async (): Promise<void> => {
      try {
        for (let event = next(); event !== undefined; event = next()) {
          await handler(event);
          position = event.position;
        }
      } catch {
        this.#clock.after(followAgainAfter, wake);
      }
      running = undefined;
    };
    const wake = (): void => void (running ??= Promise.resolve().then(follow));
    this.#followers.add(wake);
    wake();
    return {
      stop: async () => {
        isStopped = true;
        this.#followers.delete(wake);
        await running;
      },
    };
  }

  async head(workspaceId: string): Promise<number> {
    this.#checkOpen();
    return this.#lanes.get(workspaceId)?.length ?? 0;
  }

  async claimTimers(
    limit: number,
    holdMs: number,
  ): Promise<{ readonly due: readonly TimerOrder[]; readonly nextAt: number | null }> {
    this.#checkOpen();
    const now = this.now();
    const free = [...this.#timers.values()].filter((timer) => timer.heldUntil <= now).sort((a, b) => a.dueAt - b.dueAt);
    const due = free.filter((timer) => timer.dueAt <= now).slice(0, limit);
    for (const timer of due) timer.heldUntil = now + holdMs;
    const times = [...this.#timers.values()].map((timer) => Math.max(timer.dueAt, timer.heldUntil));
    const nextAt = times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
    return { due: due.map(({ heldUntil: _, ...timer }) => timer), nextAt };
  }

  async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    this.#checkOpen();
    return this.#snapshots.get(stream);
  }

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#checkOpen();
    const known = this.#snapshots.get(snapshot.stream);
    if (known === undefined || known.position < snapshot.position) this.#snapshots.set(snapshot.stream, snapshot);
  }

  async saveBookmarks(bookmarks: readonly Bookmark[]): Promise<void> {
    this.#checkOpen();
    for (const bookmark of bookmarks) {
      const key = readerKey(bookmark.workspaceId, bookmark.space, bookmark.participantId);
      const ofReader = this.#bookmarks.get(key) ?? new Map<ChatId, Bookmark>();
      this.#bookmarks.set(key, ofReader);
      if ((ofReader.get(bookmark.chatId)?.version ?? 0) < bookmark.version) ofReader.set(bookmark.chatId, bookmark);
    }
  }

  async loadBookmarks(workspaceId: string, space: string, participantId: string): Promise<readonly Bookmark[]> {
    this.#checkOpen();
    return [...(this.#bookmarks.get(readerKey(workspaceId, space, participantId))?.values() ?? [])];
  }

  async dropBookmarks(passed: readonly ChatPassed[]): Promise<void> {
    this.#checkOpen();
    for (const ofReader of this.#bookmarks.values()) {
      for (const { workspaceId, chatId, version } of passed) {
        const known = ofReader.get(chatId);
        if (known?.workspaceId === workspaceId && known.version <= version) ofReader.delete(chatId);
      }
    }
  }

  async redact({ workspaceId, stream, facts, renamedTo = stream }: Redaction): Promise<void> {
    this.#checkOpen();
    const events = this.#streams.get(stream);
    const lane = this.#lanes.get(workspaceId);
    if (events === undefined || lane === undefined) return;
    const commandIds = new Set(events.map((event) => event.commandId));
    for (const [index, event] of lane.entries()) {
      if (!commandIds.has(event.commandId)) continue;
      this.#commands.get(workspaceId)?.forget(event.commandId);
      const isOfStream = event.stream === stream;
      const fact = isOfStream ? (facts.get(event.version) ?? event.fact) : event.fact;
      const redacted = { ...event, commandId: event.eventId, fact, stream: isOfStream ? renamedTo : event.stream };
      lane[index] = redacted;
      const written = this.#streams.get(event.stream);
      if (written !== undefined) written[event.version - 1] = redacted;
    }
    this.#streams.delete(stream);
    this.#streams.set(renamedTo, events);
  }

  async archive(): Promise<void> {
    this.#checkOpen();
  }

  async saveNotes(notes: readonly Note[]): Promise<void> {
    this.#checkOpen();
    for (const [{ workspaceId, space, key }, text] of notes.map((note) => [note, noteText(note)] as const)) {
      const place = JSON.stringify([workspaceId, space]);
      const kept = this.#notes.get(place) ?? new Map<string, string>();
      if (text === null) kept.delete(key);
      else this.#notes.set(place, kept.set(key, text));
    }
  }

  async loadNotes(workspaceId: string, space: string): Promise<readonly Note[]> {
    this.#checkOpen();
    const kept = this.#notes.get(JSON.stringify([workspaceId, space])) ?? new Map<string, string>();
    return [...kept].map(([key, text]) => ({ workspaceId, space, key, value: JSON.parse(text) }));
  }

  now(): number {
    return this.#clock.now();
  }

  async health(): Promise<Readonly<Record<string, unknown>>> {
    return {};
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#followers.clear();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new StoreError('Closed', 'the store is closed');
  }

  #judged(request: AppendRequest): AppendResult {
    const error = this.#problemOf(request);
    return error === undefined ? { ok: true, appended: { events: this.#written(request) } } : { ok: false, error };
  }

  #problemOf(request: AppendRequest): StoreError | undefined {
    if (this.#isClosed) return new StoreError('Closed', 'the store is closed');
    const { workspaceId, commandId } = request.context;
    if (request.remember !== undefined && this.#commands.get(workspaceId)?.find(commandId, this.now()) !== undefined) {
      return new StoreError('DuplicateCommand', `command ${commandId} is remembered`);
    }
    for (const { stream, expectedVersion, facts } of request.writes) {
      const actualVersion = this.#streams.get(stream)?.length ?? 0;
      if (actualVersion !== expectedVersion) {
        return new StoreError('VersionConflict', `${stream} is at ${actualVersion}`, { stream, actualVersion });
      }
      if (facts.some(isTooLarge)) return new StoreError('TooLarge', 'an event is too large');
    }
    return undefined;
  }

  #written({ context, writes, setTimers, clearTimers, remember }: AppendRequest): StoredEvent[] {
    const { workspaceId, commandId, by, at } = context;
    const lane = listOf(this.#lanes, workspaceId);
    const afterPosition = lane.length;
    const events: StoredEvent[] = [];
    for (const { stream: name, facts } of writes) {
      const written = listOf(this.#streams, name);
      // One text for all events of a stream.
      const stream = written[0]?.stream ?? name;
      for (const fact of facts) {
        const [version, position] = [written.length + 1, lane.length + 1];
        const eventId = this.#ids.event();
        const event: StoredEvent = { eventId, stream, version, position, workspaceId, commandId, by, at, fact };
        written.push(event);
        lane.push(event);
        events.push(event);
      }
    }
    for (const key of clearTimers) this.#timers.delete(key);
    for (const timer of setTimers) this.#timers.set(timer.key, { ...timer, heldUntil: 0 });
    if (remember !== undefined) {
      const commands = this.#commands.get(workspaceId) ?? new MemoryCommands();
      this.#commands.set(workspaceId, commands);
      const [now, { digest, keepMs }] = [this.now(), remember];
      commands.keep(commandId, { digest, afterPosition, count: events.length, expiresAt: now + keepMs }, now);
    }
    for (const wake of this.#followers) wake();
    return events;
  }
}

function listOf(lists: Map<string, StoredEvent[]>, key: string): StoredEvent[] {
  const known = lists.get(key);
  if (known !== undefined) return known;
  const list: StoredEvent[] = [];
  lists.set(key, list);
  return list;
}

/** Only what may be too long is written out to be measured. */
function isTooLarge(fact: Fact): boolean {
  return longestJson(fact) > eventUnits && JSON.stringify(fact).length > eventUnits;
}

/** No fewer units than it has as JSON: each of a text may be escaped by six, and no number is longer than 24. */
function longestJson(value: unknown): number {
  if (typeof value === 'string') return 6 * value.length + 2;
  if (typeof value !== 'object' || value === null) return 24;
  let units = 2;
  for (const key in value) units += longestJson(key) + longestJson((value as Fields)[key]) + 2;
  return units;
}

function readerKey(workspaceId: WorkspaceId, space: string, participantId: ParticipantId): string {
  return JSON.stringify([workspaceId, space, participantId]);
}
