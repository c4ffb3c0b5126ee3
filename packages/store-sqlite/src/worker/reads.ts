import type { Calls, EventRow } from '../calls.js';
import type { Driver, Statement } from '../driver.js';

/** Of a workspace; null for an empty lane. */
export const lastPosition = `SELECT max(position) FROM (
  SELECT max(position) AS position FROM main.events WHERE workspace = ?1
  UNION ALL SELECT max(position) FROM archive.events WHERE workspace = ?1)`;

/** Of a stream, by its number; null for an empty one. */
export const lastVersion = `SELECT max(version) FROM (
  SELECT max(version) AS version FROM main.events WHERE stream_id = ?1
  UNION ALL SELECT max(version) FROM archive.events WHERE stream_id = ?1)`;

/** Of the database and its archive, in this order. */
function eventsOf(what: string, order: string): string {
  const from = (events: string): string =>
    `SELECT event_id, name, version, position, workspace, command_id, actor, at, data
      FROM ${events} JOIN main.streams ON stream_id = id WHERE ${what}`;
  return `${from('main.events')} UNION ALL ${from('archive.events')} ORDER BY ${order} LIMIT ?3`;
}

/** Reads what is committed. */
export class Reads {
  readonly #stream: Statement;
  readonly #lane: Statement;
  readonly #head: Statement;
  readonly #command: Statement;
  readonly #snapshot: Statement;
  readonly #bookmarks: Statement;
  readonly #notes: Statement;

  constructor(driver: Driver) {
    this.#stream = driver.prepare(eventsOf('name = ?1 AND version >= ?2', 'version'));
    this.#lane = driver.prepare(eventsOf('workspace = ?1 AND position > ?2', 'position'));
    this.#head = driver.prepare(lastPosition);
    this.#command = driver.prepare(
      `SELECT digest, first_position, event_count FROM commands
        WHERE workspace = ? AND command_id = ? AND expires_at > ?`,
    );
    this.#snapshot = driver.prepare('SELECT position, schema, state FROM snapshots WHERE stream = ?');
    this.#bookmarks = driver.prepare(
      'SELECT chat, version FROM bookmarks WHERE workspace = ? AND space = ? AND participant = ?',
    );
    this.#notes = driver.prepare('SELECT key, value FROM notes WHERE workspace = ? AND space = ?');
  }

  stream({ stream, fromVersion, limit }: Calls['readStream']['ask']): readonly EventRow[] {
    return this.#stream.all(stream, fromVersion, limit);
  }

  lane({ workspace, afterPosition, limit }: Calls['readLane']['ask']): readonly EventRow[] {
    return this.#lane.all(workspace, afterPosition, limit);
  }

  head({ workspace }: Calls['head']['ask']): number {
    return Number(this.#head.all(workspace)[0]?.[0] ?? 0);
  }

  command({ workspace, commandId, now }: Calls['findCommand']['ask']): Calls['findCommand']['answer'] {
    const [row] = this.#command.all(workspace, commandId, now);
    if (row === undefined) return null;
    const [digest, first, count] = row;
    const events = this.#lane.all(workspace, Number(first) - 1, Number(count));
    return { digest: String(digest), events };
  }

  snapshot({ stream }: Calls['loadSnapshot']['ask']): Calls['loadSnapshot']['answer'] {
    const [row] = this.#snapshot.all(stream);
    if (row === undefined) return null;
    return { position: Number(row[0]), schema: Number(row[1]), state: String(row[2]) };
  }

  bookmarks({ workspace, space, participant }: Calls['loadBookmarks']['ask']): Calls['loadBookmarks']['answer'] {
    const rows = this.#bookmarks.all(workspace, space, participant);
    return rows.map(([chat, version]) => ({ chat: String(chat), version: Number(version) }));
  }

  notes({ workspace, space }: Calls['loadNotes']['ask']): Calls['loadNotes']['answer'] {
    return this.#notes.all(workspace, space).map(([key, value]) => ({ key: String(key), value: String(value) }));
  }
}
