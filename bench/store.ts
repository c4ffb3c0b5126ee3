import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppendRequest, Fact } from '@dragoman/core';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { openDriver } from '@dragoman/store-sqlite/driver';
import { measured, printFigures } from './measure.js';
import type { Figures } from './measure.js';

/**
 * Durable appends of one event of about 300 bytes, or of two events in two streams, by so many at once; beside them the
 * library alone, with one row of the same size and index, so many in a transaction.
 */
const workspaceId = 'default';
const fact: Fact = {
  type: 'ParticipantNotified',
  participantId: 'p',
  kind: 'note',
  content: 'x'.repeat(220),
  data: null,
};

interface Kind {
  readonly name: string;
  readonly streams: number;
  readonly remembers: boolean;
}

const kinds: readonly Kind[] = [
  { name: 'one stream', streams: 1, remembers: false },
  { name: 'one stream, remembered', streams: 1, remembers: true },
  { name: 'two streams', streams: 2, remembers: false },
];

function request({ streams, remembers }: Kind, writer: number, version: number): AppendRequest {
  const commandId = `${writer}:${version}`;
  const names = Array.from({ length: streams }, (_, n) => `chat/default/0190a1b2-0000-7000-8000-${n}-${writer}`);
  return {
    context: { workspaceId, commandId, by: { participantId: 'p_1', sessionId: 's_1' }, at: Date.now() },
    writes: names.map((stream) => ({ stream, expectedVersion: version, facts: [fact] })),
    setTimers: [],
    clearTimers: [],
    ...(remembers && { remember: { digest: 'abcdefghijklmnopqrstuvwxyz', keepMs: 60_000 } }),
  };
}

async function inDirectory<Result>(work: (path: string) => Promise<Result>): Promise<Result> {
  const path = await mkdtemp(join(tmpdir(), 'dragoman-bench-'));
  try {
    return await work(path);
  } finally {
    await rm(path, { recursive: true });
  }
}

function throughStore(kind: Kind, atOnce: number, total: number): Promise<Figures> {
  return inDirectory(async (path) => {
    const store = await createSqliteStore({ path });
    const run = (index: number): Promise<unknown> =>
      store.append(request(kind, index % atOnce, Math.floor(index / atOnce)));
    const figures = await measured(`${kind.name}, ${atOnce} at once`, total, atOnce, run);
    await store.close();
    return figures;
  });
}

function libraryAlone(rows: number, total: number): Promise<Figures> {
  return inDirectory(async (path) => {
    const driver = openDriver(join(path, 'raw.db'), undefined);
    driver.pragma('journal_mode = WAL');
    driver.pragma('synchronous = FULL');
    driver.exec('CREATE TABLE e (p INTEGER PRIMARY KEY, stream TEXT, version INTEGER, data TEXT)');
    driver.exec('CREATE UNIQUE INDEX s ON e (stream, version)');
    const insert = driver.prepare('INSERT INTO e VALUES (?, ?, ?, ?)');
    const data = JSON.stringify(fact);
    const commit = async (index: number): Promise<void> => {
      driver.exec('BEGIN IMMEDIATE');
      for (let row = 0; row < rows; row += 1) insert.run(index * rows + row, `chat/default/0190-${row}`, index, data);
      driver.exec('COMMIT');
    };
    const { perSecond, cpuMicros } = await measured('', total / rows, 1, commit);
    driver.close();
    return { case: `libsql alone, ${rows} in a transaction`, perSecond: perSecond * rows, cpuMicros: cpuMicros / rows };
  });
}

const figures: Figures[] = [];
for (const [atOnce, total] of [
  [1, 8_000],
  [16, 48_000],
  [256, 128_000],
] as const) {
  const alone = await libraryAlone(atOnce, total);
  figures.push(alone);
  for (const kind of kinds) {
    const own = await throughStore(kind, atOnce, total);
    figures.push({ ...own, ratio: own.perSecond / alone.perSecond });
  }
}
printFigures('store: durable appends, sqlite', 'appends', figures);
