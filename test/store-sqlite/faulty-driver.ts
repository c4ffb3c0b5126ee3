import { threadId } from 'node:worker_threads';
import type { OpenDriver } from '@dragoman/store-sqlite/driver';
import { openDriver as openLibsql } from '@dragoman/store-sqlite/driver';

/** What the disk does next; each lasts until another is chosen. */
export const faults = {
  none: 0,
  /** BEGIN finds the file busy. */
  busy: 1,
  /** The first row of a transaction finds the disk full. */
  full: 2,
  /** COMMIT fails and nothing of it is on the disk. */
  commitLost: 3,
  /** COMMIT fails although all of it is on the disk. */
  commitKept: 4,
  /** COMMIT waits for another choice. */
  slow: 5,
  /** The thread ends in the middle of COMMIT. */
  death: 6,
  /** The thread ends in the middle of a read. */
  deathInRead: 7,
  /** Deleting finds that the file may only be read, as BEGIN does not. */
  readOnly: 8,
  /** COMMIT finds the disk full, which ends the transaction. */
  fullAtCommit: 9,
} as const;
export type FaultName = keyof typeof faults;

/** Chooses what the disk of the stores that were opened with `options` does. */
export interface Disk {
  readonly options: SharedArrayBuffer;
  fail(fault: FaultName): void;
}

export function createDisk(): Disk {
  const options = new SharedArrayBuffer(4);
  const chosen = new Int32Array(options);
  return {
    options,
    fail(fault) {
      Atomics.store(chosen, 0, faults[fault]);
      Atomics.notify(chosen, 0);
    },
  };
}

class DiskError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`the disk says ${code}`);
    this.code = code;
  }
}

/** The libsql driver on a disk that fails when it is told to. */
export const openDriver: OpenDriver = (file, options) => {
  const driver = openLibsql(file, undefined);
  if (!(options instanceof SharedArrayBuffer)) throw new TypeError('no disk was given');
  const chosen = new Int32Array(options);
  const chose = (fault: FaultName): boolean => Atomics.load(chosen, 0) === faults[fault];

  const commit = (): void => {
    if (chose('slow')) Atomics.wait(chosen, 0, faults.slow);
    if (chose('commitLost') || chose('fullAtCommit')) driver.exec('ROLLBACK');
    else if (chose('death')) process.exit(threadId);
    else driver.exec('COMMIT');
    if (chose('commitLost') || chose('commitKept')) throw new DiskError('SQLITE_IOERR_FSYNC');
    if (chose('fullAtCommit')) throw new DiskError('SQLITE_FULL');
  };

  return {
    ...driver,
    prepare(sql) {
      const statement = driver.prepare(sql);
      return {
        all(...values) {
          if (chose('deathInRead')) process.exit(threadId);
          return statement.all(...values);
        },
        run(...values) {
          if (chose('full')) throw new DiskError('SQLITE_FULL');
          return statement.run(...values);
        },
      };
    },
    exec(sql) {
      if (sql === 'COMMIT') commit();
      else if (sql === 'BEGIN IMMEDIATE' && chose('busy')) throw new DiskError('SQLITE_BUSY');
      else if (sql.startsWith('DELETE') && chose('readOnly')) throw new DiskError('SQLITE_READONLY');
      else driver.exec(sql);
    },
  };
};
