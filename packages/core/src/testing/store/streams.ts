import assert from 'node:assert/strict';
import { auditStore } from './audit.js';
import type { StoreTest } from './subject.js';
import { appendNotes, codeOf, noteOf, noteTo, refusalOf, timerOf, workspaceId } from './requests.js';

/** Versions, conflicts, and all or nothing. */
export function streamTests(test: StoreTest): void {
  test('of many appends to the same version exactly one wins, the others learn the version', async ({ store }) => {
    await appendNotes(store, 'race', 2);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => refusalOf(store.append(noteTo('race', 2)))));
    const losers = outcomes.filter((outcome) => outcome !== 'accepted');
    assert.equal(losers.length, 19);
    for (const { code, stream, actualVersion } of losers) {
      assert.deepEqual([code, stream, actualVersion], ['VersionConflict', 'race', 3]);
    }
  });

  test('a version that the stream has not reached is refused, also where there is no stream', async ({ store }) => {
    await appendNotes(store, 'short', 1);
    for (const [stream, has] of [['short', 1] as const, ['none', 0] as const]) {
      const refusal = await refusalOf(store.append(noteTo(stream, 5)));
      assert.ok(refusal !== 'accepted');
      assert.deepEqual([refusal.code, refusal.actualVersion], ['VersionConflict', has]);
    }
    assert.deepEqual(await store.readStream('none', 1, 10), []);
  });

  test('an append to several streams writes all of them or none', async ({ store }) => {
    await appendNotes(store, 'b', 1);
    const write = (stream: string, expectedVersion: number, texts: string[]) => ({
      stream,
      expectedVersion,
      facts: texts.map(noteOf),
    });
    const failing = noteTo('a', 0, { writes: [write('a', 0, ['x']), write('b', 0, ['y']), write('c', 0, ['z'])] });
    assert.equal(await codeOf(store.append(failing)), 'VersionConflict');
    assert.equal(await store.head(workspaceId), 1);

    const fitting = noteTo('a', 0, { writes: [write('a', 0, ['x', 'y']), write('b', 1, ['z'])] });
    const { events } = await store.append(fitting);
    assert.deepEqual(
      events.map(({ stream, version, position }) => [stream, version, position]),
      [
        ['a', 1, 2],
        ['a', 2, 3],
        ['b', 2, 4],
      ],
    );
  });

  test('what was appended can be read at once, as it was answered', async ({ store }) => {
    const { events } = await store.append(noteTo('mine', 0));
    assert.deepEqual(await store.readStream('mine', 1, 10), events);
    assert.deepEqual(await store.readLane(workspaceId, 0, 10), events);
    assert.equal(await store.head(workspaceId), 1);
  });

  test('a stream is read in pages from any version on', async ({ store }) => {
    await appendNotes(store, 'long', 7);
    const page = await store.readStream('long', 3, 2);
    assert.deepEqual(
      page.map(({ version }) => version),
      [3, 4],
    );
    assert.equal((await store.readStream('long', 7, 10)).length, 1);
    assert.deepEqual(await store.readStream('long', 8, 10), []);
  });

  test('one bad request of a batch does not fail its neighbours', async ({ store }) => {
    const results = await store.appendMany([
      noteTo('good', 0),
      noteTo('good', 7),
      noteTo('big', 0, { writes: [{ stream: 'big', expectedVersion: 0, facts: [noteOf('x'.repeat(1_100_000))] }] }),
      noteTo('good', 1),
    ]);
    assert.deepEqual(
      results.map((result) => (result.ok ? result.appended.events[0]?.position : result.error.code)),
      [1, 'VersionConflict', 'TooLarge', 2],
    );
  });

  test('a mistake of the program is thrown, writes nothing and harms no neighbour', async ({ store, clock }) => {
    const write = { stream: 'twice', expectedVersion: 0, facts: [noteOf('x')] };
    const { context } = noteTo('chat', 0);
    const mistakes = [
      noteTo('twice', 0, { writes: [write, write] }),
      noteTo('at', 0, { context: { ...context, at: NaN } }),
      noteTo('timer', 0, { setTimers: [timerOf('nan', NaN)] }),
      noteTo('remember', 0, { remember: { digest: 'd', keepMs: NaN } }),
    ];
    for (const [n, mistake] of mistakes.entries()) {
      const beside = [store.append(noteTo('good', n * 2)), store.append(noteTo('good', n * 2 + 1))];
      await assert.rejects(store.append(mistake), TypeError);
      await assert.rejects(store.appendMany([noteTo('late', 0), mistake]), TypeError);
      await Promise.all(beside);
    }
    clock.advance(1);
    assert.deepEqual(await store.claimTimers(9, 1), { due: [], nextAt: null });
    assert.deepEqual(await auditStore(store, workspaceId), { events: mistakes.length * 2, problems: [] });
  });

  test('after many writers raced, failed and tried again no version is missing or doubled', async ({ store }) => {
    const writer = async (name: number): Promise<void> => {
      const versions = [0, 0, 0];
      for (let round = 0; round < 30; round += 1) {
        const which = (round * 7 + name) % 3;
        const refusal = await refusalOf(store.append(noteTo(`shared-${which}`, versions[which] ?? 0)));
        versions[which] = refusal === 'accepted' ? (versions[which] ?? 0) + 1 : (refusal.actualVersion ?? 0);
      }
    };
    await Promise.all([1, 2, 3, 4, 5, 6].map(writer));
    const { events, problems } = await auditStore(store, workspaceId);
    assert.deepEqual(problems, []);
    assert.ok(events >= 30, `${events} events`);
  });
}
