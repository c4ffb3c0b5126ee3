import type { Calls } from '../calls.js';
import type { Driver, Statement } from '../driver.js';

/** Replaces words and names, inside a transaction. */
export class Redactions {
  readonly #find: Statement;
  readonly #replace: Statement;
  readonly #commands: Statement;
  readonly #forget: Statement;
  readonly #unname: Statement;
  readonly #rename: Statement;

  constructor(driver: Driver) {
    this.#find = driver.prepare('SELECT id FROM streams WHERE name = ?');
    this.#replace = driver.prepare('UPDATE events SET data = ? WHERE stream_id = ? AND version = ?');
    this.#commands = driver.prepare('SELECT workspace, command_id, position FROM events WHERE stream_id = ?');
    this.#forget = driver.prepare('DELETE FROM commands WHERE workspace = ? AND command_id = ?');
    this.#unname = driver.prepare(
      'UPDATE events SET command_id = event_id WHERE workspace = ? AND position = ? AND command_id = ?',
    );
    this.#rename = driver.prepare('UPDATE streams SET name = ? WHERE id = ?');
  }

  redact({ stream, facts, renamedTo }: Calls['redact']['ask']): void {
    const [row] = this.#find.all(stream);
    if (row === undefined) return;
    const id = Number(row[0]);
    for (const { version, data } of facts) this.#replace.run(data, id, version);
    for (const [workspace, commandId, position] of this.#commands.all(id)) {
      this.#forget.run(String(workspace), String(commandId));
      this.#unnameAround(String(workspace), String(commandId), Number(position));
    }
    if (renamedTo !== null) this.#rename.run(renamedTo, id);
  }

  /** One command's events lie side by side in the lane, whatever streams they are of. */
  #unnameAround(workspace: string, commandId: string, position: number): void {
    this.#unname.run(workspace, position, commandId);
    for (let before = position - 1; this.#unname.run(workspace, before, commandId) > 0; before -= 1);
    for (let after = position + 1; this.#unname.run(workspace, after, commandId) > 0; after += 1);
  }
}
