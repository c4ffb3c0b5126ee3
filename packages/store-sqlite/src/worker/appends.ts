import type { AppendText, Verdict } from '../calls.js';
import type { Driver, Statement } from '../driver.js';
import type { Commands } from './commands.js';
import { Heads } from './heads.js';
import type { Timers } from './timers.js';

/** Judges and writes appends inside a transaction; a refused one has written nothing. */
export class Appends {
  readonly #heads: Heads;
  readonly #commands: Commands;
  readonly #timers: Timers;
  readonly #insertEvent: Statement;

  constructor(driver: Driver, commands: Commands, timers: Timers) {
    this.#heads = new Heads(driver);
    this.#commands = commands;
    this.#timers = timers;
    this.#insertEvent = driver.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  }

  write(append: AppendText, now: number): Verdict {
    const first = this.#heads.positionOf(append.workspace) + 1;
    if (!this.#commands.keep(append, first, now)) return { code: 'DuplicateCommand' };
    const conflict = this.#conflictOf(append);
    if (conflict !== undefined) {
      this.#commands.drop(append);
      return conflict;
    }
    this.#insertEvents(append, first);
    for (const key of append.clearedTimers) this.#timers.clear(key);
    for (const timer of append.timers) this.#timers.set(timer);
    return first;
  }

  /** Where the workspaces that were written to end. */
  get positions(): ReadonlyMap<string, number> {
    return this.#heads.positions;
  }

  /** The stream's name is no longer this one, perhaps. */
  forget(stream: string): void {
    this.#heads.forget(stream);
  }

  /** A transaction came to nothing. */
  forgetAll(): void {
    this.#heads.forgetAll();
  }

  #conflictOf({ writes }: AppendText): Verdict | undefined {
    for (const [write, { stream, expectedVersion }] of writes.entries()) {
      const actualVersion = this.#heads.find(stream)?.version ?? 0;
      if (actualVersion !== expectedVersion) return { code: 'VersionConflict', write, actualVersion };
    }
    return undefined;
  }

  #insertEvents({ workspace, commandId, actor, at, writes }: AppendText, first: number): void {
    let position = first;
    for (const { stream, events } of writes) {
      const head = this.#heads.find(stream) ?? this.#heads.create(stream);
      for (const { id, data } of events) {
        head.version += 1;
        this.#insertEvent.run(workspace, position, head.id, head.version, id, commandId, actor, at, data);
        position += 1;
      }
    }
    this.#heads.setPosition(workspace, position - 1);
  }
}
