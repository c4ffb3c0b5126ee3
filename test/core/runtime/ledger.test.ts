import { expect } from 'chai';
import { StoreError, createMemoryStore } from '@dragoman/core';
import type { AppendRequest, AppendResult, Store, StoreErrorCode } from '@dragoman/core';
import { createCountingIds, createFixedClock } from '@dragoman/core/testing';
import type { Workbench } from './workbench.js';
import { chatOf, codeOf, workbench } from './workbench.js';

/** A store whose next appends fail as they are told to; a request that fails is not written. */
function failing(
  store: Store,
): Store & { failNext(...codes: (StoreErrorCode | undefined)[]): void; batches: number[] } {
  const codes: (StoreErrorCode | undefined)[] = [];
  const batches: number[] = [];
  const many = async (requests: readonly AppendRequest[]): Promise<readonly AppendResult[]> => {
    batches.push(requests.length);
    const results: AppendResult[] = [];
    for (const request of requests) {
      const code = codes.shift();
      if (code !== undefined) results.push({ ok: false, error: new StoreError(code, 'told to fail') });
      else results.push(...(await store.appendMany([request])));
    }
    return results;
  };
  return new Proxy(store, {
    get: (target, name) =>
      name === 'appendMany'
        ? many
        : name === 'failNext'
          ? (...next: typeof codes) => void codes.push(...next)
          : name === 'batches'
            ? batches
            : bound(target, name),
  }) as ReturnType<typeof failing>;
}

function bound(store: Store, name: string | symbol): unknown {
  const value: unknown = Reflect.get(store, name);
  return typeof value === 'function' ? value.bind(store) : value;
}

async function benchOnFailing(): Promise<{ bench: Workbench; store: ReturnType<typeof failing> }> {
  const clock = createFixedClock();
  const store = failing(createMemoryStore({ clock, ids: createCountingIds() }));
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
