import assert from 'node:assert/strict';
import { eventually } from '../eventually.js';
import type { StoreTest } from './subject.js';
import type { StoredEvent } from '../../store.js';
import { appendNotes, followed, noteTo, workspaceId } from './requests.js';

/** The order of a workspace, and who follows it. */
export function laneTests(test: StoreTest): void {
  test('a follower sees every event exactly once, in order, while many write', async ({ store }) => {
    const writers = Array.from({ length: 8 }, (_, n) => appendNotes(store, `writer-${n}`, 25));
    const events = await followed(store, 0, 200);
    await Promise.all(writers);
    assert.deepEqual(
      events.map(({ position }) => position),
      Array.from({ length: 200 }, (_, index) => index + 1),
    );
    const seen = new Map<string, number>();
    for (const { stream, version } of events) {
      assert.equal(version, (seen.get(stream) ?? 0) + 1, 'order in the lane is order of versions');
      seen.set(stream, version);
    }
  });

  test('following from the start, the middle or the head tells the same story', async ({ store }) => {
    await appendNotes(store, 'story', 40);
    const [whole, half] = await Promise.all([followed(store, 0, 40), followed(store, 20, 20)]);
    assert.deepEqual(whole, await store.readLane(workspaceId, 0, 100));
    assert.deepEqual(half, whole.slice(20));
    const rest = followed(store, await store.head(workspaceId), 3);
    await appendNotes(store, 'story', 3, 40);
    assert.deepEqual(await rest, await store.readLane(workspaceId, 40, 100));
  });

  test('a follower that stops and goes on where it stopped misses nothing', async ({ store }) => {
    const writing = appendNotes(store, 'broken', 60);
    const events: StoredEvent[] = [];
    for (const part of [1, 9, 20, 30]) events.push(...(await followed(store, events.length, part)));
    await writing;
    assert.deepEqual(events, await store.readLane(workspaceId, 0, 100));
  });

  test('a slow handler is waited for and misses nothing', async ({ store }) => {
    let running = 0;
    const slow = async (): Promise<void> => {
      running += 1;
      assert.equal(running, 1, 'one event at a time');
      await store.head(workspaceId);
      running -= 1;
    };
    const [events] = await Promise.all([followed(store, 0, 60, slow), appendNotes(store, 'fast', 60)]);
    assert.deepEqual(events, await store.readLane(workspaceId, 0, 100));
  });

  test('a handler that fails gets the same event again before the next', async ({ store, clock }) => {
    await appendNotes(store, 'chat', 2);
    const heard: number[] = [];
    const subscription = store.subscribe(workspaceId, 0, async ({ position }) => {
      heard.push(position);
      if (heard.length < 3) throw new Error('not now');
    });
    await eventually('four calls', () => {
      clock.advance(1_000);
      return heard.length === 4;
    });
    await subscription.stop();
    assert.deepEqual(heard, [1, 1, 1, 2]);
  });

  test('once a follower has stopped nothing more is handed to it', async ({ store }) => {
    let heard = 0;
    const subscription = store.subscribe(workspaceId, 0, async () => void (heard += 1));
    await subscription.stop();
    const before = heard;
    await appendNotes(store, 'late', 3);
    await followed(store, 0, 3);
    assert.equal(heard, before);
  });

  test('two workspaces have nothing in common', async ({ store }) => {
    await appendNotes(store, 'chat/contract/a', 2);
    await store.append(noteTo('chat/other/a', 0, { workspaceId: 'other' }));
    assert.deepEqual(
      (await store.readLane('other', 0, 10)).map(({ position, stream }) => [position, stream]),
      [[1, 'chat/other/a']],
    );
    assert.deepEqual([await store.head(workspaceId), await store.head('other'), await store.head('third')], [2, 1, 0]);
  });
}
