import type { SqlValue } from './driver.js';

/** One event, serialised. All texts but `data` are made by `toText`. */
export interface EventText {
  readonly id: string;
  /** The fact as JSON. */
  readonly data: string;
}

/** An `AppendRequest`, serialised. */
export interface AppendText {
  readonly kind: 'append';
  readonly workspace: string;
  readonly commandId: string;
  /** JSON. */
  readonly actor: string;
  readonly at: number;
  readonly writes: readonly {
    readonly stream: string;
    readonly expectedVersion: number;
    readonly events: readonly EventText[];
  }[];
  readonly timers: readonly { readonly key: string; readonly dueAt: number; readonly data: string }[];
  readonly clearedTimers: readonly string[];
  readonly remember: { readonly digest: string; readonly expiresAt: number } | null;
}

export interface BookmarksText {
  readonly kind: 'bookmarks';
  readonly rows: readonly {
    readonly workspace: string;
    readonly space: string;
    readonly participant: string;
    readonly chat: string;
    readonly version: number;
  }[];
}

export interface PassedText {
  readonly kind: 'passed';
  readonly rows: readonly { readonly workspace: string; readonly chat: string; readonly version: number }[];
}

export interface SnapshotText {
  readonly kind: 'snapshot';
  readonly stream: string;
  readonly position: number;
  readonly schema: number;
  /** JSON. */
  readonly state: string;
}

export interface NotesText {
  readonly kind: 'notes';
  readonly rows: readonly {
    readonly workspace: string;
    readonly space: string;
    readonly key: string;
    /** JSON; null: the note goes. */
    readonly value: string | null;
  }[];
}

/** What is written in one transaction, each judged on its own. */
export type WriteText = AppendText | BookmarksText | PassedText | SnapshotText | NotesText;

/** The position of an append's first event (0 for other writes), or why nothing of it was written. */
export type Verdict =
  | number
  | { readonly code: 'VersionConflict'; readonly write: number; readonly actualVersion: number }
  | { readonly code: 'DuplicateCommand' };

/** An event as its row: id, stream, version, position, workspace, command id, actor, at, data. */
export type EventRow = readonly SqlValue[];

/** What the store asks of its worker, and the answers. */
export interface Calls {
  commit: { ask: { readonly writes: readonly WriteText[]; readonly now: number }; answer: readonly Verdict[] };
  findCommand: {
    ask: { readonly workspace: string; readonly commandId: string; readonly now: number };
    answer: { readonly digest: string; readonly events: readonly EventRow[] } | null;
  };
  readStream: {
    ask: { readonly stream: string; readonly fromVersion: number; readonly limit: number };
    answer: readonly EventRow[];
  };
  readLane: {
    ask: { readonly workspace: string; readonly afterPosition: number; readonly limit: number };
    answer: readonly EventRow[];
  };
  head: { ask: { readonly workspace: string }; answer: number };
  claimTimers: {
    ask: { readonly limit: number; readonly heldUntil: number; readonly now: number };
    answer: { readonly due: readonly string[]; readonly nextAt: number | null };
  };
  loadSnapshot: {
    ask: { readonly stream: string };
    answer: { readonly position: number; readonly schema: number; readonly state: string } | null;
  };
  loadBookmarks: {
    ask: { readonly workspace: string; readonly space: string; readonly participant: string };
    answer: readonly { readonly chat: string; readonly version: number }[];
  };
  redact: {
    ask: {
      readonly stream: string;
      readonly facts: readonly { readonly version: number; readonly data: string }[];
      readonly renamedTo: string | null;
    };
    answer: null;
  };
  /** Empties the log beside the database; false: somebody reads it. */
  emptyLog: { ask: null; answer: boolean };
  archive: { ask: { readonly stream: string }; answer: null };
  loadNotes: {
    ask: { readonly workspace: string; readonly space: string };
    answer: readonly { readonly key: string; readonly value: string }[];
  };
  close: { ask: null; answer: null };
}

export type CallName = keyof Calls;

/** From the store to its worker. */
export interface Question<Name extends CallName = CallName> {
  readonly id: number;
  readonly name: Name;
  readonly ask: Calls[Name]['ask'];
}

/** Codes of what went wrong in the worker. */
export type FailureCode = 'Unavailable' | 'OutcomeUnknown' | 'Corrupt';

export interface Failure {
  readonly code: FailureCode;
  /** The library's own words. */
  readonly message: string;
}

/** From the worker to its store. */
export type Answer = { readonly id: number } & (
  { readonly ok: true; readonly answer: unknown } | { readonly ok: false; readonly failure: Failure }
);

/** The worker's first word: it is ready, or why it is not. */
export type Greeting =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: 'STORE_LOCKED' | 'STORE_CORRUPT' | 'STORE_UNAVAILABLE';
      readonly message: string;
    };

/** How the worker is started. */
export interface WorkerStart {
  /** The directory. */
  readonly path: string;
  /** Address of the module with `openDriver`. */
  readonly driver: string;
  readonly driverOptions: unknown;
  readonly checkIntegrity: boolean;
}
