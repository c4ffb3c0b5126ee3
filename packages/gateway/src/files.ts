import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attachments } from '@dragoman/core';
import { makeFolder } from './folders.js';

export interface FileAttachmentsOptions {
  /** Folder that holds `<workspace>/<sha256>`. Made when absent. */
  readonly path: string;
  /** Where that folder is served, without a slash at its end. Null, the default: nowhere, and there are no links. */
  readonly publicUrl?: string | null;
}

const signatures: readonly (readonly [mime: string, starts: (bytes: Buffer) => boolean])[] = [
  ['image/png', (bytes) => bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', (bytes) => bytes.toString('latin1', 0, 3) === '\xff\xd8\xff'],
  ['image/gif', (bytes) => /^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))],
  ['image/webp', (bytes) => /^RIFF.{4}WEBP$/s.test(bytes.toString('latin1', 0, 12))],
];

/** The kind of picture, told by its first bytes alone, so that what was claimed need not be kept or trusted. */
function kindOf(bytes: Buffer): string {
  return signatures.find(([, starts]) => starts(bytes))?.[0] ?? 'application/octet-stream';
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A file is there whole or not at all: written beside its place, flushed, then moved. */
async function writeDurably(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const draft = join(folder, `.${randomUUID()}`);
  const file = await open(draft, 'wx', 0o640);
  try {
    await file.writeFile(bytes);
    await file.sync();
    await file.close();
    await rename(draft, join(folder, name));
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}

/** A draft is moved within seconds; one that is older was left by a process that came to an end, ms. */
const draftMs = 3_600_000;

/** Takes away what a process left that ended while it wrote: no message shows it, and no erasure would find it. */
export async function removeDrafts(path: string): Promise<void> {
  for (const { name, parentPath } of await readdir(path, { recursive: true, withFileTypes: true })) {
    const file = join(parentPath, name);
    if (!/^\.[0-9a-f-]{36}$/.test(name)) continue;
    const draft = await stat(file).catch(() => undefined);
    if (draft !== undefined && Date.now() - draft.mtimeMs > draftMs) await rm(file, { force: true });
  }
}

function folderOf(root: string, workspaceId: string): string {
  if (!/^[a-z0-9-]{1,40}$/.test(workspaceId)) throw new TypeError('not a workspace id');
  return join(root, workspaceId);
}

/** Attachments as files named by what is in them: the same picture twice is one file. */
export function createFileAttachments({ path, publicUrl = null }: FileAttachmentsOptions): Attachments {
  return {
    async put(workspaceId, bytes) {
      const folder = folderOf(path, workspaceId);
      const id = createHash('sha256').update(bytes).digest('hex');
      await makeFolder(folder);
      const known = await stat(join(folder, id)).catch(() => undefined);
      if (known?.size !== bytes.byteLength) await writeDurably(folder, id, bytes);
      await flushFolder(folder);
      return id;
    },
    async get(workspaceId, id) {
      if (!/^[0-9a-f]{64}$/.test(id)) return undefined;
      try {
        const bytes = await readFile(join(folderOf(path, workspaceId), id));
        return { bytes, mime: kindOf(bytes) };
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
    async remove(workspaceId, id) {
      if (!/^[0-9a-f]{64}$/.test(id)) return;
      await rm(join(folderOf(path, workspaceId), id), { force: true });
    },
    link: (workspaceId, id) => (publicUrl === null ? null : `${publicUrl}/${workspaceId}/${id}`),
  };
}
