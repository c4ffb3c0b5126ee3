import { expect } from 'chai';
import type { ChatEvent } from '@dragoman/core';
import type { Seat, Workbench } from './workbench.js';
import { chatOf, textOf, workbench } from './workbench.js';

const all = { scope: 'all' } as const;
const relay = { role: 'monitor', space: 'relay' } as const;
const watcher = (bench: Workbench): Promise<Seat> => bench.operator('watch', all, relay);

const events = (seat: Seat): ChatEvent[] =>
  seat.heard.flatMap(({ event }) => ('chatId' in event && 'version' in event ? event : []));

/** Two chats, one of them closed. */
async function told(): Promise<{ bench: Workbench; live: readonly ChatEvent[] }> {
  const bench = await workbench();
  const seat = await watcher(bench);
  const [joe, ann, olga] = [await bench.customer('joe'), await bench.customer('ann'), await bench.operator('olga')];
  const chat = chatOf(await joe.say('one', 'joe'));
  await ann.say('two', 'ann');
  await olga.say('three', chat.id);
  await olga.do({ type: 'CloseChat', to: { chatId: chat.id }, reason: 'operator' });
  await ann.say('four', 'ann');
  return { bench, live: events(seat) };
}

describe('the log of a workspace', () => {
  it('holds what was delivered, as it was delivered, in the same order', async () => {
    const { bench, live } = await told();
    const seat = await watcher(bench);
    const page = await bench.core.events(seat.session, { afterNumber: 0, limit: 1_000 });
    expect(page.events.map(({ eventId, number, chat }) => [eventId, number, chat.status, chat.version])).to.deep.equal(
      live.map(({ eventId, number, chat }) => [eventId, number, chat.status, chat.version]),
    );
    expect(page.lastNumber).to.equal(await bench.store.head('default'));
  });

  it('has a head, after which nothing has happened yet', async () => {
    const bench = await workbench();
    const seat = await watcher(bench);
    const empty = await bench.core.head(seat.session);
    await (await bench.customer('joe')).say('one', 'joe');
    const head = await bench.core.head(seat.session);
    expect(head).to.be.above(empty);
    expect(await bench.core.events(seat.session, { afterNumber: head, limit: 9 })).to.deep.equal({
      events: [],
      lastNumber: head,
    });
  });

  it('is read page by page without a gap, after a restart too', async () => {
    const { bench, live } = await told();
    const after = await bench.restarted();
    const seat = await watcher(after);
    const read: ChatEvent[] = [];
    for (let afterNumber = 0; ;) {
      const page = await after.core.events(seat.session, { afterNumber, limit: 3 });
      if (page.lastNumber === afterNumber) break;
      read.push(...page.events);
      afterNumber = page.lastNumber;
    }
    expect(read.map(textOf)).to.deep.equal(live.map(textOf));
  });

  it('keeps the place of its reader, who never goes back', async () => {
    const { bench } = await told();
    const seat = await watcher(bench);
    expect(await seat.session.lastWritten()).to.equal(0);
    seat.session.writtenUpTo(7);
    seat.session.writtenUpTo(5);
    await bench.advance(50);
    const after = await bench.restarted();
    expect(await (await watcher(after)).session.lastWritten()).to.equal(7);
  });

  it('is for those alone who may hear everything', async () => {
    const { bench } = await told();
    const olga = await bench.operator('olga');
    expect(() => bench.core.events(olga.session, { afterNumber: 0, limit: 1 })).to.throw(TypeError);
  });
});
