import assert from 'node:assert/strict';
import { auditStore } from './audit.js';
import type { StoreTest } from './subject.js';
import { codeOf, noteOf, noteTo, timerOf, workspaceId } from './requests.js';

const remember = { digest: 'digest', keepMs: 60_000 };

/** What is taken out for ever, and what is put away. */
export function redactionTests(test: StoreTest): void {
  test('a redacted fact is replaced in place, for readers of the stream and of the lane', async ({ store }) => {
    for (let version = 0; version < 3; version += 1) await store.append(noteTo('chat', version));
    const before = await store.readStream('chat', 1, 9);
    await store.redact({ workspaceId, stream: 'chat', facts: new Map([[2, noteOf('')]]) });
    const after = await store.readStream('chat', 1, 9);
    assert.deepEqual(after, await store.readLane(workspaceId, 0, 9));
    assert.deepEqual(
      after.map(({ fact }) => fact),
      [before[0]?.fact, noteOf(''), before[2]?.fact],
    );
    const places = (events: typeof after) => events.map(({ commandId: _, fact: __, ...place }) => place);
    assert.deepEqual(places(after), places(before));
    assert.deepEqual((await auditStore(store, workspaceId)).problems, []);
  });

  test('the commands behind a redacted stream are remembered no more, under no name', async ({ store }) => {
    const writes = ['chat', 'other'].map((stream) => ({ stream, expectedVersion: 0, facts: [noteOf(stream)] }));
    await store.append(noteTo('before', 0, { commandId: 'kept', remember }));
    await store.append(noteTo('chat', 0, { commandId: 'of joe', remember, writes }));
    await store.redact({ workspaceId, stream: 'chat', facts: new Map() });
    assert.equal(await store.findCommand(workspaceId, 'of joe'), undefined);
    assert.notEqual(await store.findCommand(workspaceId, 'kept'), undefined);
    const lane = await store.readLane(workspaceId, 0, 9);
    assert.deepEqual(
      lane.map(({ commandId, eventId }) => (commandId === eventId ? 'its own' : commandId)),
      ['kept', 'its own', 'its own'],
    );
    assert.deepEqual(await store.readStream('other', 1, 1), [lane[2]]);
  });

  test('a renamed stream is found by its new name alone, and the old one is free', async ({ store }) => {
    await store.append(noteTo('joe', 0));
    await store.redact({ workspaceId, stream: 'joe', facts: new Map(), renamedTo: 'nobody' });
    assert.deepEqual(await store.readStream('joe', 1, 9), []);
    assert.equal((await store.readStream('nobody', 1, 9)).length, 1);
    assert.equal(await codeOf(store.append(noteTo('joe', 0))), 'accepted');
    assert.equal(await codeOf(store.append(noteTo('nobody', 1))), 'accepted');
    assert.deepEqual((await auditStore(store, workspaceId)).problems, []);
  });

  test('a stream goes on after it was redacted, and its timers run', async ({ store, clock }) => {
    const timer = timerOf('idle', clock.now() + 5);
    await store.append(noteTo('chat', 0, { setTimers: [timer] }));
    await store.redact({ workspaceId, stream: 'chat', facts: new Map([[1, noteOf('')]]) });
    assert.equal(await codeOf(store.append(noteTo('chat', 1))), 'accepted');
    clock.advance(5);
    assert.deepEqual((await store.claimTimers(9, 1)).due, [timer]);
  });

  test('an archived stream is read, appended to and remembered as before', async ({ store, clock }) => {
    const timer = timerOf('idle', clock.now() + 5);
    await store.append(noteTo('other', 0));
    await store.append(noteTo('chat', 0, { commandId: 'first', remember, setTimers: [timer] }));
    await store.append(noteTo('chat', 1));
    const before = await store.readLane(workspaceId, 0, 9);
    await store.archive('chat');
    assert.deepEqual(await store.readLane(workspaceId, 0, 9), before);
    assert.deepEqual(await store.readLane(workspaceId, 1, 1), before.slice(1, 2));
    assert.deepEqual(await store.readStream('chat', 2, 9), before.slice(2));
    assert.deepEqual((await store.findCommand(workspaceId, 'first'))?.events, before.slice(1, 2));
    assert.equal(await codeOf(store.append(noteTo('chat', 1))), 'VersionConflict');
    assert.equal(await codeOf(store.append(noteTo('chat', 2))), 'accepted');
    assert.equal(await store.head(workspaceId), 4);
    for (const stream of ['chat', 'other', 'chat', 'unknown']) await store.archive(stream);
    assert.equal(await store.head(workspaceId), 4);
    assert.equal(await codeOf(store.append(noteTo('other', 1))), 'accepted');
    assert.deepEqual((await auditStore(store, workspaceId)).problems, []);
  });

  test('what is archived can be redacted', async ({ store }) => {
    await store.append(noteTo('chat', 0, { commandId: 'of joe', remember }));
    await store.archive('chat');
    await store.append(noteTo('chat', 1));
    const facts = new Map([1, 2].map((version) => [version, noteOf('')]));
    await store.redact({ workspaceId, stream: 'chat', facts, renamedTo: 'nobody' });
    const events = await store.readStream('nobody', 1, 9);
    assert.deepEqual(
      events.map(({ fact, commandId, eventId }) => [fact, commandId === eventId]),
      [1, 2].map(() => [noteOf(''), true]),
    );
    assert.equal(await store.findCommand(workspaceId, 'of joe'), undefined);
  });

  test('to redact what is not there, or once more, is fine', async ({ store }) => {
    await store.append(noteTo('chat', 0));
    const redaction = { workspaceId, stream: 'chat', facts: new Map([[1, noteOf('')]]) };
    await store.redact(redaction);
    await store.redact(redaction);
    await store.redact({ ...redaction, stream: 'unknown', renamedTo: 'still unknown' });
    assert.equal(await store.head(workspaceId), 1);
  });
}
