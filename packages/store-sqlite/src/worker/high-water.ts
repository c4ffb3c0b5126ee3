import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '../driver.js';
import { Unusable } from './schema.js';

/** How often it is written at most, ms. */
const everyMs = 1_000;

/** How far each workspace had come at the least, and which file says so. */
export interface Reach {
  readonly file: string;
  readonly positions: ReadonlyMap<string, number>;
}

/** Nothing where there is none, or where the power failed while it was written. */
export function reachOf(directory: string): Reach {
  const file = join(directory, 'head.json');
  try {
    return { file, positions: new Map(JSON.parse(readFileSync(file, 'utf8')) as [string, number][]) };
  } catch {
    return { file, positions: new Map() };
  }
}

/** Throws Unusable when the database ends before what was accepted. */
export function checkReach(driver: Driver, { file, positions }: Reach): void {
  for (const [workspace, position] of positions) {
    const found = lastPosition(driver, workspace);
    if (found >= position) continue;
    const count = `of workspace ${workspace} at least ${position} events were accepted, and ${found} are there`;
    const cause = 'its log dragoman.db-wal was taken away or cut, or an older copy was put in its place';
    throw new Unusable('STORE_CORRUPT', `${count}: ${cause}; to go on without the others delete ${file}`);
  }
}

/**
 * Says beside the database how far each workspace has come. SQLite opens without a word a database whose log was taken away,
 * and words that were accepted would be gone as if nobody had said them.
 */
export class HighWater {
  readonly #file: string;
  readonly #positions: Map<string, number>;
  #writtenAt = -Infinity;

  constructor({ file, positions }: Reach) {
    this.#file = file;
    this.#positions = new Map(positions);
  }

  /** For after a commit, so that it is never ahead of what is on the disk. */
  note(positions: ReadonlyMap<string, number>): void {
    if (performance.now() - this.#writtenAt >= everyMs) this.write(positions);
  }

  /** A hint only: a disk without room for it says so where it matters. */
  write(positions: ReadonlyMap<string, number>): void {
    this.#writtenAt = performance.now();
    for (const [workspace, position] of positions) this.#positions.set(workspace, position);
    try {
      writeFileSync(this.#file, JSON.stringify([...this.#positions]), { mode: 0o600 });
    } catch {
      // The next one says as much.
    }
  }
}

/** 0: there is none, or no table that could hold one. */
function lastPosition(driver: Driver, workspace: string): number {
  const ends = ['main', 'archive'].map((file) => {
    const tables = driver.prepare(`SELECT 1 FROM ${file}.sqlite_schema WHERE name = 'events'`).all();
    if (tables.length === 0) return 0;
    const [row] = driver.prepare(`SELECT max(position) FROM ${file}.events WHERE workspace = ?`).all(workspace);
    return Number(row?.[0] ?? 0);
  });
  return Math.max(...ends);
}
