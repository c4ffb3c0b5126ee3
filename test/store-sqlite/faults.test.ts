import { auditStore } from '@dragoman/core/testing';
import type { Fault, Store } from '@dragoman/core';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { expect } from 'chai';
import type { Disk } from './faulty-driver.js';
import { createDisk } from './faulty-driver.js';
import { codeOf, inDirectory, note, using, workspaceId } from './workbench.js';

const module = new URL('./faulty-driver.js', import.meta.url);

/** A store on a disk that fails when it is told to. */
async function onDisk(work: (store: Store, disk: Disk, path: string) => Promise<void>): Promise<void> {
  await inDirectory(async (path) => {
    const disk = createDisk();
    const opening = createSqliteStore({ path, maxWaiting: 20, driver: { module, options: disk.options } });
    await using(opening, (store) => work(store, disk, path));
  });
}

/** What a healthy disk finds in the directory, once the store is closed. */
async function found(path: string, work: (store: Store) => Promise<unknown>): Promise<void> {
  await using(createSqliteStore({ path, checkIntegrity: true }), async (store) => {
    expect((await auditStore(store, workspaceId)).problems).to.deep.equal([]);
    await work(store);
  });
}

describe('a store whose disk fails', () => {
  it('acknowledges nothing when the disk is full, and shows what was there before', () =>
    onDisk(async (store, disk, path) => {
      await store.append(note('chat', 0));
      disk.fail('full');
      const codes = await Promise.all([note('chat', 1), note('other', 0)].map((each) => codeOf(store.append(each))));
      expect(codes).to.deep.equal(['Unavailable', 'Unavailable']);
      expect(await store.readStream('chat', 1, 9)).to.have.length(1);
      expect(await store.health()).to.include({ problem: 'the disk says SQLITE_FULL' });
      await store.close();
      await found(path, async (again) => expect(await again.head(workspaceId)).to.equal(1));
    }));

  for (const fault of ['full', 'fullAtCommit'] as const) {
    it(`goes on by itself when a disk that was full has room again (${fault})`, () =>
      onDisk(async (store, disk, path) => {
        await store.append(note('chat', 0));
        disk.fail(fault);
        const codes = [note('chat', 1, 'once'), note('new', 0)].map((each) => codeOf(store.append(each)));
        expect(await Promise.all(codes)).to.deep.equal(['Unavailable', 'Unavailable']);
        expect(await store.health()).to.include({ problem: 'the disk says SQLITE_FULL' });
        disk.fail('none');
        expect(await store.health()).not.to.have.property('problem');
        for (const each of [note('chat', 1, 'once'), note('new', 0)]) {
          expect(await codeOf(store.append(each))).to.equal('accepted');
        }
        await store.close();
        await found(path, async (again) => expect(await again.head(workspaceId)).to.equal(3));
      }));
  }

  for (const [fault, codeLater] of [
    ['commitLost', 'accepted'],
    ['commitKept', 'DuplicateCommand'],
  ] as const) {
    it(`has one effect for a command that is repeated after a failed flush (${fault})`, () =>
      onDisk(async (store, disk, path) => {
        disk.fail(fault);
        expect(await codeOf(store.append(note('chat', 0, 'once')))).to.equal('OutcomeUnknown');
        disk.fail('none');
        expect(await codeOf(store.append(note('chat', 0, 'once')))).to.equal('Unavailable');
        await store.close();
        await found(path, async (again) => {
          expect(await codeOf(again.append(note('chat', 0, 'once')))).to.equal(codeLater);
          expect(await again.head(workspaceId)).to.equal(1);
        });
      }));
  }

  it('goes on after somebody else had the file busy for a moment', () =>
    onDisk(async (store, disk) => {
      disk.fail('busy');
      expect(await codeOf(store.append(note('chat', 0)))).to.equal('Unavailable');
      disk.fail('none');
      expect(await codeOf(store.append(note('chat', 0)))).to.equal('accepted');
    }));

  for (const [fault, ending] of [
    ['readOnly', 'STORE_UNAVAILABLE'],
    ['busy', 'opened'],
  ] as const) {
    it(`finds out at the start whether its files can be written (${fault})`, () =>
      inDirectory(async (path) => {
        await (await createSqliteStore({ path })).close();
        const disk = createDisk();
        disk.fail(fault);
        const opening = createSqliteStore({ path, driver: { module, options: disk.options } });
        const opened = opening.then(
          () => 'opened',
          (error: Fault) => error.code,
        );
        expect(await opened).to.equal(ending);
        await opening.then((store) => store.close()).catch(() => undefined);
      }));
  }

  it('lets wait what comes while the disk is slow, writes it all at once, and refuses what is too much', () =>
    onDisk(async (store, disk) => {
      disk.fail('slow');
      const first = store.append(note('chat', 0));
      await new Promise(setImmediate);
      const rest = Array.from({ length: 25 }, (_, n) => codeOf(store.append(note(`chat-${n}`, 0))));
      expect(await Promise.all(rest.slice(19))).to.deep.equal(Array(6).fill('Overloaded'));
      expect(await store.health()).to.include({ waiting: 20 });
      disk.fail('none');
      await first;
      expect(await Promise.all(rest.slice(0, 19))).to.deep.equal(Array(19).fill('accepted'));
      expect(await store.health()).to.include({ waiting: 0, lastBatch: 19 });
      expect(await auditStore(store, workspaceId)).to.deep.equal({ events: 20, problems: [] });
    }));

  it('counts bytes too: a few large writes are refused while one waits', () =>
    inDirectory(async (path) => {
      const large = (stream: string) => note(stream, 0, undefined, 'x'.repeat(40_000));
      await using(createSqliteStore({ path, maxWaitingBytes: 100_000 }), async (store) => {
        const codes = await Promise.all(['a', 'b', 'c'].map((stream) => codeOf(store.append(large(stream)))));
        expect(codes).to.deep.equal(['accepted', 'accepted', 'Overloaded']);
        expect(await codeOf(store.append(large('c')))).to.equal('accepted');
      });
    }));

  it('settles every promise when its thread dies, and says of a write under way that nobody knows', () =>
    onDisk(async (store, disk, path) => {
      await store.append(note('chat', 0));
      disk.fail('death');
      const underWay = codeOf(store.append(note('chat', 1, 'once')));
      await new Promise(setImmediate);
      const behind = [codeOf(store.append(note('other', 0))), codeOf(store.head(workspaceId))];
      expect(await underWay).to.equal('OutcomeUnknown');
      expect(await Promise.all(behind)).to.deep.equal(['Unavailable', 'Unavailable']);
      expect(await codeOf(store.append(note('chat', 1)))).to.equal('Unavailable');
      await store.close();
      await found(path, async (again) => {
        expect(await codeOf(again.append(note('chat', 1, 'once')))).to.equal('accepted');
      });
    }));

  it('says that it is not well when its thread died in a read, before anything is written', () =>
    onDisk(async (store, disk) => {
      expect(await store.health()).not.to.have.property('problem');
      disk.fail('deathInRead');
      expect(await codeOf(store.head(workspaceId))).to.equal('Unavailable');
      expect(await store.health()).to.include({ waiting: 0, problem: 'the worker is gone' });
    }));
});
