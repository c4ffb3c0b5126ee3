import type { BookmarksText, NotesText, PassedText, SnapshotText } from '../calls.js';
import type { Driver, Statement } from '../driver.js';

/** What lies beside the events: snapshots and bookmarks, which never move backwards, and notes. */
export class Hints {
  readonly #bookmark: Statement;
  readonly #dropBookmarks: Statement;
  readonly #snapshot: Statement;
  readonly #note: Statement;
  readonly #dropNote: Statement;

  constructor(driver: Driver) {
    this.#bookmark = driver.prepare(
      `INSERT INTO bookmarks VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version
        WHERE excluded.version > version`,
    );
    this.#dropBookmarks = driver.prepare('DELETE FROM bookmarks WHERE workspace = ? AND chat = ? AND version <= ?');
    this.#snapshot = driver.prepare(
      `INSERT INTO snapshots VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
        SET position = excluded.position, schema = excluded.schema, state = excluded.state
        WHERE excluded.position > position`,
    );
    this.#note = driver.prepare(
      'INSERT INTO notes VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    );
    this.#dropNote = driver.prepare('DELETE FROM notes WHERE workspace = ? AND space = ? AND key = ?');
  }

  saveBookmarks({ rows }: BookmarksText): void {
    for (const { workspace, space, participant, chat, version } of rows) {
      this.#bookmark.run(workspace, space, participant, chat, version);
    }
  }

  dropBookmarks({ rows }: PassedText): void {
    for (const { workspace, chat, version } of rows) this.#dropBookmarks.run(workspace, chat, version);
  }

  saveSnapshot({ stream, position, schema, state }: SnapshotText): void {
    this.#snapshot.run(stream, position, schema, state);
  }

  saveNotes({ rows }: NotesText): void {
    for (const { workspace, space, key, value } of rows) {
      if (value === null) this.#dropNote.run(workspace, space, key);
      else this.#note.run(workspace, space, key, value);
    }
  }
}
