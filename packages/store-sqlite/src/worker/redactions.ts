import type { Calls } from '../calls.js';
import type { Driver, Statement } from '../driver.js';

/** What is done to the events of one file. */
interface InFile {
  readonly replace: Statement;
  readonly commands: Statement;
  readonly unname: Statement;
}

function inFile(driver: Driver, file: string): InFile {
  const events = `${file}.events`;
  return {
    replace: driver.prepare(`UPDATE ${events} SET data = ? WHERE stream_id = ? AND version = ?`),
    commands: driver.prepare(`SELECT workspace, command_id, position FROM ${events} WHERE stream_id = ?`),
    unname: driver.prepare(
      `UPDATE ${events} SET command_id = event_id WHERE workspace = ? AND position = ? AND command_id = ?`,
    ),
  };
}

/** Replaces words and names, in the database and its archive, inside a transaction. */
export class Redactions {
  readonly #find: Statement;
  readonly #forget: Statement;
  readonly #rename: Statement;
  readonly #files: readonly InFile[];

  constructor(driver: Driver) {
    this.#find = driver.prepare('SELECT id FROM streams WHERE name = ?');
    this.#forget = driver.prepare('DELETE FROM commands WHERE workspace = ? AND command_id = ?');
    this.#rename = driver.prepare('UPDATE streams SET name = ? WHERE id = ?');
    this.#files = ['main', 'archive'].map((file) => inFile(driver, file));
  }

  redact({ stream, facts, renamedTo }: Calls['redact']['ask']): void {
    const [row] = this.#find.all(stream);
    if (row === undefined) return;
    const id = Number(row[0]);
    for (const { version, data } of facts) for (const { replace } of this.#files) replace.run(data, id, version);
    for (const [workspace, commandId, position] of this.#files.flatMap(({ commands }) => commands.all(id))) {
      this.#forget.run(String(workspace), String(commandId));
      this.#unnameAround(String(workspace), String(commandId), Number(position));
    }
    if (renamedTo !== null) this.#rename.run(renamedTo, id);
  }

  /** One command's events lie side by side in the lane, whatever streams they are of. */
  #unnameAround(workspace: string, commandId: string, position: number): void {
    const isUnnamed = (at: number): boolean =>
      this.#files.some(({ unname }) => unname.run(workspace, at, commandId) > 0);
    isUnnamed(position);
    for (let before = position - 1; isUnnamed(before); before -= 1);
    for (let after = position + 1; isUnnamed(after); after += 1);
  }
}
