import type { Driver, Statement } from '../driver.js';
import { privateFile } from './directory.js';
import { eventsIn } from './schema.js';

/** Lays the archive beside the database, under the name `archive`; nothing is written yet. */
export function attachArchive(driver: Driver, directory: string): void {
  const file = privateFile(directory, 'archive.db');
  driver.prepare('ATTACH DATABASE ? AS archive').run(file);
}

/** Sets what must hold for every commit, and makes the table of a new archive. */
export function prepareArchive(driver: Driver): void {
  driver.pragma('archive.journal_mode = WAL');
  driver.pragma('archive.synchronous = FULL');
  driver.pragma('archive.secure_delete = ON');
  driver.exec(eventsIn('archive'));
}

/** Events that few read any more, in a file of their own; what reads, reads both. */
export class Archive {
  readonly #driver: Driver;
  readonly #find: Statement;
  readonly #copy: Statement;
  readonly #remove: Statement;
  readonly #begin: Statement;
  readonly #begun: Statement;
  readonly #end: Statement;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#find = driver.prepare('SELECT id FROM streams WHERE name = ?');
    this.#copy = driver.prepare('INSERT OR IGNORE INTO archive.events SELECT * FROM main.events WHERE stream_id = ?');
    this.#remove = driver.prepare('DELETE FROM main.events WHERE stream_id = ?');
    this.#begin = driver.prepare(`INSERT INTO meta VALUES ('archiving', ?)`);
    this.#end = driver.prepare(`DELETE FROM meta WHERE name = 'archiving'`);
    this.#begun = driver.prepare(`SELECT value FROM meta WHERE name = 'archiving'`);
    this.#finish();
  }

  /** Who has the file for a moment keeps it from being moved and from nothing else: the next call, or the next start, ends it. */
  move(stream: string): void {
    this.#finish();
    const [row] = this.#find.all(stream);
    if (row === undefined) return;
    this.#commit(() => this.#begin.run(String(row[0])));
    this.#finish();
  }

  /** A commit over two files is not one commit when the power fails: what was begun is said. */
  #finish(): void {
    const [row] = this.#begun.all();
    if (row === undefined) return;
    const id = Number(row[0]);
    this.#commit(() => this.#copy.run(id));
    this.#commit(() => {
      this.#remove.run(id);
      this.#end.run();
    });
  }

  /** That the file is busy shows at the beginning: libsql leaves a statement that finds it so unfinished. */
  #commit(work: () => void): void {
    this.#driver.exec('BEGIN IMMEDIATE');
    work();
    this.#driver.exec('COMMIT');
  }
}
