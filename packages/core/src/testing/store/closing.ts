import assert from 'node:assert/strict';
import { auditStore } from './audit.js';
import type { OpenedDurableStore, StoreTest } from './subject.js';
import { appendNotes, codeOf, noteTo, timerOf, workspaceId } from './requests.js';

/** What closing a store promises. */
export function closingTests(test: StoreTest): void {
  test('a closed store refuses everything, and closing twice is fine', async ({ store }) => {
    await store.close();
    await store.close();
    const asked = [
      store.append(noteTo('chat', 0)),
      store.readStream('chat', 1, 1),
      store.readLane(workspaceId, 0, 1),
      store.head(workspaceId),
      store.findCommand(workspaceId, 'x'),
      store.claimTimers(1, 1),
      store.loadSnapshot('x'),
      store.saveSnapshot({ stream: 'x', position: 1, schema: 1, state: 1 }),
      store.saveBookmarks([]),
      store.loadBookmarks(workspaceId, 'x', 'x'),
      store.dropBookmarks([]),
      store.saveNotes([]),
      store.loadNotes(workspaceId, 'x'),
    ];
    assert.deepEqual(new Set(await Promise.all(asked.map(codeOf))), new Set(['Closed']));
    const [result] = await store.appendMany([noteTo('chat', 0)]);
    assert.equal(result?.ok === false && result.error.code, 'Closed');
  });

  test('a follower hears nothing more once its store is closed', async ({ store }) => {
    await appendNotes(store, 'chat', 5);
    const heard: number[] = [];
    await new Promise<void>((resolve) => {
      store.subscribe(workspaceId, 0, async ({ position }) => {
        heard.push(position);
        await store.close();
        resolve();
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(heard, [1]);
  });

  test('every promise is settled when a store closes under load', async ({ store }) => {
    const work = Array.from({ length: 50 }, (_, n) => [
      codeOf(store.append(noteTo(`chat-${n}`, 0))),
      codeOf(store.readStream(`chat-${n}`, 1, 1)),
    ]).flat();
    await store.close();
    const codes = new Set(await Promise.all(work));
    codes.delete('accepted');
    codes.delete('Closed');
    assert.deepEqual([...codes], []);
  });
}

/** What a store that outlives its process promises. */
export function durabilityTests(test: StoreTest<OpenedDurableStore>): void {
  test('everything is there after a restart', async ({ store, reopen, clock }) => {
    const remember = { digest: 'd', keepMs: 60_000 };
    const timer = timerOf('kept', clock.now());
    const bookmark = { workspaceId, chatId: 'a', space: 's', participantId: 'p_1', version: 3 };
    const snapshot = { stream: 'routing', position: 1, schema: 1, state: ['kept'] };
    const { events } = await store.append(noteTo('chat', 0, { commandId: 'kept', remember, setTimers: [timer] }));
    const note = { workspaceId, space: 's', key: 'k', value: { kept: true } };
    await Promise.all([store.saveBookmarks([bookmark]), store.saveSnapshot(snapshot), store.saveNotes([note])]);
    await store.close();

    const again = await reopen();
    assert.deepEqual(await again.readLane(workspaceId, 0, 9), events);
    assert.deepEqual(await again.findCommand(workspaceId, 'kept'), { digest: 'd', events });
    assert.deepEqual(await again.loadBookmarks(workspaceId, 's', 'p_1'), [bookmark]);
    assert.deepEqual(await again.loadSnapshot('routing'), snapshot);
    assert.deepEqual(await again.loadNotes(workspaceId, 's'), [note]);
    assert.deepEqual((await again.claimTimers(9, 1)).due, [timer]);
    assert.equal(await codeOf(again.append(noteTo('chat', 0))), 'VersionConflict');
    assert.equal((await again.append(noteTo('chat', 1))).events[0]?.position, 2);
  });

  test('what was acknowledged while the store closed is there, and nothing that was refused', async (opened) => {
    const { store, reopen } = opened;
    const work = Array.from({ length: 100 }, (_, n) => codeOf(store.append(noteTo(`chat-${n}`, 0))));
    const closing = store.close();
    const late = codeOf(store.append(noteTo('late', 0)));
    const accepted = (await Promise.all(work)).filter((code) => code === 'accepted').length;
    await closing;
    assert.equal(await late, 'Closed');
    const again = await reopen();
    assert.deepEqual(await auditStore(again, workspaceId), { events: accepted, problems: [] });
  });

  test('a follower goes on over a restart', async ({ store, reopen }) => {
    await appendNotes(store, 'chat', 3);
    await store.close();
    const again = await reopen();
    await appendNotes(again, 'chat', 2, 3);
    const heard: number[] = [];
    await new Promise<void>((resolve) => {
      again.subscribe(workspaceId, 2, async ({ position }) => {
        heard.push(position);
        if (position === 5) resolve();
      });
    });
    assert.deepEqual(heard, [3, 4, 5]);
  });
}
