import assert from 'node:assert/strict';
import type { Bookmark, Note } from '../../store.js';
import type { StoreTest } from './subject.js';
import { codeOf, workspaceId } from './requests.js';

const bookmark = (chatId: string, version: number, more: Partial<Bookmark> = {}): Bookmark => ({
  workspaceId,
  chatId,
  space: 'web',
  participantId: 'p_1',
  version,
  ...more,
});

const note = (key: string, value: unknown, more: Partial<Note> = {}): Note => ({
  workspaceId,
  space: 'hooks',
  key,
  value,
  ...more,
});

const byPlace = (a: Bookmark, b: Bookmark): number => a.chatId.localeCompare(b.chatId) || a.version - b.version;

const byKey = (notes: readonly Note[]): readonly Note[] => notes.toSorted((a, b) => a.key.localeCompare(b.key));

/** Snapshots, bookmarks and notes. */
export function hintTests(test: StoreTest): void {
  test('a snapshot is given back as it was, whatever its schema', async ({ store }) => {
    const snapshot = {
      stream: 'routing',
      position: 7,
      schema: 99,
      state: { queue: [1, 'two', null], deep: { on: true } },
    };
    await store.saveSnapshot(snapshot);
    assert.deepEqual(await store.loadSnapshot('routing'), snapshot);
    assert.equal(await store.loadSnapshot('other'), undefined);
  });

  test('a snapshot never moves backwards', async ({ store }) => {
    const at = (position: number) => ({ stream: 'routing', position, schema: 1, state: position });
    for (const position of [5, 9, 3]) await store.saveSnapshot(at(position));
    assert.deepEqual(await store.loadSnapshot('routing'), at(9));
  });

  test('bookmarks never move backwards', async ({ store }) => {
    await store.saveBookmarks([bookmark('a', 4), bookmark('b', 2)]);
    await store.saveBookmarks([bookmark('a', 3), bookmark('b', 6)]);
    const saved = await store.loadBookmarks(workspaceId, 'web', 'p_1');
    assert.deepEqual(
      saved.toSorted((one, other) => one.chatId.localeCompare(other.chatId)),
      [bookmark('a', 4), bookmark('b', 6)],
    );
  });

  test('bookmarks belong to one participant in one space of one workspace', async ({ store }) => {
    const strangers = [{ space: 'phone' }, { participantId: 'p_2' }, { workspaceId: 'other' }];
    await store.saveBookmarks(strangers.map((stranger) => bookmark('a', 9, stranger)));
    assert.deepEqual(await store.loadBookmarks(workspaceId, 'web', 'p_1'), []);
    assert.deepEqual(await store.loadBookmarks('other', 'web', 'p_1'), [bookmark('a', 9, { workspaceId: 'other' })]);
  });

  test('bookmarks of a chat are dropped up to a version, and no others', async ({ store }) => {
    const kept = [bookmark('a', 5), bookmark('b', 2), bookmark('a', 3, { workspaceId: 'other' })];
    const dropped = [bookmark('a', 4, { participantId: 'p_2' }), bookmark('a', 1, { space: 'phone' })];
    await store.saveBookmarks([...kept, ...dropped]);
    await store.dropBookmarks([
      { workspaceId, chatId: 'a', version: 4 },
      { workspaceId, chatId: 'never', version: 9 },
    ]);
    const left = await Promise.all([
      store.loadBookmarks(workspaceId, 'web', 'p_1'),
      store.loadBookmarks(workspaceId, 'web', 'p_2'),
      store.loadBookmarks(workspaceId, 'phone', 'p_1'),
      store.loadBookmarks('other', 'web', 'p_1'),
    ]);
    assert.deepEqual(left.flat().toSorted(byPlace), kept.toSorted(byPlace));
  });

  test('a bookmark that was dropped can be set again', async ({ store }) => {
    await store.saveBookmarks([bookmark('a', 4)]);
    await store.dropBookmarks([{ workspaceId, chatId: 'a', version: 4 }]);
    await store.saveBookmarks([bookmark('a', 4)]);
    assert.deepEqual(await store.loadBookmarks(workspaceId, 'web', 'p_1'), [bookmark('a', 4)]);
  });

  test('a note is given back as it was, and the last one of a key stands', async ({ store }) => {
    await store.saveNotes([note('a', 1), note('b\u0000\ud800', { deep: ['é', null] }), note('a', 2)]);
    await store.saveNotes([note('a', [3])]);
    assert.deepEqual(byKey(await store.loadNotes(workspaceId, 'hooks')), [
      note('a', [3]),
      note('b\u0000\ud800', { deep: ['é', null] }),
    ]);
  });

  test('a note of null is gone', async ({ store }) => {
    await store.saveNotes([note('a', 1), note('b', 2)]);
    await store.saveNotes([note('a', null), note('never', null)]);
    assert.deepEqual(await store.loadNotes(workspaceId, 'hooks'), [note('b', 2)]);
  });

  test('notes belong to one space of one workspace', async ({ store }) => {
    await store.saveNotes([note('a', 1, { space: 'other' }), note('a', 2, { workspaceId: 'other' })]);
    assert.deepEqual(await store.loadNotes(workspaceId, 'hooks'), []);
    assert.deepEqual(await store.loadNotes(workspaceId, 'other'), [note('a', 1, { space: 'other' })]);
  });

  test('a note that is too large is refused, and its neighbours with it', async ({ store }) => {
    assert.equal(await codeOf(store.saveNotes([note('a', 1), note('b', 'x'.repeat(8_192))])), 'TooLarge');
    assert.deepEqual(await store.loadNotes(workspaceId, 'hooks'), []);
  });
}
