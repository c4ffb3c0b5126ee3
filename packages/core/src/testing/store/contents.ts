import assert from 'node:assert/strict';
import type { Fact } from '../../event.js';
import type { StoreTest } from './subject.js';
import { codeOf, noteOf, noteTo, workspaceId } from './requests.js';

const texts = {
  'astral characters': '😀 𝒳 👩‍👩‍👧',
  NUL: 'a\u0000b',
  'half a surrogate pair': 'a\ud83d b \ude00',
  'quotes and escapes': `'"\\ \\u0000 \n\r\t \u2028 ; DROP TABLE events`,
  '64 kB': 'é€x'.repeat(22_000),
};

/** Whatever goes in comes out. */
export function contentTests(test: StoreTest): void {
  for (const [what, text] of Object.entries(texts)) {
    test(`texts come back unit by unit: ${what}`, async ({ store }) => {
      const facts = [noteOf(text)];
      await store.append(noteTo('texts', 0, { writes: [{ stream: 'texts', expectedVersion: 0, facts }] }));
      const read = await store.readStream('texts', 1, 1);
      assert.equal(JSON.stringify(read.map(({ fact }) => fact)), JSON.stringify(facts));
    });
  }

  for (const [what, text] of Object.entries(texts)) {
    test(`names of streams and commands come back unit by unit: ${what}`, async ({ store, clock }) => {
      const remember = { digest: text, keepMs: 1_000 };
      const timer = { key: text, dueAt: clock.now(), workspaceId: text, chatId: text, name: text, token: 1 };
      const request = noteTo(text, 0, { commandId: text, workspaceId: text, remember, setTimers: [timer] });
      const { events } = await store.append(request);
      assert.deepEqual(await store.readStream(text, 1, 9), events);
      assert.deepEqual(await store.readLane(text, 0, 9), events);
      assert.deepEqual(await store.findCommand(text, text), { digest: text, events });
      assert.deepEqual((await store.claimTimers(9, 1)).due, [timer]);
    });
  }

  test('names that differ behind a NUL are two', async ({ store }) => {
    await store.append(noteTo('same\u0000one', 0));
    assert.deepEqual(await store.readStream('same', 1, 9), []);
    assert.equal(await codeOf(store.append(noteTo('same\u0000two', 0))), 'accepted');
  });

  test('an event of a type that nobody knows is carried through', async ({ store }) => {
    const fact: Fact = JSON.parse('{"type":"FromTheFuture","schema":7,"deep":{"list":[1,null,"x"]}}');
    await store.append(noteTo('future', 0, { writes: [{ stream: 'future', expectedVersion: 0, facts: [fact] }] }));
    await store.append(noteTo('future', 1));
    assert.deepEqual((await store.readLane(workspaceId, 0, 9))[0]?.fact, fact);
  });

  test('an event above one MiB is refused and nothing of its request is written', async ({ store }) => {
    const writes = ['small', 'big'].map((stream) => ({
      stream,
      expectedVersion: 0,
      facts: [noteOf(stream === 'big' ? 'x'.repeat(1_048_577) : 'x')],
    }));
    assert.equal(await codeOf(store.append(noteTo('big', 0, { writes }))), 'TooLarge');
    assert.equal(await store.head(workspaceId), 0);
  });

  test('an event is as long as its text with what must be escaped in it', async ({ store }) => {
    const of = (text: string) => ({ writes: [{ stream: 'long', expectedVersion: 0, facts: [noteOf(text)] }] });
    assert.equal(await codeOf(store.append(noteTo('long', 0, of('\u0001'.repeat(175_000))))), 'TooLarge');
    assert.equal(await codeOf(store.append(noteTo('long', 0, of('x'.repeat(1_000_000))))), 'accepted');
  });
}
