import { expect } from 'chai';
import { at, hasOpened, hasStatus, hasText, message, statuses } from './heard.js';
import { conversation, openDesk, type Desk } from './happychat-desk.js';

/** Where the service's documentation and its source say different things, clients of both find what they read. */
describe('happychat as documented and as it was built', () => {
  let desk: Desk;

  beforeEach(async () => {
    desk = await openDesk();
  });

  afterEach(() => desk.close());

  it('log: messages alone to a customer, the chat and messages to an operator', async () => {
    const { joe, olga } = await conversation(desk);
    expect(joe.heard.find(({ name }) => name === 'log')?.args).to.deep.equal([[]]);
    const [chat, messages] = await olga.next('log');
    expect(chat).to.deep.equal({ id: 'joe' });
    expect(at(messages, 0, 'text')).to.equal('hello from joe');
  });

  it('system.info: to the callback as documented, as an event as built', async () => {
    const bot = await desk.agent();
    const known = { operators: [], chats: [] };
    expect(await bot.ask('system.info')).to.deep.equal([known]);
    bot.say('system.info');
    expect(await bot.next('system.info')).to.deep.equal([known]);
  });

  it('unauthorized: said to systems too', async () => {
    const bot = desk.service.join('/agent', '', { answer: 'nobody' });
    await bot.next('init');
    await desk.close();
    desk = await openDesk({}, { authenticators: { customer: refuse, operator: refuse, agent: refuse } });
    for (const namespace of ['/customer', '/operator', '/agent']) {
      expect(await desk.service.join(namespace, '').next('unauthorized')).to.deep.equal([]);
    }
  });

  it("status and capacity: events with 'done' as documented, remote actions as built", async () => {
    const olga = await desk.operator('olga', { status: null });
    expect(await olga.ask('status', 'available')).to.deep.equal([]);
    expect(await olga.ask('capacity', 7)).to.deep.equal([7]);
    const identity = async (): Promise<unknown> =>
      at(await desk.state(olga), 'operators', 'identities', 'olga', 'status');
    const capacity = async (): Promise<unknown> =>
      at(await desk.state(olga), 'locales', 'memberships', 'en-US', 'olga', 'capacity');
    expect([await identity(), await capacity()]).to.deep.equal(['available', 7]);
    await olga.ask('broadcast.dispatch', { type: 'SET_OPERATOR_STATUS', status: 'reserve' });
    await olga.ask('broadcast.dispatch', { type: 'SET_OPERATOR_CAPACITY', locale: 'en-US', capacity: '9' });
    expect([await identity(), await capacity()]).to.deep.equal(['reserve', 9]);
  });

  it('chat.open: a request with an id as documented, a chat shown as built', async () => {
    await desk.asks('joe');
    const olga = await desk.operator('olga', { status: null });
    olga.say('chat.open', 'joe');
    const shown = await olga.next('chat.open');
    expect(shown).to.deep.equal([{ user_id: 'joe', id: 'joe', username: 'joe', name: 'joe', picture: '' }]);
    await olga.until(hasText('operator joined'));
    olga.say('chat.open', 'joe');
    expect(await olga.next('chat.open')).to.deep.equal(shown);
    await olga.until(hasOpened(2));
    expect(olga.heard.filter(({ args }) => at(args[1], 'text') === 'operator joined')).to.have.lengthOf(1);
  });

  it('broadcast.state: pushed when he is ready and to a callback as documented, an event on request as built', async () => {
    const olga = await desk.operator('olga', { status: null });
    const pushed = olga.heard.find(({ name }) => name === 'broadcast.state')?.args;
    expect(pushed).to.have.lengthOf(2);
    expect(await olga.ask('broadcast.state')).to.deep.equal(pushed);
    olga.say('broadcast.state');
    expect(await olga.next('broadcast.state')).to.deep.equal(pushed);
  });

  it('broadcast.dispatch: null and the version, or nothing when nobody asks', async () => {
    const olga = await desk.operator('olga', { status: null });
    const [version] = await olga.ask('broadcast.state');
    const action = { type: 'SET_OPERATOR_STATUS', status: 'reserve' };
    expect(await olga.ask('broadcast.dispatch', action)).to.deep.equal([null, version]);
    olga.say('broadcast.dispatch', { ...action, status: 'available' });
    expect(at(await desk.state(olga), 'operators', 'identities', 'olga', 'status')).to.equal('available');
  });

  it('chat.message: the chat as an object with its id, then the message, in both', async () => {
    const { joe, olga } = await conversation(desk);
    joe.say('message', { id: 'm-2', text: 'again' });
    await olga.until(hasText('again'));
    const frame = olga.heard.find(({ args }) => at(args[1], 'id') === 'm-2');
    expect([frame?.name, frame?.args.length, frame?.args[0]]).to.deep.equal(['chat.message', 2, { id: 'joe' }]);
  });

  for (const [how, query, expected] of [
    ['plain ids as documented, when asked for', { args: 'ids' }, ['joe', 'joe', 'hel']],
    ['the chat and the whole user as built', {}, [{ id: 'joe' }, { id: 'joe', username: 'joe' }, 'hel']],
  ] as const) {
    it(`chat.typing, chat.close and log: ${how}`, async () => {
      const olga = desk.service.join('/operator', '', {
        answer: { id: 'olga', username: 'olga', picture: '' },
        options: { query },
      });
      await olga.next('broadcast.state');
      await olga.ask('status', 'available');
      const joe = await desk.asks('joe');
      expect(at(await olga.next('log'), 0)).to.deep.equal(expected[0]);
      joe.say('typing', 'hel');
      const [chat, user, text] = await olga.next('chat.typing');
      expect([chat, text]).to.deep.equal([expected[0], 'hel']);
      expect(typeof user).to.equal(typeof expected[1]);
      olga.say('chat.close', 'joe');
      const [closed, by] = await olga.next('chat.close');
      expect(typeof closed).to.equal(typeof expected[0]);
      expect(by).to.deep.equal({ id: 'olga', username: 'olga', picture: '' });
    });
  }

  it('accept: as documented to who is new, always true to who has a chat under way', async () => {
    const joe = await desk.customer('joe');
    expect(joe.heard.find(({ name }) => name === 'accept')?.args).to.deep.equal([false]);
    joe.say('message', { id: 1, text: 'hello' });
    await joe.next('message');
    const tab = await desk.customer('joe');
    expect(tab.heard.find(({ name }) => name === 'accept')?.args).to.deep.equal([true]);
    const olga = await desk.operator('olga');
    await joe.until(hasStatus('assigned'));
    olga.say('chat.close', 'joe');
    await joe.until(hasStatus('closed'));
    await olga.ask('broadcast.dispatch', { type: 'SET_SYSTEM_ACCEPTS_CUSTOMERS', isEnabled: false });
    const late = await desk.customer('joe');
    expect(late.heard.find(({ name }) => name === 'accept')?.args).to.deep.equal([false]);
  });

  it('chat.leave, log, chat.block, chat.transcript and transcript are there, though not documented', async () => {
    const { joe, olga } = await conversation(desk);
    expect(await joe.ask('transcript', null)).to.have.property('0', null);
    expect(await olga.ask('chat.transcript', 'joe', null)).to.have.property('0', null);
    olga.say('chat.block', 'joe', 'olga', 'joe');
    await joe.until((heard) => heard.some(({ name, args }) => name === 'accept' && args[0] === false));
    await olga.until(hasText('customer blocked'));
    expect(message(olga, 'customer blocked')).to.nested.include({ 'meta.event_type': 'blocked', 'meta.by.id': 'olga' });
    expect(statuses(joe).at(-1)).to.equal('assigned');
    olga.say('chat.leave', 'joe');
    await olga.next('chat.leave');
  });

  it('message: text, id and meta as documented, and a type as built; an absent one stays absent', async () => {
    const joe = await desk.customer('joe');
    joe.say('message', { text: 'hello', id: 1, meta: { a: 1 } });
    expect(at(await joe.next('message'), 0))
      .to.deep.include({ text: 'hello', id: 1, meta: { a: 1 } })
      .and.not.have.property('type');
    joe.say('message', { text: 'seen', id: 2, type: 'customer-event' });
    expect(at(await joe.next('message'), 0))
      .to.include({ text: 'seen', type: 'customer-event' })
      .and.not.have.property('meta');
    joe.say('message', { id: 3, type: 'customer-info', meta: { siteUrl: 'x' } });
    expect(at(await joe.next('message'), 0))
      .to.deep.include({ id: 3, meta: { siteUrl: 'x' } })
      .and.not.have.property('text');
  });

  for (const [role, user, isIn] of [
    ['operator', { id: 1, username: '', picture: '' }, true],
    ['operator', { id: 0, username: 'olga', picture: 'p' }, true],
    ['operator', { id: 1, username: 'olga' }, false],
    ['operator', { username: 'olga', picture: '' }, false],
    ['operator', { id: 1, username: 'olga', picture: null }, false],
    ['customer', { id: 1, username: 'joe', picture: '', session_id: 5 }, true],
    ['customer', { id: 1, username: 'joe', picture: '' }, false],
    ['agent', {}, true],
  ] as const) {
    it(`keys: ${role} ${JSON.stringify(user)} is ${isIn ? 'let in' : 'unauthorized'}`, async () => {
      const ear = desk.service.join(`/${role}`, '', { answer: user });
      const expected = isIn ? [user] : [];
      expect(await ear.next(isIn ? 'init' : 'unauthorized')).to.deep.equal(expected);
    });
  }
});

function refuse(_socket: unknown, callback: (error: unknown) => void): void {
  callback(new Error('nobody is let in'));
}
