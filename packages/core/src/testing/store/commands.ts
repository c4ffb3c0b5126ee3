import assert from 'node:assert/strict';
import type { StoreTest } from './subject.js';
import { codeOf, noteOf, noteTo, workspaceId } from './requests.js';

const writeTo = (stream: string) => ({ stream, expectedVersion: 0, facts: [noteOf(stream)] });

const remember = { digest: 'digest-1', keepMs: 60_000 };

/** The same command id twice. */
export function commandTests(test: StoreTest): void {
  test('a command id that is remembered has one effect, whenever it comes again', async ({ store }) => {
    const once = noteTo('chat', 0, { commandId: 'same', remember });
    const atOnce = await Promise.all([once, once, once].map((request) => codeOf(store.append(request))));
    assert.deepEqual(atOnce.sort(), ['DuplicateCommand', 'DuplicateCommand', 'accepted']);
    const later = noteTo('chat', 1, { commandId: 'same', remember });
    assert.equal(await codeOf(store.append(later)), 'DuplicateCommand');
    assert.equal(await store.head(workspaceId), 1);
  });

  test('a remembered command is found with its digest and its events', async ({ store }) => {
    await store.append(noteTo('before', 0));
    const two = noteTo('x', 0, { commandId: 'two', remember, writes: ['x', 'y'].map(writeTo) });
    const { events } = await store.append(two);
    await store.append(noteTo('after', 0));
    assert.deepEqual(await store.findCommand(workspaceId, 'two'), { digest: 'digest-1', events });
    assert.equal(await store.findCommand(workspaceId, 'unknown'), undefined);
  });

  test('a refused command is not remembered, nor is one that did not ask for it', async ({ store }) => {
    await codeOf(store.append(noteTo('chat', 5, { commandId: 'refused', remember })));
    await store.append(noteTo('chat', 0, { commandId: 'unasked' }));
    assert.equal(await store.findCommand(workspaceId, 'refused'), undefined);
    assert.equal(await store.findCommand(workspaceId, 'unasked'), undefined);
    assert.equal(await codeOf(store.append(noteTo('chat', 1, { commandId: 'refused', remember }))), 'accepted');
  });

  test('the same command id in another workspace is another command', async ({ store }) => {
    await store.append(noteTo('a', 0, { commandId: 'b/same', remember, workspaceId: 'a' }));
    assert.equal(await store.findCommand('a/b', 'same'), undefined);
    const other = noteTo('b', 0, { commandId: 'same', remember, workspaceId: 'a/b' });
    assert.equal(await codeOf(store.append(other)), 'accepted');
  });

  test('a command id is free again when its time is over', async ({ store, clock }) => {
    await store.append(noteTo('chat', 0, { commandId: 'short', remember }));
    clock.advance(59_999);
    assert.equal(await codeOf(store.append(noteTo('chat', 1, { commandId: 'short', remember }))), 'DuplicateCommand');
    clock.advance(1);
    assert.equal(await store.findCommand(workspaceId, 'short'), undefined);
    const { events } = await store.append(noteTo('chat', 1, { commandId: 'short', remember }));
    assert.deepEqual((await store.findCommand(workspaceId, 'short'))?.events, events);
  });
}
