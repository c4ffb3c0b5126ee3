import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppendRequest, Fact, Store } from '@dragoman/core';
import { StoreError } from '@dragoman/core';
import type { Driver } from '@dragoman/store-sqlite/driver';
import { openDriver } from '@dragoman/store-sqlite/driver';

export const workspaceId = 'default';

/** A directory that lasts as long as a test. */
export async function inDirectory(work: (path: string) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'dragoman-store-'));
  try {
    await work(path);
  } finally {
    await rm(path, { recursive: true });
  }
}

/** Uses a store and closes it, whatever happens. */
export async function using<Result>(opening: Promise<Store>, work: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await opening;
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Opens the tables of a closed store. */
export function withTables<Result>(path: string, work: (driver: Driver) => Result): Result {
  const driver = openDriver(join(path, 'dragoman.db'), undefined);
  try {
    return work(driver);
  } finally {
    driver.close();
  }
}

export function noteOf(content: string): Fact {
  return { type: 'ParticipantNotified', participantId: 'p_1', kind: 'note', content, data: null };
}

/** An append of one note. The command is remembered when it has an id. */
export function note(stream: string, expectedVersion: number, commandId?: string, text = 'hello'): AppendRequest {
  return {
    context: {
      workspaceId,
      commandId: commandId ?? 'not remembered',
      by: { participantId: 'p_1', sessionId: null },
      at: 1_767_225_600_000,
    },
    writes: [{ stream, expectedVersion, facts: [noteOf(text)] }],
    setTimers: [],
    clearTimers: [],
    ...(commandId !== undefined && { remember: { digest: commandId, keepMs: 60_000 } }),
  };
}

/** `accepted`, or the code of the store's refusal. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  }
}
