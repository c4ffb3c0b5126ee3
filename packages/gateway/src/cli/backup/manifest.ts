import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storeFiles } from '@dragoman/store-sqlite';
import { Ending } from '../ending.js';

/** What a backup says of itself; its last file, so a backup without it was never finished. */
export const manifestName = 'backup.json';

export interface Manifest {
  readonly madeAt: string;
  readonly bytes: number;
  readonly pictures: number;
  /** SHA-256 of the files of the store, by name. */
  readonly sums: Readonly<Record<string, string>>;
}

/** SHA-256 of a file, in hexadecimal. */
export async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part);
  return hash.digest('hex');
}

/** Sums of the store's files in a folder, by name. */
export async function sumsIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const sums = storeFiles.map(async (name) => [name, await sumOf(join(folder, name))] as const);
  return Object.fromEntries(await Promise.all(sums));
}

/** What the backup in a folder says; throws when there is none, or when it is not what was written. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new Ending('noInput', `${folder} holds no finished backup`, '`dragoman backup` makes one');
  const manifest: Manifest = JSON.parse(text);
  const found = await sumsIn(join(folder, 'store')).catch(() => ({}));
  if (JSON.stringify(found) === JSON.stringify(manifest.sums)) return manifest;
  throw new Ending('noInput', `the backup in ${folder} is damaged`, 'take another one');
}
