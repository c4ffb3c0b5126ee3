import { expect } from 'chai';
import type { ChatEvent, CoreOptions } from '@dragoman/core';
import type { Seat } from './workbench.js';
import { chatOf, workbench } from './workbench.js';

const receipts = (seat: Seat): string[] =>
  seat.heard.flatMap(({ event }) =>
    event.type === 'MessageAcknowledged' ? `${event.state} ${JSON.stringify(event.ranges)}` : [],
  );

/** A customer whose client shows what arrived, and an operator whose client cannot say that anything did. */
async function apart(options: CoreOptions = {}) {
  const bench = await workbench(options);
  const joe = await bench.customer('joe', { hearsDelivered: true });
  const olga = await bench.operator('olga', { saysDelivered: false });
  const wrote = (event: ChatEvent): void => olga.session.written(event.chatId, event.version);
  const writeAll = (): void => {
    for (const { event } of olga.heard) if ('chatId' in event && 'version' in event) wrote(event);
  };
  return { ...bench, joe, olga, writeAll };
}

describe('what a client without a word for "received" was written', () => {
  it('counts as delivered where the author is shown such a thing, never as read', async () => {
    const { joe, writeAll, advance } = await apart();
    await joe.say('one', 'joe');
    expect(receipts(joe)).to.deep.equal([]);
    writeAll();
    await advance(0);
    expect(receipts(joe)).to.deep.equal(['delivered [[1,1]]']);
  });

  it('counts once in two seconds, with all that came since', async () => {
    const { joe, writeAll, advance } = await apart();
    for (const text of ['one', 'two', 'three']) {
      await joe.say(text, 'joe');
      writeAll();
      await advance(0);
    }
    expect(receipts(joe)).to.deep.equal(['delivered [[1,1]]']);
    await advance(2_000);
    expect(receipts(joe)).to.deep.equal(['delivered [[1,1]]', 'delivered [[2,3]]']);
  });

  it('counts for words said before somebody had the chat, once it is in front of him', async () => {
    const { joe, olga, writeAll, advance } = await apart();
    await joe.say('is anybody there?', 'joe');
    const chat = chatOf(await joe.say('hello?', 'joe'));
    olga.heard.length = 0;
    await olga.do({ type: 'AssignChat', to: { chatId: chat.id } });
    writeAll();
    await advance(0);
    expect(receipts(joe)).to.deep.equal(['delivered [[1,2]]']);
  });

  it('does not count while its bytes are not written', async () => {
    const { joe, olga, advance } = await apart();
    const first = chatOf(await joe.say('one', 'joe'));
    await joe.say('two', 'joe');
    olga.session.written(first.id, first.version);
    await advance(5_000);
    expect(receipts(joe)).to.deep.equal([]);
  });

  it('costs nothing where no author is shown it', async () => {
    const bench = await workbench();
    const joe = await bench.customer('joe');
    const olga = await bench.operator('olga', { saysDelivered: false });
    const chat = chatOf(await joe.say('one', 'joe'));
    const before = await bench.store.head('default');
    olga.session.written(chat.id, chat.version);
    await bench.advance(5_000);
    expect(await bench.store.head('default')).to.equal(before);
  });

  it('counts nowhere where the policy says so', async () => {
    const { joe, writeAll, advance } = await apart({
      workspaces: [{ id: 'default', policies: { assumeDelivered: false } }],
    });
    await joe.say('one', 'joe');
    writeAll();
    await advance(5_000);
    expect(receipts(joe)).to.deep.equal([]);
  });
});
