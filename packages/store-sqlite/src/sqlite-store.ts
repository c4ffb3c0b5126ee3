import type {
  Appended,
  AppendRequest,
  AppendResult,
  Bookmark,
  ChatPassed,
  Clock,
  CommandId,
  Fields,
  Ids,
  Note,
  ParticipantId,
  Redaction,
  RememberedCommand,
  Snapshot,
  Store,
  StoredEvent,
  Subscription,
  TimerOrder,
  WorkspaceId,
} from '@dragoman/core';
import { checkAppend, StoreError, systemClock, systemIds } from '@dragoman/core';
import type { AppendText, CallName, Calls, Verdict } from './calls.js';
import { Follower, Followers } from './followers.js';
import {
  appendText,
  bookmarksText,
  passedText,
  eventOf,
  eventsOf,
  factText,
  fromText,
  notesText,
  snapshotText,
  toText,
  unitsOf,
} from './texts.js';
import { WorkerLink } from './worker-link.js';
import { WriteQueue } from './write-queue.js';

/** How often the log is tried to be emptied while somebody reads it: for five minutes. */
const maxEmptyings = 1_500;
/** After how long each time, ms. */
const emptyAgainMs = 200;

/** What must fit where something did not: more than most of what is written. */
const trialUnits = 32_768;

export interface SqliteStoreOptions {
  /** The store's own directory; made, for its owner alone, if it is not there. One process at a time. */
  readonly path: string;
  /** Default: the machine's. Timers and remembered commands live by it. */
  readonly clock?: Clock;
  /** Where event ids come from. Default: random. */
  readonly ids?: Ids;
  /** Writes that may wait for the disk; more are refused as Overloaded. Default 10 000. */
  readonly maxWaiting?: number;
  /** Bytes, about, of the writes that may wait. Default 64 MiB. */
  readonly maxWaitingBytes?: number;
  /** Reads the whole file at the start to see that it is sound: seconds per GB. Default false. */
  readonly checkIntegrity?: boolean;
  /**
   * A module that exports `openDriver`, and what is handed to it (it must survive being sent to a thread). Default: the
   * libsql library.
   */
  readonly driver?: { readonly module: URL; readonly options?: unknown };
}

