import type { AppendText, Verdict } from '../calls.js';
import type { Driver, Statement } from '../driver.js';
import { Heads } from './heads.js';
import type { Timers } from './timers.js';

/** Judges and writes appends inside a transaction; a refused one has written nothing. */
export class Appends {
  readonly #heads: Heads;
  readonly #timers: Timers;
  readonly #insertEvent: Statement;
  readonly #findCommand: Statement;
  readonly #insertCommand: Statement;

  constructor(driver: Driver, timers: Timers) {
    this.#heads = new Heads(driver);
    this.#timers = timers;
    this.#insertEvent = driver.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#findCommand = driver.prepare(
      'SELECT 1 FROM commands WHERE workspace = ? AND command_id = ? AND expires_at > ?',
    );
    this.#insertCommand = driver.prepare('INSERT OR REPLACE INTO commands VALUES (?, ?, ?, ?, ?, ?)');
  }

  write(append: AppendText, now: number): Verdict {
    const { workspace, commandId, remember } = append;
    if (remember !== null && this.#findCommand.all(workspace, commandId, now).length > 0) {
      return { code: 'DuplicateCommand' };
    }
    for (const [write, { stream, expectedVersion }] of append.writes.entries()) {
      const actualVersion = this.#heads.versionOf(stream);
      if (actualVersion !== expectedVersion) return { code: 'VersionConflict', write, actualVersion };
    }
    const first = this.#heads.positionOf(workspace) + 1;
    const count = this.#insertEvents(append, first);
    if (remember !== null) {
      this.#insertCommand.run(workspace, commandId, remember.digest, first, count, remember.expiresAt);
    }
    for (const key of append.clearedTimers) this.#timers.clear(key);
    for (const timer of append.timers) this.#timers.set(timer);
    return first;
  }

  /** Returns how many there were. */
  #insertEvents({ workspace, commandId, actor, at, writes }: AppendText, first: number): number {
    let position = first;
    for (const { stream, expectedVersion, events } of writes) {
      let version = expectedVersion;
      for (const { id, data } of events) {
        version += 1;
        this.#insertEvent.run(workspace, position, stream, version, id, commandId, actor, at, data);
        position += 1;
      }
      this.#heads.setVersion(stream, version);
    }
    this.#heads.setPosition(workspace, position - 1);
    return position - first;
  }
}
