import type { Driver, Statement } from '../driver.js';

/** How many streams' versions are kept; the others are looked up in the index. */
const maxKept = 50_000;

/** The last version of every stream and the last position of every workspace, as of the running transaction. */
export class Heads {
  readonly #versions = new Map<string, number>();
  readonly #positions = new Map<string, number>();
  readonly #lastVersion: Statement;
  readonly #lastPosition: Statement;

  constructor(driver: Driver) {
    this.#lastVersion = driver.prepare('SELECT max(version) FROM events WHERE stream = ?');
    this.#lastPosition = driver.prepare('SELECT max(position) FROM events WHERE workspace = ?');
  }

  /** 0: no such stream. */
  versionOf(stream: string): number {
    return this.#versions.get(stream) ?? numberIn(this.#lastVersion.all(stream));
  }

  setVersion(stream: string, version: number): void {
    this.#versions.delete(stream);
    this.#versions.set(stream, version);
    if (this.#versions.size <= maxKept) return;
    for (const oldest of this.#versions.keys()) {
      this.#versions.delete(oldest);
      break;
    }
  }

  /** 0: an empty lane. */
  positionOf(workspace: string): number {
    return this.#positions.get(workspace) ?? numberIn(this.#lastPosition.all(workspace));
  }

  setPosition(workspace: string, position: number): void {
    this.#positions.set(workspace, position);
  }
}

function numberIn(rows: readonly (readonly unknown[])[]): number {
  const value = rows[0]?.[0];
  return typeof value === 'number' ? value : 0;
}
