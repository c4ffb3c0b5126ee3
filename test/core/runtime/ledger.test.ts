import { expect } from 'chai';
import { createMemoryStore, systemIds } from '@dragoman/core';
import { createCountingIds, createFixedClock } from '@dragoman/core/testing';
import type { TroubledStore } from './troubled-store.js';
import { troubled } from './troubled-store.js';
import type { Workbench } from './workbench.js';
import { chatOf, codeOf, workbench } from './workbench.js';

async function benchOnFailing(): Promise<{ bench: Workbench; store: TroubledStore }> {
  const clock = createFixedClock();
  const store = troubled(createMemoryStore({ clock, ids: createCountingIds() }));
  return { bench: await workbench({ store, clock }, { clock, store }), store };
}

describe('the one writer of a workspace', () => {
  it('refuses as busy what the store did not take, and goes on as if it had never been said', async () => {
    const { bench, store } = await benchOnFailing();
    const joe = await bench.customer('joe');
    await joe.say('one', 'joe');
    store.failNext('Unavailable');
    expect(codeOf(await joe.say('lost', 'joe'))).to.equal('BUSY');
    const third = chatOf(await joe.say('two', 'joe'));
    expect(third.lastSeq).to.equal(2);
    expect(joe.texts()).to.deep.equal(['one', 'two']);
  });

  it('decides anew, in the same order, what met a conflict', async () => {
    const { bench, store } = await benchOnFailing();
    const joe = await bench.customer('joe');
    await joe.say('one', 'joe');
    store.failNext('VersionConflict');
    const outcomes = await Promise.all([joe.say('two', 'joe'), joe.say('three', 'joe'), joe.say('four', 'joe')]);
    expect(outcomes.map(codeOf)).to.deep.equal(['accepted', 'accepted', 'accepted']);
    expect(joe.texts()).to.deep.equal(['one', 'two', 'three', 'four']);
  });

  it('gives up on a command that conflicts for ever', async () => {
    const { bench, store } = await benchOnFailing();
    const joe = await bench.customer('joe');
    await joe.say('one', 'joe');
    store.failNext(...Array.from({ length: 8 }, () => 'VersionConflict' as const));
    expect(codeOf(await joe.say('two', 'joe'))).to.equal('BUSY');
  });

  it('loses no grant when the append of one fails', async () => {
    const { bench, store } = await benchOnFailing();
    const olga = await bench.operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available' });
    const joe = await bench.customer('joe');
    store.failNext(undefined, 'VersionConflict');
    await joe.say('hello', 'joe');
    const ann = await bench.customer('ann');
    await ann.say('hello', 'ann');
    const assigned = olga.heard.flatMap(({ event }) => (event.type === 'ChatAssigned' ? event.chatId : []));
    expect(new Set(assigned).size).to.equal(2);
  });

  it('says it once, and to everybody, when the store took it and its answer was lost', async () => {
    const { bench, store } = await benchOnFailing();
    const olga = await bench.operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available' });
    const joe = await bench.customer('joe');
    await joe.say('one', 'joe');
    store.failNext('written', 'written');
    expect((await Promise.all([joe.say('two', 'joe'), joe.say('three', 'joe')])).map(codeOf)).to.deep.equal([
      'accepted',
      'accepted',
    ]);
    expect(joe.texts()).to.deep.equal(['one', 'two', 'three']);
    expect(olga.texts()).to.deep.equal(['one', 'two', 'three']);
  });

  it('asks until it knows whether the store took what it did not answer', async () => {
    const { bench, store } = await benchOnFailing();
    const joe = await bench.customer('joe');
    await joe.say('one', 'joe');
    store.failNext('written');
    store.failCalls('readStream', 2);
    const two = joe.say('two', 'joe');
    await bench.advance(5_000);
    expect(codeOf(await two)).to.equal('accepted');
    expect(joe.texts()).to.deep.equal(['one', 'two']);
  });

  it('shows the lobby a chat whose opening the store took without an answer', async () => {
    const { bench, store } = await benchOnFailing();
    const olga = await bench.operator('olga');
    const joe = await bench.customer('joe');
    store.failNext('written');
    const chat = chatOf(await joe.say('one', 'joe'));
    const lobby = bench.core.lobby(olga.session);
    expect([...lobby.chats.keys()]).to.deep.equal([chat.id]);
    expect(lobby.queue.map(({ chatId }) => chatId)).to.deep.equal([chat.id]);
  });

  it('gives a waiting chat away by itself when the append of its grant has failed', async () => {
    const { bench, store } = await benchOnFailing();
    const olga = await bench.operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available' });
    const joe = await bench.customer('joe');
    store.failNext(undefined, 'Unavailable', 'Unavailable');
    await joe.say('hello', 'joe');
    await bench.advance(5_000);
    expect(olga.lines().filter((line) => line === 'ChatAssigned')).to.have.lengthOf(1);
  });

  it('decides by the newest state of a chat, though an older one was read more slowly', async () => {
    const { bench, store } = await benchOnFailing();
    const joe = await bench.customer('joe');
    const olga = await bench.operator('olga');
    const { id } = chatOf(await joe.say('one', 'joe'));
    await olga.do({ type: 'CloseChat', to: { chatId: id }, reason: 'operator' });
    const after = await bench.restarted();
    const [watcher, again] = [await after.operator('watcher'), await after.customer('joe')];
    const arrive = store.holdRead();
    const looked = after.core.find(watcher.session, { chatId: id });
    await again.say('two', 'joe');
    arrive();
    expect((await looked)?.status).to.equal('pending');
    expect(codeOf(await again.say('three', 'joe', { ifClosed: 'refuse' }))).to.equal('accepted');
  });

  it('answers a repeated command out of the store, and decides it no second time', async () => {
    const { bench, store } = await benchOnFailing();
    const joe = await bench.customer('joe');
    const named = { commandId: 'c-1' } as never;
    const first = await joe.say('one', 'joe', named);
    const batches = store.batches.length;
    const repeats = await Promise.all([joe.say('one', 'joe', named), joe.say('one', 'joe', named)]);
    expect(repeats).to.deep.equal([
      { ...first, isRepeat: true },
      { ...first, isRepeat: true },
    ]);
    expect(store.batches).to.have.length(batches);
    store.failCalls('readStream', 1);
    expect(codeOf(await joe.say('one', 'joe', named))).to.equal('BUSY');
    expect(await joe.say('one', 'joe', named)).to.deep.equal({ ...first, isRepeat: true });
  });

  it('takes a command for a new one when its id is not remembered any more', async () => {
    const { bench, store } = await benchOnFailing();
    const joe = await bench.customer('joe');
    const named = { commandId: 'c-1', keepMs: 1_000 } as never;
    await joe.say('one', 'joe', named);
    await bench.advance(2_000);
    const batches = store.batches.length;
    const [again, twice] = await Promise.all([joe.say('one', 'joe', named), joe.say('one', 'joe', named)]);
    expect([again.ok && again.isRepeat, twice.ok && twice.isRepeat]).to.deep.equal([false, true]);
    expect(store.batches).to.have.length(batches + 1);
    expect(joe.texts()).to.deep.equal(['one', 'one']);
  });

  it('knows a command by what it asks, however it is called and traced', async () => {
    const { bench, store } = await benchOnFailing();
    const joe = await bench.customer('joe');
    const asked = {
      type: 'PostMessage',
      to: { key: 'joe' },
      body: { kind: 'text', text: 'hi' },
      ifClosed: 'new',
    } as const;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await joe.do({ ...asked, commandId: 'c-1', keepMs: 60_000, traceparent });
    const known = await store.findCommand('default', 'c-1');
    expect(known?.digest).to.equal(systemIds.digest(JSON.stringify([joe.session.participant.id, asked])));
  });

  it('appends in one batch what came while the store was busy', async () => {
    const { bench, store } = await benchOnFailing();
    const customers = await Promise.all(Array.from({ length: 20 }, (_, n) => bench.customer(`c${n}`)));
    await Promise.all(customers.map((customer, n) => customer.say('open', `c${n}`)));
    store.batches.length = 0;
    await Promise.all(customers.map((customer, n) => customer.say('hello', `c${n}`)));
    expect(store.batches).to.deep.equal([20]);
  });

  it('refuses as busy when too much waits, and loses nothing of what it took', async () => {
    const bench = await workbench({ limits: { waitingCommands: 5 } });
    const joe = await bench.customer('joe');
    await joe.say('open', 'joe');
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, n) => joe.say(`${n}`, 'joe')));
    expect(outcomes.filter((outcome) => outcome.ok)).to.have.lengthOf(5);
    expect(joe.texts()).to.have.lengthOf(6);
  });
});
