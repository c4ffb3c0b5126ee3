import type { Actor, CommandContext } from './command.js';
import type { Fact } from './event.js';
import type { ChatId, CommandId, Fields, ParticipantId, WorkspaceId } from './participant.js';

/** A command the machine gives itself later; kept in the store, so that it survives a restart. */
export interface TimerOrder {
  /** `<stream>/<name>`; setting it again moves it. */
  readonly key: string;
  /** Ms since epoch by the store's clock. */
  readonly dueAt: number;
  readonly workspaceId: WorkspaceId;
  readonly chatId: ChatId;
  readonly name: string;
  /** What must still be true when it fires (an assignment number, an absence); a stale one does nothing. */
  readonly token: number;
}

/** New events of one stream, on condition that it has exactly the expected version. */
export interface StreamWrite {
  readonly stream: string;
  /** 0: the stream does not exist yet. */
  readonly expectedVersion: number;
  readonly facts: readonly Fact[];
}

/** Everything that one command changes: all of it or none. */
export interface AppendRequest {
  readonly context: CommandContext;
  /** Each stream at most once; all in the context's workspace. */
  readonly writes: readonly StreamWrite[];
  readonly setTimers: readonly TimerOrder[];
  /** Keys of timers that no longer matter; unknown ones are ignored. */
  readonly clearTimers: readonly string[];
  /** Remembers the command id with this digest of what was asked; absent: not remembered. */
  readonly remember?: { readonly digest: string; readonly keepMs: number } | undefined;
}

/** An event as it lies in the store. */
export interface StoredEvent {
  readonly eventId: string;
  readonly stream: string;
  readonly version: number;
  /** Place in the workspace's lane: contiguous, in commit order, a safe integer. */
  readonly position: number;
  readonly workspaceId: WorkspaceId;
  readonly commandId: CommandId;
  readonly by: Actor;
  readonly at: number;
  readonly fact: Fact;
}

export interface Appended {
  /** In the order of the writes and their facts. */
  readonly events: readonly StoredEvent[];
}

/** What the store remembers of an accepted command. */
export interface RememberedCommand {
  readonly digest: string;
  readonly events: readonly StoredEvent[];
}

export const storeErrorCodes = [
  /** A stream did not have the expected version; nothing of the request was written. */
  'VersionConflict',
  /** The command id is remembered already; nothing was written. */
  'DuplicateCommand',
  /** The connection broke, or the flush failed, after the request was sent: repeat it with the same command id. */
  'OutcomeUnknown',
  /** The store cannot work now; nothing was written. */
  'Unavailable',
  /** Too much is waiting; nothing was written. */
  'Overloaded',
  /** An event above the limit. */
  'TooLarge',
  /** `close` was called. */
  'Closed',
  /** What lies in the store cannot be read. */
  'Corrupt',
] as const;
export type StoreErrorCode = (typeof storeErrorCodes)[number];

/** The only errors a store throws. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  /** VersionConflict: which stream, and the version it has. */
  readonly stream: string | undefined;
  readonly actualVersion: number | undefined;

  constructor(
    code: StoreErrorCode,
    message: string,
    about?: ErrorOptions & { readonly stream?: string; readonly actualVersion?: number },
  ) {
    super(message, about);
    this.code = code;
    this.stream = about?.stream;
    this.actualVersion = about?.actualVersion;
  }
}

/** Each request of a batch is judged on its own. */
export type AppendResult =
  { readonly ok: true; readonly appended: Appended } | { readonly ok: false; readonly error: StoreError };

/** A fold kept so that a start need not read everything; a hint, may be lost. */
export interface Snapshot {
  readonly stream: string;
  /** Position in the lane up to which it is folded. */
  readonly position: number;
  /** Number of the shape of `state`; another one than the reader's is ignored. */
  readonly schema: number;
  /** Plain JSON. */
  readonly state: unknown;
}

/** How far one participant's sessions in one space have been written to. */
export interface Bookmark {
  readonly workspaceId: WorkspaceId;
  /** Empty: the whole workspace, and `version` a position in its lane. */
  readonly chatId: ChatId;
  readonly space: string;
  readonly participantId: ParticipantId;
  readonly version: number;
}

/** A version of a chat that nobody is handed again, and with it none before. */
export type ChatPassed = Pick<Bookmark, 'workspaceId' | 'chatId' | 'version'>;

/** What is taken out of a stream for ever. */
export interface Redaction {
  readonly workspaceId: WorkspaceId;
  readonly stream: string;
  /** What stands in place of a fact from now on, by version; the others stay. */
  readonly facts: ReadonlyMap<number, Fact>;
  /** The stream's name from now on, one that no stream has. Absent: the old one. */
  readonly renamedTo?: string;
}

