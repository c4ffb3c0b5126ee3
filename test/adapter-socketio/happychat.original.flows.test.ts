import type { Draft } from '@dragoman/core';
import { expect } from 'chai';
import { at, hasStatus, hasText, message, statuses, texts, textsIn } from './heard.js';
import { conversation, openDesk, type Desk } from './happychat-desk.js';

/** What customers see is shouted. */
function shouted(draft: Draft): Draft {
  if (draft.destination !== 'customer' || draft.body.kind !== 'text') return draft;
  return { ...draft, body: { kind: 'text', text: draft.body.text.toUpperCase() } };
}

/** The sentences of the original's own tests that can be seen on a socket; docs/dialects/happychat.md has their list. */
describe("the original's flows", () => {
  let desk: Desk;

  afterEach(() => desk.close());

  describe('between customers and operators', () => {
    it('1: an operator whose only socket drops and comes back is shown his chat again', async () => {
      desk = await openDesk();
      const { joe, olga } = await conversation(desk);
      olga.close();
      await joe.until((heard) => heard.at(-1)?.args[0] === 'abandoned');
      const back = await desk.operator('olga', { status: null });
      expect(at(await back.next('chat.open'), 0, 'id')).to.equal('joe');
    });

    it('2: a customer who comes back reads what he was shown, in order', async () => {
      desk = await openDesk({ filters: [shouted] });
      const joe = await desk.customer('joe');
      for (const text of ['one', 'two', 'three']) joe.say('message', { id: text, text });
      await joe.until(hasText('THREE'));
      joe.close();
      const back = await desk.customer('joe');
      const log = back.heard.find(({ name }) => name === 'log')?.args[0];
      expect(textsIn(log)).to.deep.equal(['ONE', 'TWO', 'THREE']);
    });

    it('3: the operator who takes a waiting chat reads what was said, as operators are shown it', async () => {
      desk = await openDesk({ filters: [shouted] });
      const joe = await desk.customer('joe');
      for (const text of ['one', 'two', 'three']) joe.say('message', { id: text, text });
      await joe.until(hasText('THREE'));
      const olga = await desk.operator('olga');
      expect(textsIn((await olga.next('log'))[1]).slice(0, 3)).to.deep.equal(['one', 'two', 'three']);
    });

    it('4: members in the state are exactly those who are in the chat', async () => {
      desk = await openDesk();
      const { joe, olga } = await conversation(desk);
      const [zoe, eva] = [await desk.operator('zoe', { status: null }), await desk.operator('eva', { status: null })];
      const members = async (): Promise<unknown> => at(await desk.state(eva), 'chatlist', 'joe', 4);
      expect(await members()).to.deep.equal({ olga: true });
      zoe.say('chat.join', 'joe');
      await zoe.until(hasText('operator joined'));
      expect(await members()).to.deep.equal({ olga: true, zoe: true });
      zoe.say('chat.leave', 'joe');
      await zoe.next('chat.leave');
      expect(await members()).to.deep.equal({ olga: true });
      olga.close();
      await joe.until(hasStatus('abandoned'));
      expect(await members()).to.deep.equal({});
    });

    it('5: a customer asks for what was said before a moment', async () => {
      desk = await openDesk();
      const { joe } = await conversation(desk);
      expect(await joe.ask('transcript', 1000)).to.deep.equal([null, { timestamp: 1000, messages: [] }]);
      expect(await joe.ask('transcript', null)).to.have.nested.property('[1].messages[0].text', 'hello from joe');
    });

    it('7: an operator who joins a waiting chat is shown it', async () => {
      desk = await openDesk();
      await desk.asks('joe');
      const olga = await desk.operator('olga', { status: null });
      olga.say('chat.join', 'joe');
      expect(at(await olga.next('chat.open'), 0, 'id')).to.equal('joe');
    });

    it('8: an operator who leaves is told so, with the chat', async () => {
      desk = await openDesk();
      const { olga } = await conversation(desk);
      olga.say('chat.leave', 'joe');
      expect(await olga.next('chat.leave')).to.deep.equal([
        { user_id: 'joe', id: 'joe', username: 'joe', name: 'joe', picture: '' },
      ]);
    });

    it('9: an operator closes a chat that waits', async () => {
      desk = await openDesk();
      const joe = await desk.asks('joe');
      const olga = await desk.operator('olga', { status: null });
      olga.say('chat.join', 'joe');
      await olga.until(hasText('operator joined'));
      olga.say('chat.close', 'joe');
      expect(at(await olga.next('chat.close'), 0, 'id')).to.equal('joe');
      expect(statuses(joe).slice(0, 2)).to.deep.equal(['new', 'pending']);
      expect(at(await desk.state(olga), 'chatlist')).to.deep.equal({});
      await joe.until((heard) => heard.at(-1)?.args[0] === 'closed');
    });

    it('10: an operator asks for what was said in a chat', async () => {
      desk = await openDesk();
      const { olga } = await conversation(desk);
      const [error, answer] = await olga.ask('chat.transcript', 'joe', null);
      expect([error, textsIn(at(answer, 'messages'))]).to.deep.equal([null, ['hello from joe']]);
    });

    it('11: of a chat that nobody knows there is none', async () => {
      desk = await openDesk();
      const olga = await desk.operator('olga');
      expect(await olga.ask('chat.transcript', 'ghost', null)).to.deep.equal(['chat not found', null]);
    });

    it('15: whoever is given a chat by a colleague reads from whom, and that it is he', async () => {
      desk = await openDesk();
      const { olga } = await conversation(desk);
      const zoe = await desk.operator('zoe', { status: null });
      olga.say('chat.transfer', 'joe', 'zoe');
      await zoe.until(hasText('chat transferred'));
      const meta = at(message(zoe, 'chat transferred'), 'meta');
      expect(at(meta, 'from')).to.deep.equal({
        id: 'olga',
        username: 'olga',
        picture: 'olga.png',
        displayName: 'olga',
      });
      expect(at(meta, 'to')).to.include({ id: 'zoe', username: 'zoe', picture: 'zoe.png' });
    });

    it('16: what a customer types is shown to his operator, with chat and user', async () => {
      desk = await openDesk();
      const { joe, olga } = await conversation(desk);
      joe.say('typing', 'hel');
      const [chat, user, text] = await olga.next('chat.typing');
      expect([chat, at(user, 'session_id'), text]).to.deep.equal([{ id: 'joe' }, 'joe', 'hel']);
    });

    it('17: that an operator types is shown to the customer', async () => {
      desk = await openDesk();
      const { joe, olga } = await conversation(desk);
      olga.say('chat.typing', 'joe', 'well');
      expect(await joe.next('typing')).to.deep.equal([true]);
    });
  });

  describe('with third-party systems', () => {
    it('12: a customer and a system hear each other, and an operator without his keys hears nobody', async () => {
      desk = await openDesk();
      const half = desk.service.join('/operator', '', { answer: { id: 'half' } });
      expect(await half.next('unauthorized')).to.deep.equal([]);
      const [joe, bot] = [await desk.customer('joe'), await desk.agent()];
      joe.say('message', { id: 1, text: 'anybody?' });
      expect(at(await bot.next('message'), 0)).to.include({ text: 'anybody?', session_id: 'joe' });
      bot.say('message', { id: 2, session_id: 'joe', text: 'me', meta: { mood: 'fine' } });
      await joe.until(hasText('me'));
      expect(texts(joe, 'message')).to.deep.equal(['anybody?', 'me']);
      expect(at(message(joe, 'me'), 'meta')).to.deep.equal({ mood: 'fine' });
      expect(half.heard.map(({ name }) => name)).to.deep.equal(['connect', 'unauthorized']);
    });

    it("14: a system's message reaches the operator with its type and meta", async () => {
      desk = await openDesk();
      const { olga } = await conversation(desk);
      const bot = await desk.agent();
      bot.say('message', { id: 2, session_id: 'joe', text: 'see', type: 'card', meta: { url: ['a', 1] } });
      await olga.until(hasText('see'));
      expect(message(olga, 'see')).to.deep.include({ id: 2, type: 'card', meta: { url: ['a', 1] }, source: 'agent' });
    });

    it('18: a system that is let in is told as whom', async () => {
      desk = await openDesk();
      const bot = await desk.agent({ id: 'logger', anything: [1] });
      expect(bot.heard.find(({ name }) => name === 'init')?.args).to.deep.equal([{ id: 'logger', anything: [1] }]);
    });

    it('19: a system hears a message with every field that it reads', async () => {
      desk = await openDesk();
      const bot = await desk.agent();
      await desk.asks('joe');
      expect(await bot.next('message')).to.deep.equal([
        {
          id: 'joe-1',
          text: 'hello from joe',
          timestamp: Math.ceil(desk.clock.now() / 1000),
          session_id: 'joe',
          author_id: 'joe',
          author_type: 'customer',
          source: 'customer',
        },
      ]);
    });

    it("20: a system's own message goes round with its fields, and its author type is never its own to say", async () => {
      desk = await openDesk();
      await desk.asks('joe');
      const [bot, other] = [await desk.agent({ id: 'one' }), await desk.agent({ id: 'two' })];
      const said = { id: 5, session_id: 'joe', text: 'beep', author_id: 'robot', author_type: 'operator', extra: true };
      bot.say('message', said);
      const expected = {
        ...said,
        author_type: 'agent',
        source: 'agent',
        timestamp: Math.ceil(desk.clock.now() / 1000),
      };
      expect(await other.next('message')).to.deep.equal([expected]);
      expect(await bot.next('message')).to.deep.equal([expected]);
    });

    it('21, 94: system.info names operators and chats: new, under way, and closed', async () => {
      desk = await openDesk();
      const { olga } = await conversation(desk);
      await desk.customer('quiet');
      const ann = await desk.asks('ann');
      olga.say('chat.close', 'ann');
      await ann.until((heard) => heard.at(-1)?.args[0] === 'closed');
      const bot = await desk.agent();
      const [info] = await bot.ask('system.info');
      expect(at(info, 'operators')).to.deep.equal([
        {
          ...{ id: 'olga', username: 'olga', picture: 'olga.png', displayName: 'olga' },
          ...{ online: true, requestingChat: false, status: 'available' },
        },
      ]);
      const chats = at(info, 'chats');
      expect(Array.isArray(chats) && chats.map((chat) => at(chat, 'id'))).to.have.members(['ann', 'joe', 'quiet']);
      expect(chats).to.deep.include({ user_id: 'joe', id: 'joe', username: 'joe', name: 'joe', picture: '' });
      bot.say('system.info');
      expect(await bot.next('system.info')).to.deep.equal([info]);
    });
  });

  describe('from afar', () => {
    for (const [number, action, path, value] of [
      [
        22,
        { type: 'SET_SYSTEM_ACCEPTS_CUSTOMERS', isEnabled: false },
        ['operators', 'system', 'acceptsCustomers'],
        false,
      ],
      [
        23,
        { type: 'SET_OPERATOR_CAPACITY', locale: 'fr', capacity: 5 },
        ['locales', 'memberships', 'fr', 'olga', 'capacity'],
        5,
      ],
      [
        24,
        { type: 'SET_OPERATOR_STATUS', status: 'reserve' },
        ['operators', 'identities', 'olga', 'status'],
        'reserve',
      ],
      [
        111,
        { type: 'UPDATE_OPERATOR_MEMBERSHIP', group_id: 'vip', isMember: true },
        ['groups', 'vip', 'members', 'olga'],
        true,
      ],
      [
        112,
        { type: 'UPDATE_OPERATOR_MEMBERSHIP', group_id: '__default', isMember: false },
        ['groups', '__default', 'members', 'olga'],
        undefined,
      ],
    ] as const) {
      it(`${number}: ${action.type} is done, acknowledged without an error, and in the state`, async () => {
        desk = await openDesk();
        const olga = await desk.operator('olga');
        expect(await olga.ask('broadcast.dispatch', action)).to.have.property('0', null);
        expect(at(await desk.state(olga), ...path)).to.equal(value);
      });
    }

    it('25: what is not on the list may not be dispatched', async () => {
      desk = await openDesk();
      const olga = await desk.operator('olga');
      expect(await olga.ask('broadcast.dispatch', { type: 'REMOVE_CHAT' })).to.deep.equal([
        'Remote dispatch not allowed',
      ]);
      expect(await olga.ask('broadcast.dispatch', { type: 'toString' })).to.deep.equal(['Remote dispatch not allowed']);
    });

    it('26: acceptance is switched, with no error and the state changed', async () => {
      desk = await openDesk();
      const olga = await desk.operator('olga');
      for (const isEnabled of [false, true]) {
        expect(
          await olga.ask('broadcast.dispatch', { type: 'SET_SYSTEM_ACCEPTS_CUSTOMERS', isEnabled }),
        ).to.have.property('0', null);
        expect(at(await desk.state(olga), 'operators', 'system')).to.deep.equal({ acceptsCustomers: isEnabled });
      }
    });
  });
});
