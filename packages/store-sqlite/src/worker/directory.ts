import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Makes a directory for its owner alone, and what leads to it. Step by step, since Node's own `recursive` tries for ever
 * where a new directory is answered with ENOENT although its parent is there, as in /proc.
 */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Two that start at once both find it missing.
    if (!existsSync(path)) throw error;
  }
}

/**
 * The path of a file that its owner alone may read, also in a directory that others may enter; SQLite gives its side
 * files the same mode. Only for who holds the directory's lock.
 */
export function privateFile(directory: string, name: string): string {
  const file = join(directory, name);
  if (!existsSync(file)) writeFileSync(file, '', { mode: 0o600 });
  return file;
}
