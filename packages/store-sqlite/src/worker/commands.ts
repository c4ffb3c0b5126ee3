import type { AppendText, Calls } from '../calls.js';
import type { Driver, Statement } from '../driver.js';

/** How many commands whose time is over one transaction removes for each write it holds. */
const sweptPerWrite = 4;

/** The remembered commands, inside a transaction. */
export class Commands {
  readonly #insert: Statement;
  readonly #delete: Statement;
  readonly #sweep: Statement;

  constructor(driver: Driver) {
    this.#insert = driver.prepare(
      `INSERT INTO commands VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
        SET digest = excluded.digest, first_position = excluded.first_position, event_count = excluded.event_count,
          expires_at = excluded.expires_at
        WHERE expires_at <= ?`,
    );
    this.#delete = driver.prepare('DELETE FROM commands WHERE workspace = ? AND command_id = ?');
    this.#sweep = driver.prepare(
      `DELETE FROM commands WHERE rowid IN
        (SELECT rowid FROM commands WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
    );
  }

  /** Keeps the command, whose events begin at this position; false when one with its id is kept already. */
  keep({ workspace, commandId, remember, writes }: AppendText, first: number, now: number): boolean {
    if (remember === null) return true;
    const count = writes.reduce((sum, { events }) => sum + events.length, 0);
    return this.#insert.run(workspace, commandId, remember.digest, first, count, remember.expiresAt, now) > 0;
  }

  /** Takes back what `keep` has kept. */
  drop({ workspace, commandId, remember }: AppendText): void {
    if (remember !== null) this.#delete.run(workspace, commandId);
  }

  sweep({ writes, now }: Calls['commit']['ask']): void {
    this.#sweep.run(now, writes.length * sweptPerWrite);
  }
}
