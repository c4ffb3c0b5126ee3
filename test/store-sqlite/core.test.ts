import { systemIds } from '@dragoman/core';
import type { Command, Store } from '@dragoman/core';
import { auditStore } from '@dragoman/core/testing';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { expect } from 'chai';
import { chatOf, workbench } from '../core/runtime/workbench.js';
import type { Workbench } from '../core/runtime/workbench.js';
import { inDirectory, using, workspaceId } from './workbench.js';

const first: Command = {
  type: 'PostMessage',
  to: { key: 'j' },
  body: { kind: 'text', text: 'one' },
  ifClosed: 'reopen',
  commandId: 'first',
};

/** One life of a core on the store in this directory; stopping the core closes the store. */
async function life(path: string, work: (bench: Workbench) => Promise<void>): Promise<void> {
  const store: Store = await createSqliteStore({ path, checkIntegrity: true });
  const bench = await workbench({ store, ids: systemIds });
  try {
    await work(bench);
  } finally {
    await bench.core.stop();
  }
}

describe('a core on disk', () => {
  it('finds chats, queue and answers again after a restart', () =>
    inDirectory(async (path) => {
      let chatId = '';
      await life(path, async ({ customer }) => {
        const joe = await customer('joe');
        chatId = chatOf(await joe.do(first)).id;
      });

      await life(path, async ({ core, customer, operator }) => {
        const joe = await customer('joe');
        expect(await joe.do(first)).to.include({ ok: true, isRepeat: true });
        expect(chatOf(await joe.say('two', 'j')).id).to.equal(chatId);

        const olga = await operator('olga');
        expect([...core.lobby(olga.session).queue].map((entry) => entry.chatId)).to.deep.equal([chatId]);
        await olga.do({ type: 'SetAvailability', status: 'available', capacity: { 'en-US': 3 } });
        expect(chatOf(await joe.say('three', 'j'))).to.include({ id: chatId, assigneeId: olga.session.participant.id });

        const { entries } = await core.transcript(olga.session, { chatId }, { limit: 10 });
        const texts = entries.map(({ event }) => event.type === 'MessagePosted' && event.message.body);
        expect(texts).to.deep.equal(['one', 'two', 'three'].map((text) => ({ kind: 'text', text })));
      });
    }));

  it('leaves a sound file behind when many talk at once', () =>
    inDirectory(async (path) => {
      await life(path, async ({ customer, operator }) => {
        const olga = await operator('olga');
        await olga.do({ type: 'SetAvailability', status: 'available', capacity: { 'en-US': null } });
        const people = await Promise.all(Array.from({ length: 30 }, (_, n) => customer(`c${n}`)));
        const said = people.flatMap((who, n) => ['a', 'b', 'c'].map((text) => who.say(text, `k${n}`)));
        for (const outcome of await Promise.all(said)) expect(outcome).to.include({ ok: true });
      });
      await using(createSqliteStore({ path }), async (store) => {
        const { events, problems } = await auditStore(store, workspaceId);
        expect(problems).to.deep.equal([]);
        expect(events).to.be.greaterThan(30 * 5);
      });
    }));
});
