import type { AppendText, Calls } from '../calls.js';
import type { Driver, Statement } from '../driver.js';

/**
 * Timers lie in the database; who holds one lies here in memory, since one process has the database: after a restart
 * nobody holds anything.
 */
export class Timers {
  /** Key -> when the hold ends, ms. */
  readonly #holds = new Map<string, number>();
  readonly #insert: Statement;
  readonly #delete: Statement;
  readonly #oldest: Statement;

  constructor(driver: Driver) {
    this.#insert = driver.prepare('INSERT OR REPLACE INTO timers VALUES (?, ?, ?)');
    this.#delete = driver.prepare('DELETE FROM timers WHERE key = ?');
    this.#oldest = driver.prepare('SELECT key, due_at, data FROM timers ORDER BY due_at LIMIT ?');
  }

  set({ key, dueAt, data }: AppendText['timers'][number]): void {
    this.#holds.delete(key);
    this.#insert.run(key, dueAt, data);
  }

  clear(key: string): void {
    this.#holds.delete(key);
    this.#delete.run(key);
  }

  claim({ limit, heldUntil, now }: Calls['claimTimers']['ask']): Calls['claimTimers']['answer'] {
    const due: string[] = [];
    let nextAt = Infinity;
    for (const [key, at, data] of this.#oldest.all(limit + this.#holds.size + 1)) {
      const freeAt = Math.max(Number(at), this.#holds.get(String(key)) ?? -Infinity);
      if (freeAt > now || due.length === limit) nextAt = Math.min(nextAt, freeAt);
      else {
        due.push(String(data));
        this.#holds.set(String(key), heldUntil);
        nextAt = Math.min(nextAt, heldUntil);
      }
    }
    return { due, nextAt: nextAt === Infinity ? null : nextAt };
  }
}
