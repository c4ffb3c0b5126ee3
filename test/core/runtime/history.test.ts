import { expect } from 'chai';
import { createMemoryStore } from '@dragoman/core';
import type { Outcome, Page, Store, Transcript } from '@dragoman/core';
import { createCountingIds, createFixedClock } from '@dragoman/core/testing';
import { chatOf, textOf, workbench, type Seat, type Workbench } from './workbench.js';

/** Messages: long enough for several marks, and for one page. */
const length = 400;
/** A message that is read when everything has been said. */
const readLast = 153;

interface LongChat {
  readonly bench: Workbench;
  readonly joe: Seat;
  readonly olga: Seat;
  readonly chatId: string;
  /** How many events this reading takes from the store. */
  costOf(reading: () => Promise<unknown>): Promise<number>;
}

const unbounded = { perSecond: 1_000_000, burst: 1_000_000 };

/** Customer and operator talk and read each other's words; some are never read. */
async function longChat(): Promise<LongChat> {
  const clock = createFixedClock();
  const { store, costOf } = counted(createMemoryStore({ clock, ids: createCountingIds() }));
  const limits = { rates: { customer: unbounded, operator: unbounded } };
  const bench = await workbench({ store, clock, limits }, { clock, store });
  const joe = await bench.customer('joe', {}, { name: 'Joe' });
  const olga = await bench.operator('olga');
  const { id: chatId } = chatOf(await joe.say('1', 'joe'));
  await olga.do({ type: 'AssignChat', to: { chatId } });
  let wanted = '';
  for (let seq = 2; seq <= length; seq += 1) {
    bench.clock.advance(1);
    const isOlga = seq % 2 === 0;
    const messageId = messageIn(isOlga ? await olga.say(String(seq), chatId) : await joe.say(String(seq), 'joe'));
    if (seq === readLast) wanted = messageId;
    else if (seq % 7 !== 0) await read(isOlga ? joe : olga, chatId, messageId);
  }
  bench.clock.advance(1_000);
  await read(olga, chatId, wanted);
  return { bench, joe, olga, chatId, costOf };
}

async function read(seat: Seat, chatId: string, messageId: string): Promise<void> {
  chatOf(await seat.do({ type: 'Acknowledge', to: { chatId }, state: 'read', what: { messageIds: [messageId] } }));
}

function messageIn(outcome: Outcome): string {
  const said = outcome.ok ? outcome.events.find(({ type }) => type === 'MessagePosted') : undefined;
  if (said?.type !== 'MessagePosted') throw new Error('nothing was said');
  return said.message.id;
}

