import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Fault } from '@dragoman/core';
import { makeDirectory } from './worker/directory.js';

export interface BackupOptions {
  /** The directory of the store; a gateway may serve it meanwhile. */
  readonly path: string;
  /** A directory for the copy, made for its owner alone; nothing of a store may be in it. */
  readonly to: string;
  /** Told about twice a second how many bytes are copied, and about how many there are. */
  readonly onProgress?: (bytes: number, ofBytes: number) => void;
}

/** How the thread is started that copies. */
export interface BackupStart {
  readonly path: string;
  readonly to: string;
  readonly driver: string;
}

/** What the thread says at its end. */
export type BackupEnd = { readonly ok: true } | { readonly ok: false; readonly message: string };

const progressMs = 500;

/** The files of a store that are worth keeping, in the order in which they are copied. */
export const storeFiles = ['dragoman.db', 'archive.db'] as const;

async function bytesIn(folder: string): Promise<number> {
  const sizes = storeFiles.map((name) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function copied(start: BackupStart): Promise<BackupEnd> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./worker/backup-worker.js', import.meta.url), { workerData: start });
    worker.once('message', resolve);
    worker.once('error', ({ message }) => resolve({ ok: false, message }));
    worker.once('exit', (code) => resolve({ ok: false, message: `the thread ended with ${code}` }));
  });
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r');
  await handle.sync().finally(() => handle.close());
}

/**
 * Copies a store as it is at one moment, without stopping whoever writes to it: what was acknowledged before is in it.
 * Resolves with the bytes of the copy when they are on the disk. Throws STORE_UNAVAILABLE.
 */
export async function backupSqliteStore({ path, to, onProgress }: BackupOptions): Promise<number> {
  makeDirectory(to);
  const ofBytes = await bytesIn(path);
  const watch = setInterval(() => void bytesIn(to).then((bytes) => onProgress?.(bytes, ofBytes)), progressMs);
  const driver = new URL('./driver.js', import.meta.url).href;
  const end = await copied({ path, to, driver }).finally(() => clearInterval(watch));
  if (!end.ok) throw new Fault('STORE_UNAVAILABLE', `${path} cannot be copied: ${end.message}`);
  for (const name of storeFiles) await flush(join(to, name));
  return bytesIn(to);
}
