import { createCore, type ChatStatus, type Core } from '@dragoman/core';
import { createFixedClock, type FixedClock } from '@dragoman/core/testing';
import { expect } from 'chai';
import type { Ear } from './clients.js';
import { openService, type Service } from './happychat-service.js';
import { followed, hasStatus, hasText, statuses, texts } from './heard.js';
import { withoutNulls } from './patches.js';

describe('happychat with a core behind it', () => {
  let clock: FixedClock;
  let core: Core & { stop(): Promise<void> };
  let service: Service;
  let reaches: (status: ChatStatus) => Promise<void>;

  beforeEach(async () => {
    clock = createFixedClock();
    core = await createCore({ clock, restartGraceMs: 0 });
    reaches = await watchStatuses(core);
    service = await openService(core);
  });

  afterEach(async () => {
    await service.close();
    await core.stop();
  });

  async function customer(name: string): Promise<Ear> {
    const ear = service.join('/customer', name);
    await ear.next('log');
    return ear;
  }

  async function operator(name: string, status: string | null = 'available'): Promise<Ear> {
    const ear = service.join('/operator', name);
    await ear.next('broadcast.state');
    if (status !== null) await ear.ask('status', status);
    return ear;
  }

  /** A customer and the operator who was given the chat. */
  async function conversation(): Promise<{ joe: Ear; olga: Ear }> {
    const [joe, olga] = [await customer('joe'), await operator('olga')];
    joe.say('message', { id: 'm-1', text: 'hello' });
    await olga.until(hasText('operator assigned'));
    return { joe, olga };
  }

  it('a first message goes through pending and assigning to a free operator', async () => {
    const { joe, olga } = await conversation();
    await joe.until(hasStatus('assigned'));
    expect(statuses(joe)).to.deep.equal(['new', 'pending', 'assigning', 'assigned']);
    expect(texts(joe, 'message')).to.deep.equal(['hello']);
    const names = olga.heard.map(({ name }) => name).filter((name) => name !== 'broadcast.update');
    expect(names).to.deep.equal(['connect', 'init', 'broadcast.state', 'chat.open', 'log', 'chat.message']);
    const log = olga.heard.find(({ name }) => name === 'log');
    expect(log).to.have.nested.property('args[0].id', 'joe');
    expect(log).to.have.nested.property('args[1][0].text', 'hello');
  });

  it('words go both ways, and everybody hears his own', async () => {
    const { joe, olga } = await conversation();
    olga.say('message', 'joe', { id: 'o-1', text: 'Здравствуйте' });
    joe.say('message', { id: 'm-2', text: 'grüezi 🙂', meta: { k: 1 } });
    await joe.until(hasText('grüezi 🙂'));
    await Promise.all([joe.until(hasText('Здравствуйте')), olga.until(hasText('grüezi 🙂'))]);
    expect(texts(joe, 'message')).to.have.members(['hello', 'Здравствуйте', 'grüezi 🙂']);
    const reply = joe.heard.find(({ args }) => Reflect.get(Object(args[0]), 'id') === 'o-1');
    expect(reply).to.deep.nested.include({ 'args[0].source': 'operator', 'args[0].user.displayName': 'Olga' });
    const words = olga.heard.find(({ args }) => Reflect.get(Object(args[1]), 'id') === 'm-2');
    expect(words).to.deep.nested.include({ 'args[0]': { id: 'joe' }, 'args[1].meta': { k: 1 } });
  });

  it('a customer who writes while nobody is there waits, and the first who comes finds all he wrote', async () => {
    const joe = await customer('joe');
    for (const id of [1, 2, 3]) joe.say('message', { id, text: `word ${id}` });
    await joe.until(hasText('word 3'));
    const olga = await operator('olga');
    await olga.until(hasText('operator assigned'));
    const log = olga.heard.find(({ name }) => name === 'log')?.args[1];
    expect(Array.isArray(log) && log.map((message) => message.text)).to.deep.equal(['word 1', 'word 2', 'word 3']);
    expect(texts(olga, 'chat.message')).to.deep.equal(['operator assigned']);
  });

  it('a second tab finds the log, and hears what the first one says', async () => {
    const { joe } = await conversation();
    joe.say('message', { id: 'm-2', text: 'again' });
    await joe.until(hasText('again'));
    const tab = service.join('/customer', 'joe');
    const [log] = await tab.next('log');
    expect(Array.isArray(log) && log.map((message) => message.id)).to.deep.equal(['m-1', 'm-2']);
    expect(statuses(tab)).to.deep.equal(['assigned']);
    joe.say('message', { id: 'm-3', text: 'to both' });
    await tab.until(hasText('to both'));
    expect(joe.heard.filter(({ name }) => name === 'log')).to.have.lengthOf(1);
  });

  it('one person in two sessions of the site has two chats, and neither hears the other', async () => {
    const { joe, olga } = await conversation();
    const other = service.join('/customer', 'joe', { answer: { jwt: 'customer:joe@s-8' } });
    expect(await other.next('log')).to.deep.equal([[]]);
    other.say('message', { id: 'm-2', text: 'about something else' });
    await olga.until((heard) => heard.filter(({ name }) => name === 'log').length === 2);
    joe.say('message', { id: 'm-3', text: 'about the first thing' });
    await joe.until(hasText('about the first thing'));
    await other.until(hasText('about something else'));
    expect(texts(joe, 'message')).to.deep.equal(['hello', 'about the first thing']);
    expect(texts(other, 'message')).to.deep.equal(['about something else']);
  });

  it('two people who share a session of the site share its chat, each under his own name', async () => {
    const { joe, olga } = await conversation();
    const ann = service.join('/customer', 'ann', { answer: { jwt: 'customer:ann@joe' } });
    await ann.next('log');
    expect(statuses(ann)).to.deep.equal(['assigned']);
    ann.say('message', { id: 'm-2', text: 'I am with him' });
    await Promise.all([joe.until(hasText('I am with him')), olga.until(hasText('I am with him'))]);
    const said = joe.heard.find(({ args }) => Reflect.get(Object(args[0]), 'id') === 'm-2');
    expect(said).to.have.nested.property('args[0].user.displayName', 'Ann');
    olga.say('message', 'joe', { id: 'o-1', text: 'hello to both' });
    await Promise.all([joe.until(hasText('hello to both')), ann.until(hasText('hello to both'))]);
  });

  it('an operator whose only connection drops finds his chat again', async () => {
    const { joe, olga } = await conversation();
    olga.close();
    await joe.until(hasStatus('abandoned'));
    const back = await operator('olga', null);
    expect(await back.next('chat.open')).to.have.nested.property('[0].id', 'joe');
    expect(await back.next('log')).to.have.nested.property('[1][0].text', 'hello');
    await joe.until((heard) => heard.at(-1)?.name === 'status' && heard.at(-1)?.args[0] === 'assigned');
    expect(back.heard.filter(({ name }) => name === 'chat.open')).to.have.lengthOf(1);
    expect(texts(back, 'chat.message')).to.deep.equal([]);
  });

  it('one of two connections of an operator may go: nothing happens', async () => {
    const { joe, olga } = await conversation();
    const second = await operator('olga', null);
    expect(await second.next('chat.open')).to.have.nested.property('[0].id', 'joe');
    olga.close();
    joe.say('message', { id: 'm-2', text: 'still there?' });
    await second.until(hasText('still there?'));
    expect(statuses(joe)).to.deep.equal(['new', 'pending', 'assigning', 'assigned']);
  });

  it('an operator who joins sees the chat, and everybody in it hears of him', async () => {
    const { olga } = await conversation();
    const zoe = await operator('zoe', null);
    zoe.say('chat.join', 'joe');
    expect(await zoe.next('chat.open')).to.have.nested.property('[0].id', 'joe');
    await Promise.all([olga.until(hasText('operator joined')), zoe.until(hasText('operator joined'))]);
    zoe.say('chat.leave', 'joe');
    expect(await zoe.next('chat.leave')).to.have.nested.property('[0].id', 'joe');
    await olga.until(hasText('operator left'));
    expect(texts(zoe, 'chat.message')).to.deep.equal(['operator joined']);
  });

  it('an operator closes: members hear who did it, the customer that it is closed, and writing reopens', async () => {
    const { joe, olga } = await conversation();
    olga.say('chat.close', 'joe');
    const [shown, by] = await olga.next('chat.close');
    expect(shown).to.include({ id: 'joe', name: 'Joe' });
    expect(by).to.deep.equal({ id: 'olga', username: 'olga', displayName: 'Olga', picture: '' });
    await olga.until(hasText('chat closed'));
    await joe.until(hasStatus('closed'));
    joe.say('message', { id: 'm-2', text: 'one more thing' });
    await olga.until((heard) => heard.filter(({ name }) => name === 'chat.open').length === 2);
    expect(statuses(joe).slice(4)).to.deep.equal(['closed', 'assigned']);
  });

  it('a closed chat begins anew after four hours, with an empty log', async () => {
    const { joe, olga } = await conversation();
    olga.say('chat.close', 'joe');
    await joe.until(hasStatus('closed'));
    clock.advance(4 * 60 * 60 * 1000 + 1);
    const back = await customer('joe');
    expect(statuses(back)).to.deep.equal(['new']);
    expect(back.heard.find(({ name }) => name === 'log')?.args).to.deep.equal([[]]);
    back.say('message', { id: 'm-2', text: 'hello again' });
    await back.until(hasText('hello again'));
    await olga.until((heard) => heard.filter(({ name }) => name === 'log').length === 2);
    expect(texts(joe, 'message')).to.deep.equal(['hello', 'hello again']);
  });

  it('a transfer opens the chat at the other and says so there', async () => {
    const { joe, olga } = await conversation();
    const zoe = await operator('zoe', null);
    olga.say('chat.transfer', 'joe', 'zoe');
    await zoe.until(hasText('chat transferred'));
    expect(texts(zoe, 'chat.message')).to.deep.equal(['operator assigned', 'chat transferred']);
    const line = zoe.heard.find(({ args }) => Reflect.get(Object(args[1]), 'text') === 'chat transferred');
    expect(line).to.have.nested.property('args[1].meta.from.id', 'olga');
    expect(line).to.have.nested.property('args[1].meta.to.id', 'zoe');
    joe.say('message', { id: 'm-2', text: 'who is there?' });
    await zoe.until(hasText('who is there?'));
    expect(texts(olga, 'chat.message')).to.deep.equal(['operator assigned']);
  });

  it('a transfer to nobody known is missed', async () => {
    const { joe, olga } = await conversation();
    await olga.ask('status', 'unavailable');
    olga.say('chat.transfer', 'joe', 'ghost');
    await joe.until(hasStatus('missed'));
  });

  it('typing shows: the draft to the operator, a flag to the customer', async () => {
    const { joe, olga } = await conversation();
    joe.say('typing', { message: 'hel' });
    const [chat, user, text] = await olga.next('chat.typing');
    expect(chat).to.deep.equal({ id: 'joe' });
    expect(user).to.deep.include({ id: 'joe', session_id: 'joe' });
    expect(text).to.equal('hel');
    olga.say('chat.typing', 'joe', 'well');
    expect(await joe.next('typing')).to.deep.equal([true]);
  });

  for (const [how, options, query] of [
    ['by an option of the service', { operatorArgs: 'ids' }, {}],
    ['by the query of one connection', {}, { args: 'ids' }],
  ] as const) {
    it(`the arguments of the service's own documentation are spoken when asked for, ${how}`, async () => {
      await service.close();
      service = await openService(core, options);
      const joe = await customer('joe');
      const olga = service.join('/operator', 'olga', { options: { query } });
      await olga.next('broadcast.state');
      await olga.ask('status', 'available');
      joe.say('message', { id: 'm-1', text: 'hello' });
      const [chatId, messages] = await olga.next('log');
      expect(chatId).to.equal('joe');
      expect(messages).to.be.an('array');
      joe.say('typing', 'hel');
      expect(await olga.next('chat.typing')).to.deep.equal(['joe', 'joe', 'hel']);
      expect(await olga.next('chat.message')).to.have.deep.property('0', { id: 'joe' });
      olga.say('chat.close', 'joe');
      const [closed, by] = await olga.next('chat.close');
      expect(closed).to.equal('joe');
      expect(by).to.have.property('id', 'olga');
    });
  }

  it('a blocked customer is no longer accepted, and the desk hears of it', async () => {
    const { joe, olga } = await conversation();
    olga.say('chat.block', 'joe');
    await joe.until((heard) => heard.some(({ name, args }) => name === 'accept' && args[0] === false));
    await olga.until(hasText('customer blocked'));
  });

  it('a customer who goes is noticed after ten seconds, and his chat closed after ninety', async () => {
    const { joe, olga } = await conversation();
    joe.close();
    await reaches('customer-disconnected');
    clock.advance(10_000);
    await olga.until(hasText('customer left'));
    await olga.ask('broadcast.state');
    clock.advance(80_000);
    // Due timers are read from the store, which takes a turn; this clock does not move meanwhile.
    await olga.ask('broadcast.state');
    clock.advance(1);
    const [shown, by] = await olga.next('chat.close');
    expect(shown).to.include({ id: 'joe' });
    expect(by).to.deep.equal({});
    await olga.until(hasText('chat closed after customer left'));
  });

  it('a customer who comes back in time finds the same operator, and nobody says that he left', async () => {
    const { joe, olga } = await conversation();
    joe.close();
    await reaches('customer-disconnected');
    clock.advance(5_000);
    const back = await customer('joe');
    await back.until(hasStatus('assigned'));
    clock.advance(120_000);
    olga.say('message', 'joe', { id: 'o-1', text: 'welcome back' });
    await back.until(hasText('welcome back'));
    expect(texts(olga, 'chat.message')).to.not.include('customer left');
  });

  it('an agent hears every chat and speaks in it', async () => {
    const echo = service.join('/agent', 'echo');
    await echo.next('init');
    const { joe, olga } = await conversation();
    await echo.until(hasText('hello'));
    const heard = echo.heard.find(({ name }) => name === 'message')?.args[0];
    expect(heard).to.include({ id: 'm-1', session_id: 'joe', author_id: 'joe', author_type: 'customer' });
    expect(heard).to.not.have.property('user');
    echo.say('message', { id: 'a-1', session_id: 'joe', text: 'beep', meta: { x: 1 }, type: 'robot' });
    await Promise.all([joe.until(hasText('beep')), olga.until(hasText('beep')), echo.until(hasText('beep'))]);
    const beep = joe.heard.find(({ args }) => Reflect.get(Object(args[0]), 'text') === 'beep')?.args[0];
    expect(beep).to.deep.include({ id: 'a-1', source: 'agent', type: 'robot', meta: { x: 1 } });
    expect(beep).to.have.property('user').that.is.an('object');
  });

  it('transcripts hold what was said, before a moment if one is given', async () => {
    const { joe, olga } = await conversation();
    clock.advance(2_000);
    joe.say('message', { id: 'm-2', text: 'later' });
    await olga.until(hasText('later'));
    const later = olga.heard.find(({ args }) => Reflect.get(Object(args[1]), 'id') === 'm-2');
    const timestamp: unknown = Reflect.get(Object(later?.args[1]), 'timestamp');
    expect(await olga.ask('chat.transcript', 'joe', null)).to.have.nested.property('[1].messages.length', 2);
    const [, before] = await joe.ask('transcript', timestamp);
    expect(before).to.have.property('timestamp', timestamp);
    expect(before).to.have.nested.property('messages[0].id', 'm-1');
    expect(before).to.have.nested.property('messages.length', 1);
  });

  it('customers hear at once when nobody can take them, and when somebody can', async () => {
    const joe = await customer('joe');
    expect(joe.heard.find(({ name }) => name === 'accept')?.args).to.deep.equal([false]);
    clock.advance(1_000);
    await operator('olga');
    clock.advance(1_000);
    await joe.until((heard) => heard.some(({ name, args }) => name === 'accept' && args[0] === true));
  });

  it('what operators patch together is what a new one is given', async () => {
    const olga = await operator('olga', null);
    const [joe, ann] = [await customer('joe'), await customer('ann')];
    await olga.ask('status', 'available');
    await olga.ask('broadcast.dispatch', { type: 'SET_OPERATOR_CAPACITY', locale: 'en-US', capacity: 1 });
    clock.advance(20);
    joe.say('message', { id: 1, text: 'hello' });
    await olga.until(hasText('operator assigned'));
    ann.say('message', { id: 1, text: 'hello' });
    await ann.until(hasText('hello'));
    clock.advance(20);
    const zoe = await operator('zoe', 'reserve');
    await zoe.until(hasText('operator assigned'));
    zoe.say('chat.join', 'joe');
    await olga.until(hasText('operator joined'));
    clock.advance(20);
    olga.say('chat.close', 'joe');
    await zoe.until(hasText('chat closed'));
    clock.advance(20);
    zoe.close();
    await ann.until(hasStatus('abandoned'));
    clock.advance(20);
    const [version, state] = await olga.ask('broadcast.state');
    const patched = followed(olga);
    expect(patched.version).to.equal(version);
    expect(withoutNulls(patched.state)).to.deep.equal(withoutNulls(state));
    expect(state).to.have.nested.property('chatlist.ann[0]', 'abandoned');
    expect(state).to.not.have.nested.property('chatlist.joe');
    const fresh = await operator('eva', null);
    expect(fresh.heard.find(({ name }) => name === 'broadcast.state')?.args).to.deep.equal([version, state]);
  });

  it('an operator hears of his own arrival as the first update', async () => {
    const olga = await operator('olga', null);
    clock.advance(20);
    const [held, , patch] = await olga.next('broadcast.update');
    expect(held).to.equal(olga.heard.find(({ name }) => name === 'broadcast.state')?.args[0]);
    expect(patch).to.have.nested.property('v.operators.v.identities.v.olga.v.online', true);
  });
});

/** Waits for statuses as the core knows them: for what no client is told. */
async function watchStatuses(core: Core): Promise<(status: ChatStatus) => Promise<void>> {
  const seen = new Set<ChatStatus>();
  const waiting = new Map<ChatStatus, () => void>();
  const watcher = {
    workspaceId: 'default',
    space: 'test',
    side: 'bot',
    realm: '',
    externalId: 'watcher',
    idType: 'string',
    role: 'monitor',
    name: 'watcher',
  } as const;
  await core.connect(watcher, { scope: 'lobby', echo: 'all', away: null, chats: 'mine' }, ({ event }) => {
    if (!('chat' in event)) return;
    seen.add(event.chat.status);
    waiting.get(event.chat.status)?.();
  });
  return (status) =>
    new Promise((resolve) => {
      if (seen.has(status)) resolve();
      else waiting.set(status, resolve);
    });
}
