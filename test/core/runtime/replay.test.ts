import { expect } from 'chai';
import { createMemoryStore } from '@dragoman/core';
import { createCountingIds, createFixedClock } from '@dragoman/core/testing';
import { troubled } from './troubled-store.js';
import { chatOf, workbench, type Seat, type Workbench } from './workbench.js';

const everything = { limit: 1000, maxAgeMs: 60_000 };

/** Lets so many other things go first. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

describe('what is said while somebody comes back', () => {
  let bench: Workbench;
  let olga: Seat;
  let chatId: string;

  beforeEach(async () => {
    bench = await workbench();
    olga = await bench.operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available' });
    const joe = await bench.customer('joe');
    await joe.say('hello', 'joe');
    chatId = (await bench.core.find(joe.session, { key: 'joe' }))?.id ?? '';
    await joe.session.end();
    await olga.say('are you there?', chatId);
  });
  afterEach(() => bench.core.stop());

  it('reaches him once and in order, however the two meet', async () => {
    for (let apart = 0; apart < 40; apart += 1) {
      const said = olga.say('now', chatId);
      await turns(apart);
      const joe = await bench.customer('joe', { begins: 'replay' });
      await joe.session.replay(everything);
      await said;
      await olga.say('later', chatId);
      const texts = joe.texts();
      expect(texts.slice(0, 2), `${apart} turns apart`).to.deep.equal(['hello', 'are you there?']);
      expect(texts.slice(2), `${apart} turns apart`).to.deep.equal([
        ...Array.from({ length: apart }, () => ['now', 'later']).flat(),
        'now',
        'later',
      ]);
      await joe.session.end();
    }
  });

  it('waits for the last of two hand-overs that run at once', async () => {
    const joe = await bench.customer('joe', { begins: 'replay' });
    const both = Promise.all([joe.session.replay(everything), joe.session.replay({ chatId, ...everything })]);
    await olga.say('now', chatId);
    await both;
    expect(joe.texts().filter((text) => text === 'now')).to.have.lengthOf(1);
  });

  it('is not handed over to a client that shows to have it while it is read', async () => {
    const joe = await bench.customer('joe');
    await olga.say('now', chatId);
    const { version } = (await bench.core.find(joe.session, { chatId })) ?? expect.fail();
    const readStream = bench.store.readStream.bind(bench.store);
    bench.store.readStream = async (...asked) => {
      joe.session.written(chatId, version);
      return readStream(...asked);
    };
    expect(await joe.session.replay(everything)).to.equal(0);
    expect(joe.texts()).to.deep.equal(['now']);
  });

  it('is not heard before a hand-over that the session waits for', async () => {
    const joe = await bench.customer('joe', { begins: 'replay' });
    await olga.say('now', chatId);
    expect(joe.texts()).to.deep.equal([]);
    await joe.session.replay(everything);
    expect(joe.texts()).to.deep.equal(['hello', 'are you there?', 'now']);
  });

  it('what could not be read when somebody connected is read when it is needed', async () => {
    const clock = createFixedClock();
    const store = troubled(createMemoryStore({ clock, ids: createCountingIds() }));
    const bench = await workbench({ store, clock }, { clock, store });
    const joe = await bench.customer('joe');
    const { id, version } = chatOf(await joe.say('one', 'joe'));
    joe.session.written(id, version);
    await joe.session.end();
    await bench.advance(1_000);
    store.failCalls('loadBookmarks', 1);
    const back = await bench.customer('joe', { begins: 'replay' });
    await back.say('two', 'joe');
    await back.session.replay({ limit: 100, maxAgeMs: 60_000 });
    expect(back.texts()).to.deep.equal(['two']);
  });

  it('is heard once by who read it in the store before it was told', async () => {
    const clock = createFixedClock();
    const store = troubled(createMemoryStore({ clock, ids: createCountingIds() }));
    const slow = await workbench({ store, clock }, { clock, store });
    const joe = await slow.customer('joe');
    await joe.say('one', 'joe');
    const [phone, answer] = [await slow.customer('joe', { begins: 'replay' }), store.holdAnswers()];
    const two = joe.say('two', 'joe');
    await turns(50);
    await phone.session.replay(everything);
    answer();
    await two;
    await joe.say('three', 'joe');
    expect(phone.texts()).to.deep.equal(['one', 'two', 'three']);
  });

  it('does not hide what could not be read: the session ends, and the next one is handed all of it', async () => {
    const clock = createFixedClock();
    const store = troubled(createMemoryStore({ clock, ids: createCountingIds() }));
    const ill = await workbench({ store, clock }, { clock, store });
    const joe = await ill.customer('joe');
    await joe.say('one', 'joe');
    const phone = await ill.customer('joe', { begins: 'replay' });
    await joe.say('two', 'joe');
    store.failCalls('readStream', 1);
    const failed = await phone.session.replay(everything).catch((error: unknown) => error);
    expect(failed).to.have.property('code', 'Unavailable');
    expect([phone.texts(), phone.ended]).to.deep.equal([[], 'SLOW']);
    const again = await ill.customer('joe', { begins: 'replay' });
    await again.session.replay(everything);
    expect(again.texts()).to.deep.equal(['one', 'two']);
  });

  it('is handed over once, though the store did not take at once how far somebody was written to', async () => {
    const clock = createFixedClock();
    const store = troubled(createMemoryStore({ clock, ids: createCountingIds() }));
    const ill = await workbench({ store, clock }, { clock, store });
    const joe = await ill.customer('joe');
    const { id, version } = chatOf(await joe.say('one', 'joe'));
    store.failCalls('saveBookmarks', 2);
    joe.session.written(id, version);
    await joe.session.end();
    await ill.advance(5_000);
    const after = await ill.restarted();
    const back = await after.customer('joe', { begins: 'replay' });
    await back.session.replay(everything);
    expect(back.texts()).to.deep.equal([]);
  });
});
