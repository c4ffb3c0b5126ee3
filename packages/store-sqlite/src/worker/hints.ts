import type { BookmarksText, SnapshotText } from '../calls.js';
import type { Driver, Statement } from '../driver.js';

/** What may be lost without harm and never moves backwards: snapshots and bookmarks. */
export class Hints {
  readonly #bookmark: Statement;
  readonly #snapshot: Statement;

  constructor(driver: Driver) {
    this.#bookmark = driver.prepare(
      `INSERT INTO bookmarks VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version
        WHERE excluded.version > version`,
    );
    this.#snapshot = driver.prepare(
      `INSERT INTO snapshots VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
        SET position = excluded.position, schema = excluded.schema, state = excluded.state
        WHERE excluded.position > position`,
    );
  }

  saveBookmarks({ rows }: BookmarksText): void {
    for (const { workspace, space, participant, chat, version } of rows) {
      this.#bookmark.run(workspace, space, participant, chat, version);
    }
  }

  saveSnapshot({ stream, position, schema, state }: SnapshotText): void {
    this.#snapshot.run(stream, position, schema, state);
  }
}
