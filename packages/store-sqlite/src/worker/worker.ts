import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, CallName, Calls, Failure, Greeting, Question, WorkerStart } from '../calls.js';
import type { Driver, OpenDriver } from '../driver.js';
import { attachArchive, prepareArchive } from './archive.js';
import { makeDirectory, privateFile } from './directory.js';
import { checkReach, HighWater, reachOf } from './high-water.js';
import { Reads } from './reads.js';
import { prepareSchema, Unusable } from './schema.js';
import { Timers } from './timers.js';
import { WorkerFailure, Writer } from './writer.js';

type Handlers = { readonly [Name in CallName]: (ask: Calls[Name]['ask']) => Calls[Name]['answer'] };

const start: WorkerStart = workerData;
const port = parentPort;
if (port === null) throw new TypeError('this file is a worker');

/**
 * A second process finds the lock taken and goes away. The operating system holds it, so it ends with the process that
 * took it, however that ended.
 */
function takeLock(open: OpenDriver): Driver {
  const lock = open(join(start.path, 'lock'), start.driverOptions);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (codeOf(error) !== 'SQLITE_BUSY') throw error;
    throw new Unusable('STORE_LOCKED', `another process has ${start.path} open`);
  }
}

function handlersOf(driver: Driver, lock: Driver, highWater: HighWater): Handlers {
  const timers = new Timers(driver);
  const writer = new Writer(driver, timers, highWater);
  const reads = new Reads(driver);
  return {
    commit: (ask) => writer.commit(ask),
    findCommand: (ask) => reads.command(ask),
    readStream: (ask) => reads.stream(ask),
    readLane: (ask) => reads.lane(ask),
    head: (ask) => reads.head(ask),
    claimTimers: (ask) => timers.claim(ask),
    loadSnapshot: (ask) => reads.snapshot(ask),
    loadBookmarks: (ask) => reads.bookmarks(ask),
    redact: (ask) => writer.redact(ask),
    emptyLog: () => writer.emptyLog(),
    archive: (ask) => writer.archive(ask),
    loadNotes: (ask) => reads.notes(ask),
    close() {
      writer.close();
      driver.close();
      lock.close();
      return null;
    },
  };
}

function answered<Name extends CallName>(handlers: Handlers, { id, name, ask }: Question<Name>): Answer {
  try {
    return { id, ok: true, answer: handlers[name](ask) };
  } catch (error) {
    return { id, ok: false, failure: failureOf(error) };
  }
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof WorkerFailure) return { code: error.code, message };
  return { code: isCorrupt(error) ? 'Corrupt' : 'Unavailable', message };
}

function greetingOf(error: unknown): Greeting {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Unusable) return { ok: false, code: error.code, message };
  return { ok: false, code: isCorrupt(error) ? 'STORE_CORRUPT' : 'STORE_UNAVAILABLE', message };
}

function isCorrupt(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB');
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** SQLite opens a file that may only be read without a word. Who writes to it at this moment shows that one can. */
function checkWritable(driver: Driver): void {
  try {
    driver.exec('BEGIN IMMEDIATE');
    for (const file of ['main', 'archive']) driver.exec(`DELETE FROM ${file}.events WHERE workspace = ''`);
    driver.exec('ROLLBACK');
  } catch (error) {
    if (codeOf(error) !== 'SQLITE_BUSY') throw error;
  }
}

function opened(open: OpenDriver): Handlers {
  makeDirectory(start.path);
  const lock = takeLock(open);
  try {
    const driver = open(privateFile(start.path, 'dragoman.db'), start.driverOptions);
    attachArchive(driver, start.path);
    // Before anything is written: a log that was taken away can be put back.
    const reach = reachOf(start.path);
    checkReach(driver, reach);
    prepareSchema(driver, start.checkIntegrity);
    prepareArchive(driver);
    checkWritable(driver);
    return handlersOf(driver, lock, new HighWater(reach));
  } catch (error) {
    lock.close();
    throw error;
  }
}

try {
  const { openDriver }: { readonly openDriver: OpenDriver } = await import(start.driver);
  const handlers = opened(openDriver);
  port.on('message', (question: Question) => {
    port.postMessage(answered(handlers, question));
    if (question.name === 'close') port.close();
  });
  port.postMessage({ ok: true } satisfies Greeting);
} catch (error) {
  port.postMessage(greetingOf(error));
}
