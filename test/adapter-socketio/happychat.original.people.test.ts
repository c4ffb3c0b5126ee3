import { expect } from 'chai';
import { at, hasStatus, hasText, message, opened, texts } from './heard.js';
import { conversation, openDesk, type Desk } from './happychat-desk.js';

const joeHimself = { id: 7, username: 'joe', displayName: 'Joe', picture: 'joe.png', session_id: 'joe', plan: 'gold' };
const joeAsUser = {
  ...{ id: 7, name: 'Joe', username: 'joe', displayName: 'Joe', picture: 'joe.png', avatarURL: 'joe.png' },
};

/** The sentences of the original's own tests that can be seen on a socket; docs/dialects/happychat.md has their list. */
describe("the original's people", () => {
  let desk: Desk;

  beforeEach(async () => {
    desk = await openDesk();
  });

  afterEach(() => desk.close());

  it('82, 83, 84: a customer is read by his own tabs, by systems and by operators', async () => {
    const { joe, olga } = await conversation(desk);
    const [tab, bot] = [await desk.customer('joe'), await desk.agent()];
    joe.say('message', { id: 'm-2', text: 'to all' });
    await Promise.all([tab.until(hasText('to all')), bot.until(hasText('to all')), olga.until(hasText('to all'))]);
    expect(message(bot, 'to all')).to.include({ author_type: 'customer', author_id: 'joe', session_id: 'joe' });
  });

  it('85, 86, 87: a system is read by systems, customers and operators as one', async () => {
    const { joe, olga } = await conversation(desk);
    const [bot, other] = [await desk.agent({ id: 'one' }), await desk.agent({ id: 'two' })];
    bot.say('message', { id: 'a-1', session_id: 'joe', text: 'beep' });
    await Promise.all([joe, olga, bot, other].map((ear) => ear.until(hasText('beep'))));
    expect(message(other, 'beep')).to.include({ author_type: 'agent', source: 'agent' });
    expect(message(olga, 'beep')).to.include({ source: 'agent' });
    expect(message(joe, 'beep')).to.have.property('user').that.is.an('object');
  });

  it('88, 89, 90: an operator is read by his colleagues, by systems and by the customer', async () => {
    const { joe, olga } = await conversation(desk);
    const [zoe, bot] = [await desk.operator('zoe', { status: null }), await desk.agent()];
    zoe.say('chat.join', 'joe');
    await zoe.until(hasText('operator joined'));
    olga.say('message', 'joe', { id: 'o-1', text: 'good day', type: 'dropped', meta: { dropped: true } });
    await Promise.all([joe, olga, zoe, bot].map((ear) => ear.until(hasText('good day'))));
    expect(message(bot, 'good day')).to.include({ author_type: 'operator', author_id: 'olga' });
    // Anything but id and text is dropped, and `meta` is always there.
    expect(message(joe, 'good day')).to.deep.include({ meta: {} }).and.not.have.property('type');
    // Of the lines that the service itself writes the type is kept.
    bot.say('message', { id: 1, session_id: 'joe', text: 'end' });
    olga.say('chat.close', 'joe');
    await bot.until(hasText('chat closed'));
    expect(message(bot, 'chat closed')).to.include({ type: 'event', author_type: 'operator' });
  });

  it('91, 97, 133: what a customer types is shown to every operator in the chat, and to no customer', async () => {
    const { joe, olga } = await conversation(desk);
    const [tab, zoe] = [await desk.customer('joe'), await desk.operator('zoe', { status: null })];
    zoe.say('chat.join', 'joe');
    await zoe.until(hasText('operator joined'));
    joe.say('typing', 'hel');
    const [shown] = await Promise.all([zoe.next('chat.typing'), olga.next('chat.typing')]);
    expect(shown).to.have.lengthOf(3);
    await tab.ask('transcript', null);
    expect(tab.heard.map(({ name }) => name)).to.not.include('typing');
  });

  it('92, 93: what an operator types is shown to everybody in the chat, himself included, and to the customer', async () => {
    const { joe, olga } = await conversation(desk);
    const zoe = await desk.operator('zoe', { status: null });
    zoe.say('chat.join', 'joe');
    await zoe.until(hasText('operator joined'));
    olga.say('chat.typing', 'joe', 'well');
    const user = { id: 'olga', displayName: 'olga', avatarURL: 'olga.png' };
    for (const ear of [olga, zoe]) expect(await ear.next('chat.typing')).to.deep.equal([{ id: 'joe' }, user, 'well']);
    expect(await joe.next('typing')).to.deep.equal([true]);
  });

  it('92: who types in a chat he is not in does not see it himself', async () => {
    const { joe } = await conversation(desk);
    const zoe = await desk.operator('zoe', { status: null });
    zoe.say('chat.typing', 'joe', 'well');
    await joe.next('typing');
    await zoe.ask('broadcast.state');
    expect(zoe.heard.map(({ name }) => name)).to.not.include('chat.typing');
  });

  it('95: a message gets its chat, a time, and of its author what everybody may see', async () => {
    const joe = await desk.customer('joe', joeHimself);
    joe.say('message', { id: 3, text: 'hello', meta: { k: 1 }, timestamp: 5, user: { id: 'x' }, session_id: 'y' });
    const timestamp = Math.ceil(desk.clock.now() / 1000);
    expect(await joe.next('message')).to.deep.equal([
      { id: 3, text: 'hello', session_id: 'joe', timestamp, source: 'customer', user: joeAsUser, meta: { k: 1 } },
    ]);
  });

  it('96: a message of the desk reaches the customer', async () => {
    const { joe, olga } = await conversation(desk);
    olga.say('message', 'joe', { id: 'o-1', text: 'good day' });
    await joe.until(hasText('good day'));
    expect(message(joe, 'good day')).to.deep.include({ id: 'o-1', source: 'operator', session_id: 'joe' });
  });

  for (const [number, text, sign] of [
    ['98, 99', 'hello', true],
    ['100', false, false],
    ['100', '', ''],
  ] as const) {
    it(`${number}: an operator's typing of ${JSON.stringify(text)} is ${JSON.stringify(sign)} to the customer`, async () => {
      const { joe, olga } = await conversation(desk);
      olga.say('chat.typing', 'joe', text);
      expect(await joe.next('typing')).to.deep.equal([sign]);
    });
  }

  it('101: who is let in is told as whom, and hears his chat from then on', async () => {
    const { olga } = await conversation(desk);
    const tab = await desk.customer('joe', { ...joeHimself, id: 'joe' });
    expect(tab.heard.map(({ name }) => name)).to.deep.equal(['connect', 'init', 'accept', 'status', 'log']);
    expect(tab.heard[1]?.args).to.deep.equal([{ ...joeHimself, id: 'joe' }]);
    olga.say('message', 'joe', { id: 'o-1', text: 'both tabs' });
    await tab.until(hasText('both tabs'));
  });

  it('103: with two tabs, only the last one that goes is his going', async () => {
    const { joe, olga } = await conversation(desk);
    const tab = await desk.customer('joe');
    joe.close();
    tab.say('message', { id: 'm-2', text: 'still here' });
    await olga.until(hasText('still here'));
    expect(at(await desk.state(olga), 'chatlist', 'joe', 0)).to.equal('assigned');
    const watching = await desk.agent();
    tab.close();
    await desk.until('the chat knows that he is away', () => {
      desk.clock.advance(20);
      return olga.heard.some(({ args }) => JSON.stringify(args[2] ?? null).includes('customer-disconnect'));
    });
    watching.close();
  });

  it('129: after the first update the state on request is the one the update led to', async () => {
    const olga = await desk.operator('olga', { status: null });
    const before = olga.heard.find(({ name }) => name === 'broadcast.state')?.args;
    expect(at(before?.[1], 'operators', 'identities')).to.deep.equal({});
    desk.clock.advance(20);
    const [from, to] = await olga.next('broadcast.update');
    expect(from).to.equal(before?.[0]);
    const [version, state] = await olga.ask('broadcast.state');
    expect(version).to.equal(to);
    expect(at(state, 'operators', 'identities', 'olga', 'online')).to.equal(true);
  });

  it('131, 134: an operator is gone with his last socket, and until then leaves no chat', async () => {
    const { joe, olga } = await conversation(desk);
    const phone = await desk.operator('olga', { status: null });
    expect(opened(phone)).to.deep.equal(['joe']);
    olga.close();
    joe.say('message', { id: 'm-2', text: 'still there?' });
    await phone.until(hasText('still there?'));
    expect(at(await desk.state(phone), 'operators', 'identities', 'olga', 'online')).to.equal(true);
    phone.close();
    await joe.until(hasStatus('abandoned'));
    const eva = await desk.operator('eva', { status: null });
    expect(at(await desk.state(eva), 'operators', 'identities', 'olga')).to.include({
      online: false,
      status: 'unavailable',
    });
  });

  it('132: customers see of an operator his id, his name and his picture, and nothing else', async () => {
    const user = { displayName: 'Olga', avatarURL: 'a.png', salary: 1, email: 'olga@example.com' };
    const olga = await desk.operator('olga', { user });
    const joe = await desk.asks('joe');
    await olga.next('chat.open');
    olga.say('message', 'joe', { id: 'o-1', text: 'good day' });
    await joe.until(hasText('good day'));
    expect(at(message(joe, 'good day'), 'user')).to.deep.equal({
      ...{ id: 'olga', name: 'Olga', username: 'olga', displayName: 'Olga', picture: 'olga.png', avatarURL: 'a.png' },
    });
    expect(JSON.stringify(joe.heard)).to.not.include('salary').and.not.include('example.com');
  });

  it('135: both sockets of an operator hear that the chat was closed, and by whom', async () => {
    const { olga } = await conversation(desk);
    const phone = await desk.operator('olga', { status: null });
    const zoe = await desk.operator('zoe', { status: null });
    zoe.say('chat.close', 'joe');
    const zoeHerself = { id: 'zoe', username: 'zoe', picture: 'zoe.png', displayName: 'zoe' };
    for (const ear of [olga, phone]) expect((await ear.next('chat.close'))[1]).to.deep.equal(zoeHerself);
    expect(texts(zoe, 'chat.message')).to.deep.equal([]);
  });
});
