import type { Driver, Statement } from '../driver.js';
import { privateFile } from './directory.js';
import { eventsIn } from './schema.js';

/** Lays the archive beside the database, under the name `archive`. */
export function attachArchive(driver: Driver, directory: string): void {
  const file = privateFile(directory, 'archive.db');
  driver.prepare('ATTACH DATABASE ? AS archive').run(file);
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
  readonly #end: Statement;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#find = driver.prepare('SELECT id FROM streams WHERE name = ?');
    this.#copy = driver.prepare('INSERT OR IGNORE INTO archive.events SELECT * FROM main.events WHERE stream_id = ?');
    this.#remove = driver.prepare('DELETE FROM main.events WHERE stream_id = ?');
    this.#begin = driver.prepare(`INSERT INTO meta VALUES ('archiving', ?)`);
    this.#end = driver.prepare(`DELETE FROM meta WHERE name = 'archiving'`);
    const [row] = driver.prepare(`SELECT value FROM meta WHERE name = 'archiving'`).all();
    if (row !== undefined) this.#move(Number(row[0]));
  }

  move(stream: string): void {
    const [row] = this.#find.all(stream);
    if (row === undefined) return;
    this.#begin.run(String(row[0]));
    this.#move(Number(row[0]));
  }

  /** A commit over two files is not one commit when the power fails: what was begun is said, and finished at the next start. */
  #move(id: number): void {
    this.#copy.run(id);
    this.#driver.exec('BEGIN IMMEDIATE');
    this.#remove.run(id);
    this.#end.run();
    this.#driver.exec('COMMIT');
  }
}