/** Something small that one space of a workspace must still know after a restart, and that never happened in a chat. */
export interface Note {
  readonly workspaceId: WorkspaceId;
  readonly space: string;
  readonly key: string;
  /** Plain JSON, at most 8 192 units as text. Null: the note is gone. */
  readonly value: unknown;
}

export interface Subscription {
  /** Resolves when a running handler has finished; no other is called afterwards. */
  stop(): Promise<void>;
}

/** Where the events lie. What is resolved is durable; what rejects does so with a StoreError, or as `checkAppend` says. */
export interface Store {
  append(request: AppendRequest): Promise<Appended>;
  /** One disk flush for all; results in the order of the requests, which is also their order in the lane. */
  appendMany(requests: readonly AppendRequest[]): Promise<readonly AppendResult[]>;
  /** What a remembered command id did; undefined when unknown or forgotten. */
  findCommand(workspaceId: WorkspaceId, commandId: CommandId): Promise<RememberedCommand | undefined>;
  /** Contiguous versions from `fromVersion` on (1 is the first), at most `limit`. Sees what was appended before. */
  readStream(stream: string, fromVersion: number, limit: number): Promise<readonly StoredEvent[]>;
  /** A workspace's events in commit order, positions above `afterPosition`, at most `limit`. */
  readLane(workspaceId: WorkspaceId, afterPosition: number, limit: number): Promise<readonly StoredEvent[]>;
  /**
   * In order, at least once, no gap; the next event waits for the handler. One that fails gets the same event again, within
   * a second by the store's clock.
   */
  subscribe(
    workspaceId: WorkspaceId,
    afterPosition: number,
    handler: (event: StoredEvent) => Promise<void>,
  ): Subscription;
  /** Last position of the workspace's lane, 0 for none. */
  head(workspaceId: WorkspaceId): Promise<number>;
  /** Due timers, oldest first, each held for `holdMs` so that nobody else gets it; and when the next one is due. */
  claimTimers(
    limit: number,
    holdMs: number,
  ): Promise<{ readonly due: readonly TimerOrder[]; readonly nextAt: number | null }>;
  loadSnapshot(stream: string): Promise<Snapshot | undefined>;
  /** Never moves backwards. */
  saveSnapshot(snapshot: Snapshot): Promise<void>;
  /** Rides on the next commit, within 50 ms; never moves backwards. */
  saveBookmarks(bookmarks: readonly Bookmark[]): Promise<void>;
  loadBookmarks(workspaceId: WorkspaceId, space: string, participantId: ParticipantId): Promise<readonly Bookmark[]>;
  /** Drops everybody's bookmarks of these chats up to these versions: they say nothing any more. Rides on the next commit. */
  dropBookmarks(passed: readonly ChatPassed[]): Promise<void>;
  /**
   * Puts a stream that few will read again where it is out of the way, if the store has such a place. It is read and
   * appended to as before. Twice is fine.
   */
  archive(stream: string): Promise<void>;
  /**
   * Replaces facts in place and names of streams; versions, positions, event ids and times stay. The commands behind the
   * streams' events are remembered no more, and their ids become those of the events, since clients make ids of what they
   * like. When it resolves, nothing of what was there is left on the disk. Twice is fine.
   */
  redact(redaction: Redaction): Promise<void>;
  /** Rides on the next commit and resolves with it; of the same key the last one saved stands. Refused: TooLarge. */
  saveNotes(notes: readonly Note[]): Promise<void>;
  /** In no order. */
  loadNotes(workspaceId: WorkspaceId, space: string): Promise<readonly Note[]>;
  now(): number;
  /** Figures of its own, and `problem`, a text, when it does not work. */
  health(): Promise<Fields>;
  /** Takes no more work, finishes what it has, settles every promise. Twice is fine. */
  close(): Promise<void>;
}

/** Names of streams: a workspace and what it holds. */
export const streams = {
  chat: (workspaceId: WorkspaceId, chatId: ChatId): string => `chat/${workspaceId}/${chatId}`,
  routing: (workspaceId: WorkspaceId): string => `routing/${workspaceId}/0`,
  directory: (workspaceId: WorkspaceId): string => `dir/${workspaceId}`,
  person: (workspaceId: WorkspaceId, id: ParticipantId): string => `person/${workspaceId}/${id}`,
  address: (workspaceId: WorkspaceId, space: string, key: string): string => `address/${workspaceId}/${space}/${key}`,
  /** Where an id that outside words make leads to another. */
  alias: (workspaceId: WorkspaceId, id: ParticipantId): string => `alias/${workspaceId}/${id}`,
  publicNumber: (workspaceId: WorkspaceId, n: number): string => `number/${workspaceId}/${n}`,
} as const;

/** Whose stream a chat's is; undefined: it is another's. */
export function chatIdIn(stream: string): ChatId | undefined {
  return stream.startsWith('chat/') ? stream.slice(stream.lastIndexOf('/') + 1) : undefined;
}