function counted(store: Store): { readonly store: Store } & Pick<LongChat, 'costOf'> {
  let events = 0;
  const readStream: Store['readStream'] = async (...asked) => {
    const page = await store.readStream(...asked);
    events += page.length;
    return page;
  };
  const counting = new Proxy(store, {
    get(target, name) {
      if (name === 'readStream') return readStream;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    store: counting,
    async costOf(reading) {
      events = 0;
      await reading();
      return events;
    },
  };
}

/** Says on, as the last who spoke, until there are so many messages. */
async function goesOn(store: Store, chatId: string, length: number): Promise<void> {
  const stream = `chat/default/${chatId}`;
  const soFar = await store.readStream(stream, 1, 100);
  const last = soFar.at(-1);
  if (last?.fact.type !== 'MessagePosted') throw new Error('nothing was said last');
  const { fact, at, by } = last;
  const facts = Array.from({ length: length - fact.message.seq }, (_, index) => {
    const seq = fact.message.seq + index + 1;
    return { ...fact, message: { ...fact.message, seq, body: { kind: 'text', text: String(seq) } } } as const;
  });
  const context = { workspaceId: 'default', commandId: 'said', by, at };
  const write = { stream, expectedVersion: soFar.length, facts };
  await store.append({ context, writes: [write], setTimers: [], clearTimers: [] });
}

describe('the history of a long chat', () => {
  let long: LongChat;
  let whole: Transcript;

  const transcript = ({ bench, olga, chatId }: LongChat, page: Page): Promise<Transcript> =>
    bench.core.transcript(olga.session, { chatId }, page);

  before(async () => {
    long = await longChat();
    whole = await transcript(long, { limit: 1_000 });
  });
  after(() => long.bench.core.stop());

  it('costs as much as is asked of it, however long it is', async () => {
    expect(await long.costOf(() => transcript(long, { limit: 50 }))).to.be.below(300);
    const { number } = whole.entries[120]?.event ?? { number: 0 };
    expect(await long.costOf(() => transcript(long, { limit: 50, beforeNumber: number }))).to.be.below(600);
  });

  it('is the same page by page as in one', async () => {
    const entries = [];
    for (let beforeNumber = Infinity; ;) {
      const page = await transcript(long, { limit: 23, beforeNumber });
      entries.unshift(...page.entries);
      if (!page.hasMore) break;
      beforeNumber = page.entries[0]?.event.number ?? 0;
    }
    expect(entries.map(({ event }) => textOf(event))).to.deep.equal(
      Array.from({ length }, (_, index) => String(index + 1)),
    );
    const told = (all: Transcript['entries']): string[] =>
      all.map(({ event, receipt }) => JSON.stringify([event.number, event.chat, receipt]));
    expect(told(entries)).to.deep.equal(told(whole.entries));
  });

  it('tells of an old message when it was read at last', async () => {
    const entry = whole.entries[readLast - 1];
    const { entries } = await transcript(long, { limit: 1, beforeNumber: (entry?.event.number ?? 0) + 1 });
    expect(textOf(entries[0]?.event ?? expect.fail())).to.equal(String(readLast));
    expect(entries[0]?.receipt?.readAt).to.equal(long.bench.clock.now());
  });

  it('is handed over from where somebody stopped, at no higher price', async () => {
    const { bench, joe, chatId } = long;
    const { version } = whole.entries[length - 21]?.event ?? { version: 0 };
    joe.session.written(chatId, version);
    await joe.session.end();
    await bench.advance(1_000);
    const back = await bench.customer('joe', { begins: 'replay' });
    const cost = await long.costOf(() => back.session.replay({ limit: 1_000, maxAgeMs: 600_000 }));
    expect(back.texts()).to.deep.equal(Array.from({ length: 20 }, (_, index) => String(length - 19 + index)));
    expect(cost).to.be.below(300);
  });

  it('is told from its beginning once after a start, however many come back at once', async () => {
    const { bench, chatId } = long;
    const again = await bench.restarted();
    const back = await again.operator('olga');
    const page = (): Promise<Transcript> => again.core.transcript(back.session, { chatId }, { limit: 50 });
    const cost = await long.costOf(() => Promise.all(Array.from({ length: 20 }, page)));
    expect(cost).to.be.below(length * 2 + 20 * 300);
    expect((await page()).entries.map(({ event }) => textOf(event))).to.deep.equal(
      whole.entries.slice(-50).map(({ event }) => textOf(event)),
    );
  });
});

describe('what is kept of a long chat', () => {
  it('is gone when the customer is erased', async () => {
    const bench = await workbench();
    const olga = await bench.operator('olga');
    const joe = await bench.customer('joe-needle', {}, { name: 'Joe Needle' });
    const opening = { displayName: 'Joe Needle', subject: 'needle' };
    const { id: chatId } = chatOf(await joe.say('1', 'needle', { opening }));
    await goesOn(bench.store, chatId, 400);
    await bench.core.transcript(olga.session, { chatId }, { limit: 10 });
    const bot = await bench.bot('backend');
    await bench.core.erase(bot.session, joe.session.participant.id);
    const page = await bench.core.transcript(olga.session, { chatId }, { limit: 10, include: 'everything' });
    expect(page.entries).not.to.deep.equal([]);
    expect(JSON.stringify(page)).not.to.match(/needle/i);
    await bench.core.stop();
  });

  it('stays as small as it is when the chat goes on for years, and as right', async () => {
    const clock = createFixedClock();
    const { store, costOf } = counted(createMemoryStore({ clock, ids: createCountingIds() }));
    const bench = await workbench({ store, clock }, { clock, store });
    const joe = await bench.customer('joe');
    const { id: chatId } = chatOf(await joe.say('1', 'joe'));
    await goesOn(store, chatId, 17_000);
    const page = (seq: number, limit: number): Promise<Transcript> =>
      bench.core.transcript(joe.session, { chatId }, { limit, beforeNumber: seq });
    const { entries } = await page(Infinity, 3);
    expect(entries.map(({ event }) => textOf(event))).to.deep.equal(['16998', '16999', '17000']);
    expect(await costOf(() => page(Infinity, 3))).to.be.below(1_000);
    const early = (await page(entries[0]?.event.number ?? 0, 1)).entries[0]?.event;
    expect(early?.chat).to.deep.include({ lastSeq: 16_997, unreadByDesk: 16_997 });
    await bench.core.stop();
  });
});
