import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Store } from '@dragoman/core';
import { auditStore } from '@dragoman/core/testing';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { expect } from 'chai';
import { inDirectory, using, workspaceId } from './workbench.js';

/** `npm run faults` asks for more. */
const rounds = Number(process.env['FAULT_ROUNDS'] ?? 3);
/** How often one directory is left behind: everything in it is checked every time. */
const roundsEach = 10;
const appender = fileURLToPath(new URL('./appender.js', import.meta.url));

/** Lets a process append to the directory, kills it after so many acknowledgements, returns all that it has said. */
async function killedAfter(path: string, acks: number): Promise<string[]> {
  const child = spawn(process.execPath, [appender, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    if (lines.length === acks) child.kill('SIGKILL');
  });
  const [code, signal] = await once(child, 'close');
  expect([code, signal]).to.deep.equal([null, 'SIGKILL']);
  return lines;
}

/** Lets a process append until the system lets its files grow no more; returns what it said and what it ended with. */
async function filledUp(path: string): Promise<{ acked: string; error: string }> {
  const limited = `trap '' XFSZ; ulimit -f 1200; exec "$0" "$@"`;
  const child = spawn('sh', ['-c', limited, process.execPath, appender, path], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const [acked, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  return { acked, error };
}

/** The events of every command, by its id. */
async function eventsByCommand(store: Store): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (let after = 0; ;) {
    const page = await store.readLane(workspaceId, after, 1_000);
    for (const { commandId, eventId } of page) found.set(commandId, [...(found.get(commandId) ?? []), eventId]);
    const last = page.at(-1);
    if (last === undefined) return found;
    after = last.position;
  }
}

async function check(store: Store, acked: ReadonlyMap<string, string>): Promise<void> {
  expect((await auditStore(store, workspaceId)).problems).to.deep.equal([]);
  const found = await eventsByCommand(store);
  for (const [commandId, ids] of acked) expect(found.get(commandId)?.join(), commandId).to.equal(ids);
  for (const [commandId, ids] of found) expect(ids, `${commandId}: all or nothing`).to.have.length(3);

  const lastOf = new Map<string, number>();
  for (const [chat = '', number] of [...found.keys()].map((id) => id.split(':'))) lastOf.set(chat, Number(number));
  const { due } = await store.claimTimers(1_000, 1);
  expect(new Map(due.map(({ chatId, token }) => [chatId, token]))).to.deep.equal(lastOf);
  for (const commandId of [...found.keys()].slice(-20)) {
    expect(await store.findCommand(workspaceId, commandId), commandId).to.include({ digest: commandId });
  }
}

async function killedOften(path: string, times: number): Promise<void> {
  const acked = new Map<string, string>();
  for (let round = 0; round < times; round += 1) {
    const lines = await killedAfter(path, 1 + Math.floor(Math.random() * 400));
    for (const [commandId = '', ids = ''] of lines.map((line) => line.split(' '))) acked.set(commandId, ids);
    await using(createSqliteStore({ path, checkIntegrity: true }), (store) => check(store, acked));
  }
}

describe('a process that is stopped while it writes', () => {
  it(`killed, it has lost nothing that was acknowledged and left nothing half done, ${rounds} times`, async function () {
    this.timeout(20_000 + rounds * 3_000);
    for (let left = rounds; left > 0; left -= roundsEach) {
      await inDirectory((path) => killedOften(path, Math.min(left, roundsEach)));
    }
  });

  it('acknowledges nothing that no longer fits on the disk, and leaves the rest whole', () =>
    inDirectory(async (path) => {
      const { acked, error } = await filledUp(path);
      expect(error).to.match(/code: '(Unavailable|OutcomeUnknown)'/);
      const lines = acked.trim().split('\n');
      expect(lines.length).to.be.greaterThan(50);
      const ids = new Map(lines.map((line) => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']));
      await using(createSqliteStore({ path, checkIntegrity: true }), (store) => check(store, ids));
    }));

  it('has the directory locked while it lives, and no longer', () =>
    inDirectory(async (path) => {
      const child = spawn(process.execPath, [appender, path], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      const refused = await createSqliteStore({ path }).catch((error: unknown) => error);
      expect(refused).to.include({ name: 'Fault', code: 'STORE_LOCKED' });
      child.kill('SIGKILL');
      await once(child, 'exit');
      await using(createSqliteStore({ path }), async (store) =>
        expect(await store.head(workspaceId)).to.be.greaterThan(0),
      );
    }));
});
