import { randomUUID } from 'node:crypto';
import { mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Fault } from '@dragoman/core';

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Makes a folder and what leads to it, step by step: Node's own `recursive` tries for ever where a new folder is answered
 * with ENOENT although its parent is there, as in /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  const parent = dirname(resolve(path));
  if (parent !== resolve(path)) await makeFolder(parent);
  await mkdir(path, { mode: 0o750 }).catch((error: unknown) => {
    // Two that start at once both find it missing; a file in its place shows when something is put into it.
    if (codeOf(error) !== 'EEXIST') throw error;
  });
}

/** Makes a folder and shows that files can be put there. Throws CONFIG_INVALID naming the key of the config. */
export async function readyFolder(path: string, key: string): Promise<void> {
  try {
    await makeFolder(path);
    const probe = join(path, `.${randomUUID()}`);
    await (await open(probe, 'wx', 0o640)).close();
    await unlink(probe);
  } catch (error) {
    throw new Fault('CONFIG_INVALID', `${key}: ${path} cannot be written (${codeOf(error) ?? 'unknown reason'})`, {
      cause: error,
    });
  }
}
