import { chmod, copyFile, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@dragoman/core';
import { createFixedClock } from '@dragoman/core/testing';
import { backupSqliteStore, createSqliteStore } from '@dragoman/store-sqlite';
import { expect } from 'chai';
import { codeOf, inDirectory, note, using, withTables, workspaceId } from './workbench.js';

async function faultOf(path: string): Promise<Fault> {
  try {
    await using(createSqliteStore({ path, checkIntegrity: true }), async () => {});
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('the store was opened');
}

describe('opening a store', () => {
  it('makes the directory for its owner alone', () =>
    inDirectory(async (path) => {
      const inside = join(path, 'a', 'b');
      await using(createSqliteStore({ path: inside }), async () => {});
      expect((await stat(inside)).mode & 0o777).to.equal(0o700);
    }));

  it('keeps what people said from other users, also in a directory that they may enter', () =>
    inDirectory(async (path) => {
      await chmod(path, 0o755);
      await using(createSqliteStore({ path }), async (store) => {
        await store.append(note('chat', 0));
        for (const name of ['dragoman.db', 'dragoman.db-wal', 'dragoman.db-shm']) {
          expect((await stat(join(path, name))).mode & 0o777, name).to.equal(0o600);
        }
      });
    }));

  it('refuses a directory that is in use, and takes it once it is free', () =>
    inDirectory(async (path) => {
      await using(createSqliteStore({ path }), async (store) => {
        expect(await faultOf(path)).to.include({ code: 'STORE_LOCKED' });
        expect(await codeOf(store.append(note('chat', 0)))).to.equal('accepted');
      });
      await using(createSqliteStore({ path }), async (store) => expect(await store.head(workspaceId)).to.equal(1));
    }));

  it('keeps notes in a database that was made before there were any', () =>
    inDirectory(async (path) => {
      await using(createSqliteStore({ path }), (store) => store.append(note('chat', 0)));
      withTables(path, (driver) => driver.exec('DROP TABLE notes'));
      const kept = { workspaceId, space: 'hooks', key: 'a', value: 1 };
      await using(createSqliteStore({ path }), async (store) => {
        await store.saveNotes([kept]);
        expect(await store.loadNotes(workspaceId, 'hooks')).to.deep.equal([kept]);
      });
    }));

  it('refuses tables of a newer version, says so, and leaves them alone', () =>
    inDirectory(async (path) => {
      await using(createSqliteStore({ path }), (store) => store.append(note('chat', 0)));
      const setVersion = (version: number): void =>
        withTables(path, (driver) => void driver.prepare(`UPDATE meta SET value = ?`).run(String(version)));
      setVersion(2);
      const fault = await faultOf(path);
      expect(fault).to.include({ code: 'STORE_CORRUPT' });
      expect(fault.message).to.contain('shape 2').and.contain('knows 1');
      setVersion(1);
      await using(createSqliteStore({ path }), async (store) => expect(await store.head(workspaceId)).to.equal(1));
    }));

  /** Copies what a crash would leave, with the log aside. */
  async function crashed(path: string): Promise<{ readonly left: string; readonly log: string }> {
    const [left, log] = [join(path, 'left'), join(path, 'log')];
    await mkdir(left);
    await using(createSqliteStore({ path: join(path, 'store') }), async (store) => {
      await store.append(note('chat', 0));
      for (const name of ['dragoman.db', 'head.json']) await copyFile(join(path, 'store', name), join(left, name));
      await copyFile(join(path, 'store', 'dragoman.db-wal'), log);
    });
    return { left, log };
  }

  it('refuses a database whose log was taken away after a crash, until it is put back', () =>
    inDirectory(async (path) => {
      const { left, log } = await crashed(path);
      const fault = await faultOf(left);
      expect(fault).to.include({ code: 'STORE_CORRUPT' });
      const words = '1 events were accepted, and 0 are there';
      expect(fault.message).to.contain(words).and.contain('dragoman.db-wal');
      await copyFile(log, join(left, 'dragoman.db-wal'));
      await using(createSqliteStore({ path: left }), async (store) =>
        expect(await store.head(workspaceId)).to.equal(1),
      );
    }));

  it('makes no backup that lacks what was accepted', () =>
    inDirectory(async (path) => {
      const { left } = await crashed(path);
      const copied = backupSqliteStore({ path: left, to: join(path, 'copy') });
      expect(await copied.catch((error: Error) => error.message)).to.contain('1 events were accepted, and 0 are there');
    }));

  it('refuses a database whose log is damaged, until it is told to go on without it', () =>
    inDirectory(async (path) => {
      const { left } = await crashed(path);
      await writeFile(join(left, 'dragoman.db-wal'), 'nothing that SQLite reads');
      expect(await faultOf(left)).to.include({ code: 'STORE_CORRUPT' });
      await rm(join(left, 'head.json'));
      await using(createSqliteStore({ path: left }), async (store) =>
        expect(await store.head(workspaceId)).to.equal(0),
      );
    }));

  it('opens what it has written also where the note of how far it came was cut in the middle', () =>
    inDirectory(async (path) => {
      await using(createSqliteStore({ path }), (store) => store.append(note('chat', 0)));
      await writeFile(join(path, 'head.json'), '[["default"');
      await using(createSqliteStore({ path }), async (store) => expect(await store.head(workspaceId)).to.equal(1));
    }));

  it('refuses a file that is no database', () =>
    inDirectory(async (path) => {
      await writeFile(join(path, 'dragoman.db'), 'this is a letter, not a database\n'.repeat(200));
      expect(await faultOf(path)).to.include({ code: 'STORE_CORRUPT' });
    }));

  it('refuses a path that is no directory', () =>
    inDirectory(async (path) => {
      await writeFile(join(path, 'file'), '');
      expect(await faultOf(join(path, 'file'))).to.include({ code: 'STORE_UNAVAILABLE' });
    }));

  it('refuses a path where the system lets nobody make a directory', async () => {
    expect(await faultOf('/proc/nowhere/store')).to.include({ code: 'STORE_UNAVAILABLE' });
  });

  it('ignores a snapshot that is damaged', () =>
    inDirectory(async (path) => {
      const snapshot = { stream: 'routing', position: 1, schema: 1, state: { whole: true } };
      await using(createSqliteStore({ path }), (store) => store.saveSnapshot(snapshot));
      withTables(path, (driver) => driver.exec(`UPDATE snapshots SET state = '{"wh'`));
      await using(createSqliteStore({ path }), async (store) =>
        expect(await store.loadSnapshot('routing')).to.equal(undefined),
      );
    }));

  it('says Corrupt for an event that cannot be read, and reads the others', () =>
    inDirectory(async (path) => {
      await using(createSqliteStore({ path }), (store) => store.appendMany([note('broken', 0), note('whole', 0)]));
      withTables(path, (driver) =>
        driver.exec(`UPDATE events SET data = '{"ty' WHERE stream_id = (SELECT id FROM streams WHERE name = 'broken')`),
      );
      await using(createSqliteStore({ path }), async (store) => {
        expect(await codeOf(store.readStream('broken', 1, 9))).to.equal('Corrupt');
        expect(await store.readStream('whole', 1, 9)).to.have.length(1);
      });
    }));

  it('forgets commands whose time is over bit by bit, as new ones come', () =>
    inDirectory(async (path) => {
      const clock = createFixedClock();
      await using(createSqliteStore({ path, clock }), async (store) => {
        await store.appendMany(Array.from({ length: 10 }, (_, n) => note(`old-${n}`, 0, `old-${n}`)));
        clock.advance(60_000);
        await store.append(note('new', 0, 'new'));
      });
      const commands = withTables(path, (driver) => driver.prepare('SELECT command_id FROM commands').all().flat());
      expect(commands).to.include('new');
      expect(commands).to.have.length(7);
    }));
});
