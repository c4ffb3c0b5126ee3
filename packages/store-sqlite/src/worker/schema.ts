import type { Driver } from '../driver.js';

/** Number of the tables' shape; a database with a higher one is from a newer version of this package. */
export const schemaVersion = 1;

/** The table of events in one file. */
export const eventsIn = (file: string): string => `
  CREATE TABLE IF NOT EXISTS ${file}.events (
    workspace TEXT NOT NULL,
    position INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    command_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (workspace, position)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS ${file}.events_of_stream ON events (stream_id, version);
`;

const tables = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  ${eventsIn('main')}
  CREATE TABLE commands (
    workspace TEXT NOT NULL,
    command_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    first_position INTEGER NOT NULL,
    event_count INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (workspace, command_id)
  );
  CREATE INDEX commands_by_expiry ON commands (expires_at);
  CREATE TABLE timers (key TEXT PRIMARY KEY, due_at INTEGER NOT NULL, data TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX timers_by_time ON timers (due_at);
  CREATE TABLE snapshots (
    stream TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    schema INTEGER NOT NULL,
    state TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE bookmarks (
    workspace TEXT NOT NULL,
    space TEXT NOT NULL,
    participant TEXT NOT NULL,
    chat TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (workspace, space, participant, chat)
  ) WITHOUT ROWID;
`;

/** Came after the first databases were made, and does no harm to the versions that made them. */
const additions = `
  CREATE TABLE IF NOT EXISTS notes (
    workspace TEXT NOT NULL,
    space TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (workspace, space, key)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS bookmarks_of_chat ON bookmarks (workspace, chat);
`;

/** Why a database cannot be used; the code is the fault's. */
export class Unusable extends Error {
  readonly code: 'STORE_LOCKED' | 'STORE_CORRUPT';

  constructor(code: 'STORE_LOCKED' | 'STORE_CORRUPT', message: string) {
    super(message);
    this.code = code;
  }
}

/** Sets what must hold for every commit, and makes the tables of a new database. */
export function prepareSchema(driver: Driver, checkIntegrity: boolean): void {
  driver.pragma('journal_mode = WAL');
  driver.pragma('synchronous = FULL');
  driver.pragma('secure_delete = ON');
  // Fewer and larger moves of the log into the file than SQLite's 1 000 pages: busy pages are moved once. 16 MB at most.
  driver.pragma('wal_autocheckpoint = 4000');
  if (checkIntegrity) {
    const found = driver.pragma('integrity_check');
    if (found !== 'ok') throw new Unusable('STORE_CORRUPT', `integrity check: ${found}`);
  }
  if (driver.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'meta'`).all().length === 0) createTables(driver);
  const [row] = driver.prepare(`SELECT value FROM meta WHERE name = 'schema_version'`).all();
  const found = Number(row?.[0] ?? 0);
  if (found !== schemaVersion) {
    throw new Unusable('STORE_CORRUPT', `the tables have shape ${found}, this version knows ${schemaVersion}`);
  }
  driver.exec(additions);
}

function createTables(driver: Driver): void {
  driver.exec('BEGIN IMMEDIATE');
  driver.exec(tables);
  driver.prepare('INSERT INTO meta VALUES (?, ?)').run('schema_version', String(schemaVersion));
  driver.exec('COMMIT');
}
