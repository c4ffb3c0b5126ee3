import { join } from 'node:path';
import { auditStore } from '@dragoman/core/testing';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { expect } from 'chai';
import { openDriver } from '@dragoman/store-sqlite/driver';
import { codeOf, inDirectory, note, using, withTables, workspaceId } from './workbench.js';

describe('the archive beside the database', () => {
  it('takes the events of a stream out of the database, and is read with it after a restart', () =>
    inDirectory(async (path) => {
      const before = await using(createSqliteStore({ path }), async (store) => {
        for (const [stream, version] of [
          ['old', 0],
          ['new', 0],
          ['old', 1],
        ] as const)
          await store.append(note(stream, version));
        await store.archive('old');
        return store.readLane(workspaceId, 0, 9);
      });
      expect(withTables(path, (driver) => driver.prepare('SELECT count(*) FROM events').all())).to.deep.equal([[1]]);
      await using(createSqliteStore({ path }), async (store) => {
        expect(await store.readLane(workspaceId, 0, 9)).to.deep.equal(before);
        expect(await store.head(workspaceId)).to.equal(3);
        await store.append(note('old', 2));
        expect((await auditStore(store, workspaceId)).problems).to.deep.equal([]);
      });
    }));

  it('ends at the next start what a power failure broke off between the two files', () =>
    inDirectory(async (path) => {
      const before = await using(createSqliteStore({ path }), async (store) => {
        for (let version = 0; version < 3; version += 1) await store.append(note('old', version));
        return store.readLane(workspaceId, 0, 9);
      });
      withTables(path, (driver) => {
        driver.prepare('ATTACH DATABASE ? AS archive').run(join(path, 'archive.db'));
        driver.exec(`INSERT INTO meta SELECT 'archiving', id FROM streams WHERE name = 'old'`);
        driver.exec('INSERT INTO archive.events SELECT * FROM main.events WHERE version < 3');
      });
      await using(createSqliteStore({ path }), async (store) => {
        expect(await store.readLane(workspaceId, 0, 9)).to.deep.equal(before);
        expect((await auditStore(store, workspaceId)).problems).to.deep.equal([]);
        await store.append(note('old', 3));
      });
      expect(
        withTables(path, (driver) => driver.prepare(`SELECT 1 FROM meta WHERE name = 'archiving'`).all()),
      ).to.deep.equal([]);
    }));

  for (const file of ['dragoman.db', 'archive.db'] as const) {
    it(`goes on, with nothing lost or twice, after somebody else had ${file} busy for a moment`, () =>
      inDirectory(async (path) => {
        await using(createSqliteStore({ path }), async (store) => {
          for (const stream of ['old', 'older']) await store.append(note(stream, 0));
          const before = await store.readLane(workspaceId, 0, 9);
          const other = openDriver(join(path, file), undefined);
          other.exec('BEGIN IMMEDIATE');
          expect(await codeOf(store.archive('old'))).to.equal('Unavailable');
          other.exec('ROLLBACK');
          other.close();
          expect(await store.readLane(workspaceId, 0, 9)).to.deep.equal(before);
          expect(await codeOf(store.append(note('new', 0)))).to.equal('accepted');
          for (const stream of ['older', 'old']) await store.archive(stream);
          expect(await store.readLane(workspaceId, 0, 2)).to.deep.equal(before);
          expect((await auditStore(store, workspaceId)).problems).to.deep.equal([]);
        });
        expect(withTables(path, (driver) => driver.prepare('SELECT count(*) FROM events').all())).to.deep.equal([[1]]);
      }));
  }
});
