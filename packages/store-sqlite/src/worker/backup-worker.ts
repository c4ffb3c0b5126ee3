import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { BackupEnd, BackupStart } from '../backup.js';
import type { OpenDriver } from '../driver.js';
import { attachArchive, prepareArchive } from './archive.js';
import { checkReach, reachOf, type Reach } from './high-water.js';

const start: BackupStart = workerData;

/** SQLite fills an empty file, and this one is for its owner alone. */
function emptyFile(name: string): string {
  const file = join(start.to, name);
  writeFileSync(file, '', { mode: 0o600, flag: 'wx' });
  return file;
}

/** A database as it is at one moment; nothing that was deleted is in the copy. */
function copyOf(open: OpenDriver, name: string): void {
  const source = open(join(start.path, name), undefined);
  try {
    source.prepare('VACUUM INTO ?').run(emptyFile(name));
  } finally {
    source.close();
  }
}

/**
 * The archive is copied after the database, so what moved between the two is in both copies. The database has it: an
 * event that it lacked would be lost.
 */
function settle(open: OpenDriver, reach: Reach): void {
  const copy = open(join(start.to, 'dragoman.db'), undefined);
  try {
    attachArchive(copy, start.to);
    checkReach(copy, reach);
    prepareArchive(copy);
    copy.exec(`DELETE FROM archive.events WHERE EXISTS (
      SELECT 1 FROM main.events AS hot
      WHERE hot.workspace = archive.events.workspace AND hot.position = archive.events.position
    )`);
    // Without a log beside it the file is the whole copy.
    copy.pragma('archive.journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

function copyAll(open: OpenDriver): BackupEnd {
  if (!existsSync(join(start.path, 'dragoman.db'))) return { ok: false, message: 'no store is there' };
  try {
    // What is accepted meanwhile need not be in the copy.
    const reach = reachOf(start.path);
    copyOf(open, 'dragoman.db');
    if (existsSync(join(start.path, 'archive.db'))) copyOf(open, 'archive.db');
    settle(open, reach);
    return { ok: true };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

const { openDriver }: { readonly openDriver: OpenDriver } = await import(start.driver);
parentPort?.postMessage(copyAll(openDriver));
