import type { Calls, FailureCode, Verdict, WriteText } from '../calls.js';
import type { Driver } from '../driver.js';
import { Appends } from './appends.js';
import { Archive } from './archive.js';
import { Commands } from './commands.js';
import type { HighWater } from './high-water.js';
import { Hints } from './hints.js';
import { Redactions } from './redactions.js';
import type { Timers } from './timers.js';

/** What the worker answers to a question that failed. */
export class WorkerFailure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Writes batches, each in one transaction that is on the disk when `commit` returns. What went wrong once stays wrong: a
 * file whose flush has failed may hold less than SQLite believes, so nothing more is written until it is opened anew. Only a
 * disk without room is asked again: what it had no room for never became whole.
 */
export class Writer {
  readonly #driver: Driver;
  readonly #appends: Appends;
  readonly #commands: Commands;
  readonly #hints: Hints;
  readonly #redactions: Redactions;
  readonly #archive: Archive;
  readonly #highWater: HighWater;
  #broken: string | undefined;

  constructor(driver: Driver, timers: Timers, highWater: HighWater) {
    this.#driver = driver;
    this.#commands = new Commands(driver);
    this.#appends = new Appends(driver, this.#commands, timers);
    this.#hints = new Hints(driver);
    this.#redactions = new Redactions(driver);
    this.#archive = new Archive(driver);
    this.#highWater = highWater;
  }

  commit(batch: Calls['commit']['ask']): readonly Verdict[] {
    this.#begin();
    const verdicts = this.#orBroken('Unavailable', () => this.#written(batch));
    // A commit that failed may still be found whole by whoever opens the file next.
    this.#orBroken('OutcomeUnknown', () => this.#driver.exec('COMMIT'));
    this.#highWater.note(this.#appends.positions);
    return verdicts;
  }

  close(): void {
    if (this.#broken === undefined) this.#highWater.write(this.#appends.positions);
  }

  /** Takes words and names out of the file, where what SQLite frees is overwritten; the log still has them. */
  redact(ask: Calls['redact']['ask']): null {
    this.#begin();
    this.#orBroken('Unavailable', () => this.#redactions.redact(ask));
    this.#orBroken('OutcomeUnknown', () => this.#driver.exec('COMMIT'));
    this.#appends.forget(ask.stream);
    return null;
  }

  /** False while another connection reads what is in it, as a backup does. */
  emptyLog(): boolean {
    return Number(this.#driver.pragma('wal_checkpoint(TRUNCATE)')) === 0;
  }

  /** Moves a stream's events out of the way of the others. */
  archive({ stream }: Calls['archive']['ask']): null {
    this.#checkWell();
    try {
      this.#archive.move(stream);
      return null;
    } catch (error) {
      // Who has the file for a moment gives it back whole.
      const isPassing = hasCode(error, 'SQLITE_BUSY') || hasCode(error, 'SQLITE_FULL');
      if (!isPassing) this.#broken = messageOf(error);
      this.#rollBack();
      throw error;
    }
  }

  #checkWell(): void {
    if (this.#broken !== undefined) throw new WorkerFailure('Unavailable', `writing has failed: ${this.#broken}`);
  }

  #begin(): void {
    this.#checkWell();
    this.#driver.exec('BEGIN IMMEDIATE');
  }

  #written(batch: Calls['commit']['ask']): readonly Verdict[] {
    const verdicts = batch.writes.map((write) => this.#verdict(write, batch.now));
    this.#commands.sweep(batch);
    return verdicts;
  }

  #verdict(write: WriteText, now: number): Verdict {
    if (write.kind === 'append') return this.#appends.write(write, now);
    if (write.kind === 'bookmarks') this.#hints.saveBookmarks(write);
    else if (write.kind === 'passed') this.#hints.dropBookmarks(write);
    else if (write.kind === 'notes') this.#hints.saveNotes(write);
    else this.#hints.saveSnapshot(write);
    return 0;
  }

  #orBroken<Result>(code: FailureCode, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      this.#rollBack();
      if (hasCode(error, 'SQLITE_FULL')) {
        this.#appends.forgetAll();
        throw new WorkerFailure('Unavailable', messageOf(error));
      }
      this.#broken = messageOf(error);
      throw new WorkerFailure(code, this.#broken);
    }
  }

  #rollBack(): void {
    try {
      this.#driver.exec('ROLLBACK');
    } catch {
      // SQLite rolls back by itself after some errors, and then says that there is nothing to roll back.
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith(code);
}
