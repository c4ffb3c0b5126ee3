import assert from 'node:assert/strict';
import type { Store } from '../../store.js';
import type { StoreTest } from './subject.js';
import { codeOf, noteTo, timerOf } from './requests.js';

async function namesDue(store: Store, limit = 100, holdMs = 1_000): Promise<string[]> {
  return (await store.claimTimers(limit, holdMs)).due.map(({ name }) => name);
}

/** Commands that the machine gives itself later. */
export function timerTests(test: StoreTest): void {
  test('timers fire in the order of their times and never early', async ({ store, clock }) => {
    const now = clock.now();
    const setTimers = [timerOf('third', now + 30), timerOf('first', now + 10), timerOf('second', now + 20)];
    await store.append(noteTo('chat', 0, { setTimers }));
    assert.deepEqual(await store.claimTimers(10, 1_000), { due: [], nextAt: now + 10 });
    clock.advance(9);
    assert.deepEqual(await namesDue(store), []);
    clock.advance(21);
    const { due } = await store.claimTimers(2, 1_000);
    assert.deepEqual(due, [setTimers[1], setTimers[2]]);
    assert.deepEqual(await namesDue(store), ['third']);
  });

  test('a timer of a refused append does not exist', async ({ store, clock }) => {
    const setTimers = [timerOf('never', clock.now())];
    assert.equal(await codeOf(store.append(noteTo('chat', 3, { setTimers }))), 'VersionConflict');
    assert.deepEqual(await store.claimTimers(10, 1_000), { due: [], nextAt: null });
  });

  test('a cleared timer never fires, and clearing an unknown one is nothing', async ({ store, clock }) => {
    const timer = timerOf('gone', clock.now() + 5);
    await store.append(noteTo('chat', 0, { setTimers: [timer] }));
    await store.append(noteTo('chat', 1, { clearTimers: [timer.key, 'chat/contract/a/unknown'] }));
    clock.advance(10);
    assert.deepEqual(await store.claimTimers(10, 1_000), { due: [], nextAt: null });
  });

  test('setting a timer again moves it, and frees it when somebody held it', async ({ store, clock }) => {
    const now = clock.now();
    await store.append(noteTo('chat', 0, { setTimers: [timerOf('moved', now)] }));
    assert.deepEqual(await namesDue(store, 10, 60_000), ['moved']);
    await store.append(noteTo('chat', 1, { setTimers: [timerOf('moved', now + 50)] }));
    assert.deepEqual(await store.claimTimers(10, 1_000), { due: [], nextAt: now + 50 });
    clock.advance(50);
    assert.deepEqual(await namesDue(store), ['moved']);
  });

  test('two who claim at once never hold the same timer', async ({ store, clock }) => {
    const setTimers = Array.from({ length: 20 }, (_, n) => timerOf(`t${n}`, clock.now() + n));
    await store.append(noteTo('chat', 0, { setTimers }));
    clock.advance(20);
    const claims = await Promise.all([1, 2, 3, 4].map(() => namesDue(store, 6)));
    const names = claims.flat();
    assert.deepEqual([names.length, new Set(names).size], [20, 20]);
  });

  test('a claimed timer comes again when its hold is over, until an append clears it', async ({ store, clock }) => {
    const now = clock.now();
    const timer = timerOf('again', now);
    await store.append(noteTo('chat', 0, { setTimers: [timer] }));
    assert.deepEqual(await store.claimTimers(10, 1_000), { due: [timer], nextAt: now + 1_000 });
    clock.advance(999);
    assert.deepEqual(await namesDue(store), []);
    clock.advance(1);
    assert.deepEqual(await namesDue(store), ['again']);
    await store.append(noteTo('chat', 1, { clearTimers: [timer.key] }));
    clock.advance(10_000);
    assert.deepEqual(await store.claimTimers(10, 1_000), { due: [], nextAt: null });
  });

  test('an append may consist of timers alone', async ({ store, clock }) => {
    const { events } = await store.append(
      noteTo('chat', 0, { writes: [], setTimers: [timerOf('alone', clock.now())] }),
    );
    assert.deepEqual(events, []);
    assert.deepEqual(await namesDue(store), ['alone']);
  });
}