/**
 * Opens a store on disk. Throws a Fault: STORE_LOCKED when another store has the directory, STORE_CORRUPT when what lies
 * there is damaged or from a newer version, STORE_UNAVAILABLE when it cannot be opened.
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const link = await WorkerLink.start({
    path: options.path,
    driver: (options.driver?.module ?? new URL('./driver.js', import.meta.url)).href,
    driverOptions: options.driver?.options,
    checkIntegrity: options.checkIntegrity ?? false,
  });
  return new SqliteStore(link, options);
}

class SqliteStore implements Store {
  readonly #link: WorkerLink;
  readonly #queue: WriteQueue;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #maxWaiting: number;
  readonly #followers = new Followers();
  #closing: Promise<void> | undefined;

  constructor(link: WorkerLink, options: SqliteStoreOptions) {
    const { clock = systemClock, ids = systemIds, maxWaiting = 10_000, maxWaitingBytes = 64 * 1_048_576 } = options;
    this.#link = link;
    this.#clock = clock;
    this.#ids = ids;
    this.#maxWaiting = maxWaiting;
    this.#queue = new WriteQueue(link, { maxWaiting, maxWaitingBytes }, clock);
  }

  async append(request: AppendRequest): Promise<Appended> {
    checkAppend(request);
    const result = await this.#appended(request);
    if (!result.ok) throw result.error;
    return result.appended;
  }

  async appendMany(requests: readonly AppendRequest[]): Promise<readonly AppendResult[]> {
    for (const request of requests) checkAppend(request);
    return Promise.all(requests.map((request) => this.#appended(request)));
  }

  async findCommand(workspaceId: WorkspaceId, commandId: CommandId): Promise<RememberedCommand | undefined> {
    const ask = { workspace: toText(workspaceId), commandId: toText(commandId), now: this.now() };
    const found = await this.#ask('findCommand', ask);
    return found === null ? undefined : { digest: fromText(found.digest), events: found.events.map(eventOf) };
  }

  async readStream(stream: string, fromVersion: number, limit: number): Promise<readonly StoredEvent[]> {
    return (await this.#ask('readStream', { stream: toText(stream), fromVersion, limit })).map(eventOf);
  }

  async readLane(workspaceId: WorkspaceId, afterPosition: number, limit: number): Promise<readonly StoredEvent[]> {
    return (await this.#ask('readLane', { workspace: toText(workspaceId), afterPosition, limit })).map(eventOf);
  }

  subscribe(
    workspaceId: WorkspaceId,
    afterPosition: number,
    handler: (event: StoredEvent) => Promise<void>,
  ): Subscription {
    const readPage = (after: number, limit: number): Promise<readonly StoredEvent[]> =>
      this.readLane(workspaceId, after, limit);
    const after = (ms: number, run: () => void): void => void this.#clock.after(ms, run);
    return this.#followers.add(workspaceId, new Follower(afterPosition, { readPage, after }, handler));
  }

  head(workspaceId: WorkspaceId): Promise<number> {
    return this.#ask('head', { workspace: toText(workspaceId) });
  }

  async claimTimers(
    limit: number,
    holdMs: number,
  ): Promise<{ readonly due: readonly TimerOrder[]; readonly nextAt: number | null }> {
    const now = this.now();
    const { due, nextAt } = await this.#ask('claimTimers', { limit, heldUntil: now + holdMs, now });
    return { due: due.map((text): TimerOrder => JSON.parse(text)), nextAt };
  }

  async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    const found = await this.#ask('loadSnapshot', { stream: toText(stream) });
    if (found === null) return undefined;
    try {
      return { stream, position: found.position, schema: found.schema, state: JSON.parse(found.state) };
    } catch {
      return undefined;
    }
  }

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#checkOpen();
    const text = snapshotText(snapshot);
    await this.#queue.add(text, text.state.length);
  }

  async saveBookmarks(bookmarks: readonly Bookmark[]): Promise<void> {
    this.#checkOpen();
    await this.#queue.add(bookmarksText(bookmarks), 200 * bookmarks.length);
  }

  async loadBookmarks(
    workspaceId: WorkspaceId,
    space: string,
    participantId: ParticipantId,
  ): Promise<readonly Bookmark[]> {
    const ask = { workspace: toText(workspaceId), space: toText(space), participant: toText(participantId) };
    const rows = await this.#ask('loadBookmarks', ask);
    return rows.map(({ chat, version }) => ({ workspaceId, space, participantId, chatId: fromText(chat), version }));
  }

  async dropBookmarks(passed: readonly ChatPassed[]): Promise<void> {
    this.#checkOpen();
    await this.#queue.add(passedText(passed), 200 * passed.length);
  }

  async redact({ stream, facts, renamedTo }: Redaction): Promise<void> {
    const ask = {
      stream: toText(stream),
      facts: [...facts].map(([version, fact]) => ({ version, data: factText(fact) })),
      renamedTo: renamedTo === undefined ? null : toText(renamedTo),
    };
    await this.#ask('redact', ask);
    await this.#emptyLog();
  }

  async archive(stream: string): Promise<void> {
    await this.#ask('archive', { stream: toText(stream) });
  }

  async saveNotes(notes: readonly Note[]): Promise<void> {
    this.#checkOpen();
    const text = notesText(notes);
    const units = text.rows.reduce((sum, { value }) => sum + (value?.length ?? 0) + 200, 0);
    await this.#queue.add(text, units);
  }

  async loadNotes(workspaceId: WorkspaceId, space: string): Promise<readonly Note[]> {
    const rows = await this.#ask('loadNotes', { workspace: toText(workspaceId), space: toText(space) });
    return rows.map(({ key, value }) => ({ workspaceId, space, key: fromText(key), value: JSON.parse(value) }));
  }

  now(): number {
    return this.#clock.now();
  }

  async health(): Promise<Fields> {
    if (this.#queue.problem !== undefined) await this.#tryAgain();
    const { waiting, last } = this.#queue;
    const problem = this.#link.problem ?? this.#queue.problem;
    return { waiting, lastCommitMs: last.commitMs, lastBatch: last.writes, ...(problem !== undefined && { problem }) };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#followers.clear();
    await this.#queue.drained();
    await this.#link.close();
  }

  /** While it is not ready nobody may be sent to it, and without a write it would not be seen that there is room again. */
  async #tryAgain(): Promise<void> {
    const write = (value: string | null): Promise<Verdict> =>
      this.#queue.add({ kind: 'notes', rows: [{ workspace: '', space: '', key: 'trial', value }] }, trialUnits);
    const filled = write('.'.repeat(trialUnits));
    await filled.then(() => write(null)).catch(() => undefined);
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new StoreError('Closed', 'the store is closed');
  }

  /** A backup under way reads the log: what was taken out of the file is gone only when that is over. */
  async #emptyLog(): Promise<void> {
    for (let tries = 0; !(await this.#ask('emptyLog', null)); tries += 1) {
      if (tries === maxEmptyings) throw new StoreError('Unavailable', 'somebody reads the log that is to be emptied');
      await new Promise<void>((resolve) => void this.#clock.after(emptyAgainMs, resolve));
    }
  }

  async #appended(request: AppendRequest): Promise<AppendResult> {
    try {
      this.#checkOpen();
      const text = appendText(request, this.#ids, this.now());
      return this.#result(request, text, await this.#queue.add(text, unitsOf(text)));
    } catch (error) {
      if (error instanceof StoreError) return { ok: false, error };
      throw error;
    }
  }

  #result(request: AppendRequest, text: AppendText, verdict: Verdict): AppendResult {
    const { workspaceId, commandId } = request.context;
    if (typeof verdict === 'number') {
      this.#followers.wake(workspaceId);
      return { ok: true, appended: { events: eventsOf(request, text, verdict) } };
    }
    if (verdict.code === 'DuplicateCommand') {
      return { ok: false, error: new StoreError('DuplicateCommand', `command ${commandId} is remembered`) };
    }
    const { actualVersion } = verdict;
    const stream = request.writes[verdict.write]?.stream ?? '';
    const about = { stream, actualVersion };
    return { ok: false, error: new StoreError('VersionConflict', `${stream} is at ${actualVersion}`, about) };
  }

  async #ask<Name extends CallName>(name: Name, ask: Calls[Name]['ask']): Promise<Calls[Name]['answer']> {
    this.#checkOpen();
    if (this.#link.waiting >= this.#maxWaiting) throw new StoreError('Overloaded', 'too many reads wait');
    return this.#link.ask(name, ask);
  }
}
