import type { Draft, MessageFilter } from '@dragoman/core';
import { expect } from 'chai';
import type { Ear } from './clients.js';
import { at, hasOpened, hasStatus, hasText, message, opened, statuses, texts, textsIn } from './heard.js';
import { conversation, openDesk, type Desk } from './happychat-desk.js';

const accepting = (isEnabled: boolean): object => ({ type: 'SET_SYSTEM_ACCEPTS_CUSTOMERS', isEnabled });

function says(draft: Draft, text: string): Draft {
  return { ...draft, body: { kind: 'text', text } };
}

function textOf({ body }: Draft): string {
  return body.kind === 'text' ? body.text : '';
}

/** The sentences of the original's own tests that can be seen on a socket; docs/dialects/happychat.md has their list. */
describe("the original's chats", () => {
  let desk: Desk;

  afterEach(() => desk.close());

  it('49, 51, 144: a first message goes through pending and assigning to assigned, and the customer hears each', async () => {
    desk = await openDesk();
    const { joe } = await conversation(desk);
    await joe.until(hasStatus('assigned'));
    expect(statuses(joe)).to.deep.equal(['new', 'pending', 'assigning', 'assigned']);
  });

  it('52: the operator reads that he was assigned, with the chat and his own id', async () => {
    desk = await openDesk();
    const { olga } = await conversation(desk);
    expect(message(olga, 'operator assigned')).to.deep.include({
      type: 'event',
      session_id: 'joe',
      source: 'operator',
    });
    expect(message(olga, 'operator assigned')).to.nested.include({
      'meta.event_type': 'assigned',
      'meta.operator.id': 'olga',
    });
    expect(message(olga, 'operator assigned')).to.not.have.property('user');
  });

  it('53: who comes back to his assigned chat is accepted, whether new ones are or not', async () => {
    desk = await openDesk();
    const { olga } = await conversation(desk);
    await olga.ask('broadcast.dispatch', accepting(false));
    const [tab, stranger] = [await desk.customer('joe'), await desk.customer('ann')];
    const firstAccept = (ear: typeof tab): unknown => ear.heard.find(({ name }) => name === 'accept')?.args;
    expect([firstAccept(tab), firstAccept(stranger)]).to.deep.equal([[true], [false]]);
  });

  it('55: a customer is read by his operator', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    joe.say('message', { id: 'm-2', text: 'and one more' });
    await olga.until(hasText('and one more'));
    const frame = olga.heard.find(({ args }) => at(args[1], 'id') === 'm-2');
    expect([frame?.name, frame?.args[0], at(frame?.args[1], 'source')]).to.deep.equal([
      'chat.message',
      { id: 'joe' },
      'customer',
    ]);
  });

  it('56: a chat whose operator is gone is abandoned', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    olga.close();
    await joe.until(hasStatus('abandoned'));
  });

  it('57: a chat that its operator closes is closed', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    olga.say('chat.close', 'joe');
    await joe.until(hasStatus('closed'));
  });

  it('59: a transfer to nobody known is missed', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    await olga.ask('status', 'unavailable');
    olga.say('chat.transfer', 'joe', 'ghost');
    await joe.until(hasStatus('missed'));
  });

  it('60, 61: a transfer to a colleague who is there gives him the chat, and names both', async () => {
    desk = await openDesk();
    const { olga } = await conversation(desk);
    const eve = await desk.operator(5, { status: null });
    olga.say('chat.transfer', 'joe', 5);
    await eve.until(hasText('chat transferred'));
    expect(opened(eve)).to.deep.equal(['joe']);
    expect(message(eve, 'chat transferred')).to.nested.include({
      'meta.event_type': 'transfer',
      'meta.from.id': 'olga',
      'meta.to.id': 5,
    });
    expect(texts(olga, 'chat.message')).to.deep.equal(['operator assigned']);
  });

  it('62, 63: members read who joined and who left', async () => {
    desk = await openDesk();
    const { olga } = await conversation(desk);
    const zoe = await desk.operator('zoe', { status: null });
    zoe.say('chat.join', 'joe');
    await olga.until(hasText('operator joined'));
    zoe.say('chat.leave', 'joe');
    await olga.until(hasText('operator left'));
    const zoeHerself = { id: 'zoe', username: 'zoe', picture: 'zoe.png', displayName: 'zoe' };
    expect(at(message(olga, 'operator joined'), 'meta')).to.deep.equal({ event_type: 'join', operator: zoeHerself });
    expect(at(message(olga, 'operator left'), 'meta')).to.deep.equal({ event_type: 'leave', operator: zoeHerself });
  });

  it('64: members read who closed the chat', async () => {
    desk = await openDesk();
    const { olga } = await conversation(desk);
    olga.say('chat.close', 'joe');
    await olga.until(hasText('chat closed'));
    expect(message(olga, 'chat closed')).to.nested.include({ 'meta.event_type': 'close', 'meta.by.id': 'olga' });
  });

  it('65: an operator who comes back has his chats again, and their customers hear it', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    olga.close();
    await joe.until(hasStatus('abandoned'));
    const back = await desk.operator('olga', { status: null });
    await joe.until((heard) => heard.at(-1)?.args[0] === 'assigned');
    expect(opened(back)).to.deep.equal(['joe']);
  });

  it('66, 67: who stays away is said to have left, and then his chat is closed', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    joe.close();
    await desk.until('the customer is away', () => {
      desk.clock.advance(20);
      return olga.heard.some(({ args }) => JSON.stringify(args[2] ?? null).includes('customer-disconnect'));
    });
    desk.clock.advance(10_000);
    await olga.until(hasText('customer left'));
    expect(at(message(olga, 'customer left'), 'meta')).to.deep.equal({ event_type: 'customer-leave' });
    await desk.until('the chat is closed', () => {
      desk.clock.advance(1_000);
      return hasText('chat closed after customer left')(olga.heard);
    });
    expect(at(message(olga, 'chat closed after customer left'), 'meta')).to.deep.equal({ event_type: 'close' });
    expect((await olga.next('chat.close'))[1]).to.deep.equal({});
  });

  it('68: who comes back in time has his operator again, and nobody says that he left', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    joe.close();
    const away = await desk.state(olga);
    expect(['assigned', 'customer-disconnect']).to.include(at(away, 'chatlist', 'joe', 0));
    const back = await desk.customer('joe');
    await back.until((heard) => heard.filter(({ name }) => name === 'status').at(-1)?.args[0] === 'assigned');
    desk.clock.advance(100_000);
    back.say('message', { id: 'm-2', text: 'here I am' });
    await olga.until(hasText('here I am'));
    expect(texts(olga, 'chat.message')).to.not.include('customer left');
  });

  it('69: who writes into a closed chat whose operator is there has him at once', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    olga.say('chat.close', 'joe');
    await joe.until(hasStatus('closed'));
    joe.say('message', { id: 'm-2', text: 'one thing' });
    await olga.until(hasOpened(2));
    expect(statuses(joe).slice(4)).to.deep.equal(['closed', 'assigned']);
  });

  it('72: a log holds the newest twenty', async () => {
    desk = await openDesk();
    const joe = await desk.customer('joe');
    const said = Array.from({ length: 25 }, (_, index) => `word ${index}`);
    for (const text of said) joe.say('message', { id: text, text });
    await joe.until(hasText('word 24'));
    const [tab, olga] = [await desk.customer('joe'), await desk.operator('olga')];
    expect(textsIn(tab.heard.find(({ name }) => name === 'log')?.args[0])).to.deep.equal(said.slice(-20));
    // The queueing of the chat is no line: nothing but words is counted.
    expect(textsIn((await olga.next('log'))[1])).to.deep.equal(said.slice(-20));
  });

  describe('through filters', () => {
    /** What each side has of one message from a customer. */
    async function heard(filters: readonly MessageFilter[]): Promise<Record<'joe' | 'olga' | 'bot', unknown[]>> {
      desk = await openDesk({ filters });
      const bot = await desk.agent();
      const olga = await desk.operator('olga');
      const joe = await desk.customer('joe');
      joe.say('message', { id: 'm-1', text: 'first' });
      await olga.next('log');
      joe.say('message', { id: 'm-2', text: 'hello' });
      joe.say('message', { id: 'm-3', text: 'last' });
      const hasLast = (frames: Ear['heard']): boolean => frames.some(({ args }) => at(args.at(-1), 'id') === 'm-3');
      await Promise.all([joe, olga, bot].map((ear) => ear.until(hasLast)));
      const log = olga.heard.find(({ name }) => name === 'log')?.args[1];
      return {
        joe: texts(joe, 'message'),
        olga: [...textsIn(log), ...texts(olga, 'chat.message')],
        bot: texts(bot, 'message'),
      };
    }

    const loudFor =
      (destination: Draft['destination']): MessageFilter =>
      (draft) =>
        draft.destination === destination ? says(draft, textOf(draft).toUpperCase()) : draft;

    it('74: what customers see is rewritten for them alone', async () => {
      expect(await heard([loudFor('customer')])).to.deep.equal({
        joe: ['FIRST', 'HELLO', 'LAST'],
        olga: ['first', 'operator assigned', 'hello', 'last'],
        bot: ['first', 'operator assigned', 'hello', 'last'],
      });
    });

    it('75: what operators see of a customer is offered to the filter', async () => {
      const offered: string[] = [];
      const noting: MessageFilter = (draft) => {
        offered.push(`${draft.author?.role} to ${draft.destination}`);
        return draft;
      };
      await heard([noting]);
      expect(offered.slice(0, 3)).to.have.members(['customer to customer', 'customer to desk', 'customer to all']);
    });

    it('76, 77: a filter may take its time', async () => {
      const slow: MessageFilter = (draft) => new Promise((resolve) => setImmediate(resolve, says(draft, 'changed')));
      expect(await heard([slow]))
        .to.have.property('joe')
        .that.deep.equals(['changed', 'changed', 'changed']);
    });

    it('78: a filter that throws is left out, and the others work', async () => {
      const broken: MessageFilter = () => {
        throw new Error('broken');
      };
      expect(await heard([broken, loudFor('desk'), broken]))
        .to.have.property('olga')
        .that.deep.equals(['FIRST', 'operator assigned', 'HELLO', 'LAST']);
    });

    it('79: what a filter drops everywhere is heard nowhere', async () => {
      const dropping: MessageFilter = (draft) => (textOf(draft) === 'hello' ? null : draft);
      expect(await heard([dropping])).to.deep.equal({
        joe: ['first', 'last'],
        olga: ['first', 'operator assigned', 'last'],
        bot: ['first', 'operator assigned', 'last'],
      });
    });
  });
});
