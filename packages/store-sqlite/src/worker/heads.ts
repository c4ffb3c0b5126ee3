import type { Driver, Statement } from '../driver.js';
import { lastPosition, lastVersion } from './reads.js';

/** How many streams are kept in memory; the others are looked up. */
const maxKept = 50_000;

/** A stream as of the running transaction. Its number stands for its name in the events, which keeps their index small. */
export interface Head {
  readonly id: number;
  /** 0: nothing was ever written to it. */
  version: number;
}

/** The streams, and the last position of every workspace, as of the running transaction. */
export class Heads {
  readonly #heads = new Map<string, Head>();
  readonly #positions = new Map<string, number>();
  readonly #find: Statement;
  readonly #lastVersion: Statement;
  readonly #lastPosition: Statement;
  readonly #create: Statement;

  constructor(driver: Driver) {
    this.#find = driver.prepare('SELECT id FROM streams WHERE name = ?');
    this.#lastVersion = driver.prepare(lastVersion);
    this.#lastPosition = driver.prepare(lastPosition);
    this.#create = driver.prepare('INSERT INTO streams (name) VALUES (?) RETURNING id');
  }

  /** Undefined: no such stream. */
  find(stream: string): Head | undefined {
    const kept = this.#heads.get(stream);
    if (kept !== undefined) return kept;
    const [row] = this.#find.all(stream);
    if (row === undefined) return undefined;
    const id = numberIn([row]);
    return this.#keep(stream, { id, version: numberIn(this.#lastVersion.all(id)) });
  }

  create(stream: string): Head {
    return this.#keep(stream, { id: numberIn(this.#create.all(stream)), version: 0 });
  }

  forget(stream: string): void {
    this.#heads.delete(stream);
  }

  forgetAll(): void {
    this.#heads.clear();
    this.#positions.clear();
  }

  /** 0: an empty lane. */
  positionOf(workspace: string): number {
    return this.#positions.get(workspace) ?? numberIn(this.#lastPosition.all(workspace));
  }

  /** Of the workspaces that were written to. */
  get positions(): ReadonlyMap<string, number> {
    return this.#positions;
  }

  setPosition(workspace: string, position: number): void {
    this.#positions.set(workspace, position);
  }

  /** Room is made by letting go of the one that was met first. */
  #keep(stream: string, head: Head): Head {
    const [oldest] = this.#heads.size < maxKept ? [] : this.#heads.keys();
    if (oldest !== undefined) this.#heads.delete(oldest);
    this.#heads.set(stream, head);
    return head;
  }
}

function numberIn(rows: readonly (readonly unknown[])[]): number {
  const value = rows[0]?.[0];
  return typeof value === 'number' ? value : 0;
}
