import { expect } from 'chai';
import { at, hasStatus, hasText, message, statuses, texts, textsIn } from './heard.js';
import { conversation, openDesk, type Desk } from './happychat-desk.js';

describe('happychat, who hears what', () => {
  let desk: Desk;

  afterEach(() => desk.close());

  it('who shares a session_id hears the word that opens the chat, once, and is one of its customers from then on', async () => {
    desk = await openDesk();
    const [joe, tab] = [
      await desk.customer('joe', { session_id: 's-1' }),
      await desk.customer('joe', { session_id: 's-1' }),
    ];
    const ann = await desk.customer('ann', { session_id: 's-1' });
    joe.say('message', { id: 1, text: 'we are two' });
    joe.say('message', { id: 2, text: 'and share a cart' });
    await ann.until(hasText('and share a cart'));
    ann.say('message', { id: 3, text: 'so we do' });
    await Promise.all([joe, tab, ann].map((ear) => ear.until(hasText('so we do'))));
    for (const ear of [joe, tab, ann]) {
      expect(texts(ear, 'message')).to.deep.equal(['we are two', 'and share a cart', 'so we do']);
      expect(statuses(ear)).to.deep.equal(['new', 'pending']);
    }
    expect(message(ann, 'we are two')).to.nested.include({ 'user.id': 'joe' });
    const olga = await desk.operator('olga');
    await ann.until(hasStatus('assigned'));
    olga.say('message', 's-1', { id: 4, text: 'good day to both' });
    await Promise.all([joe, tab, ann].map((ear) => ear.until(hasText('good day to both'))));
    expect(texts(ann, 'message')).to.have.lengthOf(4);
  });

  it('customers read the life of their chat where that is wished, with a user and nothing private', async () => {
    desk = await openDesk({}, { customerEvents: 'all' });
    const olga = await desk.operator('olga', { user: { email: 'olga@example.com' } });
    const joe = await desk.asks('joe');
    await joe.until(hasText('operator assigned'));
    const emma = await desk.operator('emma');
    emma.say('chat.join', 'joe');
    await joe.until(hasText('operator joined'));
    emma.say('chat.leave', 'joe');
    await joe.until(hasText('operator left'));
    olga.say('chat.close', 'joe');
    await joe.until(hasText('chat closed'));
    const life = ['operator assigned', 'operator joined', 'operator left', 'chat closed'];
    for (const text of life) {
      expect(message(joe, text)).to.deep.nested.include({ type: 'event', 'user.id': 'system', session_id: 'joe' });
    }
    expect(message(joe, 'operator assigned')).to.nested.include({ 'meta.operator.displayName': 'olga' });
    const tab = await desk.customer('joe');
    const log = tab.heard.find(({ name }) => name === 'log')?.args[0];
    expect(textsIn(log)).to.deep.equal(['hello from joe', ...life]);
    const [, transcript] = await joe.ask('transcript', null);
    expect(textsIn(at(transcript, 'messages'))).to.deep.equal(['hello from joe', ...life]);
    expect(JSON.stringify([joe.heard, tab.heard])).to.not.include('example.com');
  });

  it('who comes later with the same session_id reads what was said before he came', async () => {
    desk = await openDesk();
    await conversation(desk);
    const ann = await desk.customer('ann', { session_id: 'joe' });
    const log = ann.heard.find(({ name }) => name === 'log')?.args[0];
    expect(textsIn(log)).to.deep.equal(['hello from joe']);
  });

  it('by default customers read words alone', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    olga.say('chat.close', 'joe');
    await joe.until(hasStatus('closed'));
    const tab = await desk.customer('joe');
    const log = tab.heard.find(({ name }) => name === 'log')?.args[0];
    expect([texts(joe, 'message'), textsIn(log)]).to.deep.equal([['hello from joe'], ['hello from joe']]);
  });

  it('a customer whose profile has changed is shown to operators as he is now', async () => {
    desk = await openDesk();
    const { olga } = await conversation(desk);
    expect(at(await desk.state(olga), 'chatlist', 'joe', 1, 'name')).to.equal('joe');
    await desk.customer('joe', { displayName: 'Joe Smith', picture: 'new.png' });
    expect(at(await desk.state(olga), 'chatlist', 'joe', 1)).to.include({ name: 'Joe Smith', picture: 'new.png' });
  });

  it('a chat that is over is named to systems for four hours, and then no more', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    const bot = await desk.agent();
    const known = async (): Promise<unknown> => at((await bot.ask('system.info'))[0], 'chats', 'length');
    olga.say('chat.close', 'joe');
    await joe.until(hasStatus('closed'));
    joe.close();
    desk.clock.advance(4 * 3_600_000 - 1);
    expect(await known()).to.equal(1);
    desk.clock.advance(1);
    expect(await known()).to.equal(0);
  });

  it('words too long to be kept are ignored, and who said them goes on talking', async () => {
    desk = await openDesk();
    const joe = await desk.customer('joe');
    joe.say('message', { id: 1, text: 'x'.repeat(70_000) });
    joe.say('message', { id: 2, text: 'y', meta: { more: 'z'.repeat(70_000) } });
    joe.say('chat.setFields', { big: 'z'.repeat(70_000) });
    joe.say('message', { id: 3, text: 'sorry' });
    await joe.until(hasText('sorry'));
    expect(texts(joe, 'message')).to.deep.equal(['sorry']);
  });

  it('what no chat may keep is not passed on for an unknown one either', async () => {
    desk = await openDesk();
    const [bot, other] = [await desk.agent({ id: 'one' }), await desk.agent({ id: 'two' })];
    bot.say('message', { id: 1, session_id: 'ghost', text: 'x'.repeat(70_000) });
    bot.say('message', { id: 2, session_id: 'ghost', text: 'short' });
    expect(at(await other.next('message'), 0, 'id')).to.equal(2);
  });

  it('a system has as many roles as it may, and goes on beside', async () => {
    desk = await openDesk();
    const bot = await desk.agent();
    const acked: number[] = [];
    for (let role = 0; role < 150; role += 1) bot.socket.emit('role.add', `role ${role}`, () => acked.push(role));
    await bot.ask('system.info');
    expect(acked).to.deep.equal(Array.from({ length: 100 }, (_, role) => role));
  });

  it('a customer touches no chat but his own, whatever he calls for', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    const eve = await desk.customer('eve');
    for (const name of ['chat.join', 'chat.close', 'chat.transfer', 'chat.block', 'chat.leave'])
      eve.say(name, 'joe', 'eve');
    eve.say('chat.transcript', 'joe', null, () => undefined);
    eve.say('broadcast.state', () => undefined);
    eve.say('broadcast.dispatch', { type: 'SET_SYSTEM_ACCEPTS_CUSTOMERS', isEnabled: false });
    eve.say('message', 'joe', { id: 1, text: 'as an operator' });
    eve.say('message', { id: 2, text: 'as a customer', session_id: 'joe', user: { id: 'joe' }, source: 'operator' });
    expect(at(await eve.next('message'), 0)).to.deep.include({ id: 2, session_id: 'eve', source: 'customer' });
    const state = await desk.state(olga);
    expect(at(state, 'operators', 'system')).to.deep.equal({ acceptsCustomers: true });
    expect([at(state, 'chatlist', 'joe', 0), at(state, 'chatlist', 'joe', 4)]).to.deep.equal([
      'assigned',
      { olga: true },
    ]);
    const ofJoe = olga.heard.filter(({ name, args }) => name === 'chat.message' && at(args[0], 'id') === 'joe');
    expect(ofJoe).to.have.lengthOf(1);
    expect(texts(joe, 'message')).to.deep.equal(['hello from joe']);
  });

  it('an operator works for himself alone, whoever else he names', async () => {
    desk = await openDesk();
    const [olga, zoe] = [await desk.operator('olga'), await desk.operator('zoe')];
    const other = { __remote_user: { id: 'olga' }, user: { id: 'olga' }, operatorId: 'olga', operator_id: 'olga' };
    for (const action of [
      { type: 'SET_OPERATOR_STATUS', status: 'reserve' },
      { type: 'SET_OPERATOR_CAPACITY', locale: 'en-US', capacity: 9 },
      { type: 'LEAVE_LOCALE', locale: 'en-US' },
      { type: 'UPDATE_OPERATOR_MEMBERSHIP', group_id: 'vip', isMember: true },
    ]) {
      expect((await zoe.ask('broadcast.dispatch', { ...action, ...other }))[0]).to.equal(null);
    }
    const state = await desk.state(olga);
    const places = (name: string): unknown[] => [
      at(state, 'operators', 'identities', name, 'status'),
      at(state, 'locales', 'memberships', 'en-US', name),
      at(state, 'groups', 'vip', 'members', name),
    ];
    expect(places('olga')).to.deep.equal(['available', { capacity: 3, load: 0, active: true }, undefined]);
    expect(places('zoe')).to.deep.equal(['reserve', { capacity: 9, load: 0, active: false }, true]);
  });

  it('what was sent to a client counts as received, so that nothing is kept for it', async () => {
    desk = await openDesk();
    const heard: unknown[] = [];
    const elsewhere = {
      workspaceId: 'default',
      space: 'elsewhere',
      side: 'operator',
      realm: '',
      externalId: 'eva',
      idType: 'string',
      role: 'operator',
      name: 'Eva',
    } as const;
    const { joe } = await conversation(desk);
    const how = { scope: 'lobby', echo: 'all', away: null, chats: 'mine', hearsDelivered: true } as const;
    const eva = await desk.core.connect(elsewhere, how, ({ event }) => {
      if (event.type === 'MessageAcknowledged') heard.push(event.state);
    });
    const chat = [...desk.core.lobby(eva).chats.keys()][0] ?? '';
    await desk.core.dispatch(eva, { type: 'JoinChat', to: { chatId: chat } });
    const body = { kind: 'text', text: 'from elsewhere' } as const;
    await desk.core.dispatch(eva, { type: 'PostMessage', to: { chatId: chat }, body, ifClosed: 'refuse' });
    await joe.until(hasText('from elsewhere'));
    await desk.until('it counts as delivered', () => {
      desk.clock.advance(50);
      return heard.includes('delivered');
    });
  });
});
