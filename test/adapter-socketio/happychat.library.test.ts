import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import anyService, * as library from '@dragoman/adapter-socketio/service';
import { expect } from 'chai';
import { Server } from 'socket.io';
import { authenticators, mount, quiet, stateWith, type LibraryStage } from './library-stage.js';
import type { Ear } from './clients.js';

function texts(ear: Ear, name: string): unknown[] {
  return ear.heard.filter((frame) => frame.name === name).map(({ args }) => Reflect.get(Object(args.at(-1)), 'text'));
}

function hasText(text: string): (heard: Ear['heard']) => boolean {
  return (heard) => heard.some(({ args }) => Reflect.get(Object(args.at(-1)), 'text') === text);
}

function statusOf({ store }: LibraryStage, id: string): unknown {
  return store.getState().chatlist[id]?.[0];
}

describe('the happychat library', () => {
  let stage: LibraryStage | undefined;

  async function mounted(...args: Parameters<typeof mount>): Promise<LibraryStage> {
    stage = await mount(...args);
    return stage;
  }

  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });

  /** A customer and the operator who was given the chat. */
  async function conversation(on: LibraryStage, version?: string): Promise<{ joe: Ear; olga: Ear }> {
    const olga = on.operator('olga', version);
    await olga.next('broadcast.state');
    await olga.ask('status', 'available');
    const joe = on.customer('joe', version);
    await joe.next('log');
    joe.say('message', { id: 'm-1', text: 'hello' });
    await olga.until(hasText('operator assigned'));
    return { joe, olga };
  }

  const open = { operators: { system: { acceptsCustomers: true } } };

  it('is the default of its module, and comes by import and by require', () => {
    const required: unknown = createRequire(import.meta.url)('@dragoman/adapter-socketio/service');
    expect(anyService).to.equal(library.service);
    expect(required).to.include({ default: library.service, service: library.service, reducer: library.reducer });
  });

  it('names the eight statuses', () => {
    const words = Object.entries(library).flatMap(([name, value]) => (name.startsWith('STATUS_') ? [value] : []));
    expect(words).to.have.members([
      'new',
      'pending',
      'assigning',
      'assigned',
      'abandoned',
      'missed',
      'customer-disconnect',
      'closed',
    ]);
  });

  for (const form of ['io', 'http'] as const) {
    for (const version of ['1.7.4', '2.5.0', '4.8.4']) {
      it(`serves clients ${version} on ${form === 'io' ? 'a Socket.IO server' : 'an http server'}`, async () => {
        const on = await mounted(form, open);
        const { joe, olga } = await conversation(on, version);
        olga.say('message', 's-joe', { id: 'o-1', text: 'привет' });
        await joe.until(hasText('привет'));
        expect(texts(joe, 'message')).to.deep.equal(['hello', 'привет']);
      });
    }
  }

  it('gives back the server it was given, with its namespaces', async () => {
    const server = createServer();
    const io = new Server(server, { allowEIO3: true });
    const made = library.service(io, authenticators, undefined, quiet());
    expect(made.io).to.equal(io);
    expect(made).to.include.all.keys('io', 'controller', 'store', 'configureLocales');
    await made.stop();
  });

  it('refuses a server that is not Socket.IO 4 and says what to pass', () => {
    const older = { of() {}, on() {}, sockets: {}, nsps: {}, eio: {} };
    for (const server of [older, {}, () => {}]) {
      expect(() => library.service(server, authenticators)).to.throw(
        TypeError,
        /service\(httpServer, authenticators\)/,
      );
    }
  });

  it('warns of a Socket.IO server that clients 1.x and 2.x cannot reach, and of no other', async () => {
    const warnings: string[] = [];
    const note = (warning: Error): number => warnings.push(warning.message);
    process.on('warning', note);
    const servers = [
      new Server(createServer()),
      new Server(createServer(), { allowEIO3: true }),
      new Server({ allowEIO3: true }),
    ];
    for (const io of servers) await library.service(io, authenticators, undefined, quiet()).stop();
    process.off('warning', note);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/allowEIO3/);
  });

  it('keeps every letter of clients 1.7.4 that only poll, on an http server', async () => {
    const on = await mounted('http', open);
    const joe = on.customer('joe', '1.7.4', { transports: ['polling'] });
    await joe.next('log');
    joe.say('message', { id: 'm-1', text: 'grüezi 🙂' });
    expect(await joe.next('message')).to.have.nested.property('[0].text', 'grüezi 🙂');
  });

  it('refuses to be without authenticators, and names them', () => {
    const { agentAuthenticator, customerAuthenticator } = authenticators;
    const some = { agentAuthenticator, customerAuthenticator };
    expect(() => Reflect.apply(library.service, undefined, [createServer(), some])).to.throw(
      TypeError,
      /operatorAuthenticator/,
    );
    expect(() => Reflect.apply(library.service, undefined, [createServer()])).to.throw(
      TypeError,
      /customerAuthenticator/,
    );
  });

  it('leaves handlers of the team on its sockets alone', async () => {
    const on = await mounted('io', open);
    const heard: unknown[] = [];
    on.io.of('/customer').on('connection', (socket) => {
      socket.onAny((name: string) => heard.push(name));
      socket.on('survey', (stars: number, done: (answer: string) => void) => done(`${stars} stars`));
      socket.emit('status', 'of the team');
    });
    const joe = on.customer('joe');
    await joe.next('log');
    expect(await joe.ask('survey', 5)).to.deep.equal(['5 stars']);
    joe.say('message', { id: 1, text: 'hello' });
    await joe.until(hasText('hello'));
    expect(heard).to.deep.equal(['survey', 'message']);
    expect(joe.heard.filter(({ name }) => name === 'status').map(({ args }) => args[0])).to.deep.equal([
      'of the team',
      'new',
      'pending',
    ]);
  });

  it('accepts nobody until told, by the state it starts with or by an action', async () => {
    const on = await mounted();
    const olga = on.operator('olga');
    await olga.next('broadcast.state');
    await olga.ask('status', 'available');
    const joe = on.customer('joe');
    expect(await joe.next('accept')).to.deep.equal([false]);
    on.store.dispatch({ type: 'SET_SYSTEM_ACCEPTS_CUSTOMERS', isEnabled: true });
    expect(on.store.getState().operators.system.acceptsCustomers).to.equal(true);
    expect(await joe.next('accept')).to.deep.equal([true]);
  });

  it('shows a chat through its life in the state: new, pending, assigned, closed', async () => {
    const on = await mounted('http', open);
    const joe = on.customer('joe');
    await joe.next('log');
    await stateWith(on, ({ chatlist }) => chatlist['s-joe']?.[0] === 'new');
    joe.say('message', { id: 'm-1', text: 'hello' });
    await stateWith(on, ({ chatlist }) => chatlist['s-joe']?.[0] === 'pending');
    const olga = on.operator('olga');
    await olga.next('broadcast.state');
    await olga.ask('status', 'available');
    await stateWith(on, ({ chatlist }) => chatlist['s-joe']?.[0] === 'assigned');
    const { operators, chatlist } = on.store.getState();
    expect(operators.user_sockets['olga']).to.have.length(1);
    expect(chatlist['s-joe']?.[1]).to.include({ id: 's-joe', user_id: 'joe', name: 'JOE' });
    expect(chatlist['s-joe']?.[4]).to.deep.equal({ olga: true });
    olga.say('chat.close', 's-joe');
    await stateWith(on, ({ chatlist: chats }) => chats['s-joe']?.[0] === 'closed');
    expect(on.store.getState().chatlist['s-joe']?.slice(1, 3)).to.deep.equal(chatlist['s-joe']?.slice(1, 3));
  });

  it('a customer who goes without a word leaves nothing in the state', async () => {
    const on = await mounted();
    const joe = on.customer('joe');
    await joe.next('log');
    await stateWith(on, ({ chatlist }) => 's-joe' in chatlist);
    joe.close();
    await stateWith(on, ({ chatlist }) => !('s-joe' in chatlist));
  });

  it('shows what is dispatched in the same turn, and tells every operator', async () => {
    const on = await mounted('http', open);
    const olga = on.operator('olga');
    await olga.next('broadcast.state');
    await stateWith(on, ({ operators }) => 'olga' in operators.identities);
    on.store.dispatch({ type: 'ADD_GROUP', id: 'vip', name: 'VIP', exclusive: true });
    on.store.dispatch({ type: 'ADD_GROUP_MEMBER', group_id: 'vip', operator_id: 'olga' });
    on.store.dispatch({ type: 'SET_OPERATOR_CAPACITY', locale: 'en-US', capacity: 7, __remote_user: { id: 'olga' } });
    const vip = { id: 'vip', name: 'VIP', exclusive: true, members: { olga: true } };
    expect(on.store.getState().groups['vip']).to.deep.equal(vip);
    const seen: unknown[] = [];
    on.store.subscribe(() => seen.push(on.store.getState().groups['vip']));
    await olga.until((heard) => JSON.stringify(heard).includes('"capacity":7'));
    expect(seen.filter((group) => JSON.stringify(group) !== JSON.stringify(vip))).to.deep.equal([]);
    const [, state] = await olga.ask('broadcast.state');
    expect(state).to.have.nested.property('groups.vip').that.deep.equals(vip);
    expect(state).to.have.nested.property('locales.memberships.en-US.olga.capacity', 7);
    expect(on.store.getState().locales.memberships['en-US']?.['olga']?.capacity).to.equal(7);
  });

  it('holds what operators share, to the letter', async () => {
    const on = await mounted('http', open);
    const { olga } = await conversation(on);
    const emma = on.operator('emma');
    await emma.next('broadcast.state');
    emma.say('chat.join', 's-joe');
    on.customer('ann').say('message', { id: 'm-2', text: 'me too' });
    on.store.dispatch({ type: 'ADD_GROUP', id: 'vip', name: 'VIP' });
    on.store.dispatch({ type: 'SET_OPERATOR_CAPACITY', locale: 'en-US', capacity: 9, __remote_user: { id: 'emma' } });
    await emma.until((heard) => JSON.stringify(heard).includes('"capacity":9'));
    olga.say('chat.transfer', 's-joe', 'emma');
    await emma.until(hasText('chat transferred'));
    // Whose a chat is shows him as he was when he got it, which operators are told a little later.
    const told = (id: string, operator: string): RegExp =>
      new RegExp(`"${id}":{"o":".","v":\\["assigned",{[^}]*},{"id":"${operator}"`);
    await emma.until((heard) => told('s-joe', 'emma').test(JSON.stringify(heard)));
    await emma.until((heard) => told('s-ann', 'olga').test(JSON.stringify(heard)));
    olga.close();
    await stateWith(on, ({ operators }) => operators.identities['olga']?.['online'] === false);
    await emma.until((heard) => JSON.stringify(heard.at(-1)).includes('"online":false'));
    const [, shared] = await emma.ask('broadcast.state');
    const { operators, chatlist, groups, locales } = on.store.getState();
    const { identities, system } = operators;
    const ours = { operators: { identities, system }, chatlist, groups, locales };
    expect(JSON.parse(JSON.stringify(ours))).to.deep.equal(shared);
  });

  it('takes back what the core sees otherwise', async () => {
    const on = await mounted('http', open);
    await conversation(on);
    on.store.dispatch({ type: 'SET_CHAT_OPERATOR', chat_id: 's-joe', operator: { id: 'nobody' } });
    expect(on.store.getState().chatlist['s-joe']?.[2]).to.deep.equal({ id: 'nobody' });
    await stateWith(on, ({ chatlist }) => JSON.stringify(chatlist['s-joe']?.[2]).includes('olga'));
    expect(statusOf(on, 's-joe')).to.equal('assigned');
    on.store.dispatch({ type: 'OPERATOR_CHAT_JOIN', chat_id: 'no such chat', user: { id: 'olga' } });
    expect(on.store.getState().chatlist).to.have.all.keys('s-joe');
  });

  describe('with actions of the team', () => {
    it('closes, joins, leaves and transfers chats', async () => {
      const on = await mounted('http', open);
      const { joe, olga } = await conversation(on);
      const emma = on.operator('emma');
      await emma.next('broadcast.state');
      on.store.dispatch({ type: 'OPERATOR_CHAT_JOIN', chat_id: 's-joe', user: { id: 'emma' } });
      expect(on.store.getState().chatlist['s-joe']?.[4]).to.deep.equal({ olga: true, emma: true });
      await emma.next('chat.open');
      on.store.dispatch({ type: 'OPERATOR_CHAT_LEAVE', chat_id: 's-joe', user: { id: 'emma' } });
      await emma.next('chat.leave');
      on.store.dispatch({ type: 'OPERATOR_CHAT_TRANSFER', chat_id: 's-joe', user: { id: 'olga' }, toUserId: 'emma' });
      await emma.next('chat.open');
      await emma.until(hasText('chat transferred'));
      on.store.dispatch({ type: 'CLOSE_CHAT', chat_id: 's-joe', operator: { id: 'emma' } });
      expect(statusOf(on, 's-joe')).to.equal('closed');
      const [chat, by] = await emma.next('chat.close');
      expect(chat).to.include({ id: 's-joe' });
      expect(by).to.include({ id: 'emma' });
      await joe.until((heard) => heard.some(({ name, args }) => name === 'status' && args[0] === 'closed'));
      expect(statusOf(on, 's-joe')).to.equal('closed');
      olga.close();
    });

    it('says things as a customer, an operator and an agent', async () => {
      const on = await mounted('http', open);
      const { joe, olga } = await conversation(on);
      const chat = { id: 's-joe', user_id: 'joe' };
      on.store.dispatch({ type: 'CUSTOMER_INBOUND_MESSAGE', chat, message: { id: 'c', text: 'from my phone' } });
      on.store.dispatch({
        type: 'OPERATOR_INBOUND_MESSAGE',
        chat_id: 's-joe',
        user: { id: 'olga' },
        message: { id: 'o', text: 'by rule' },
      });
      on.store.dispatch({
        type: 'AGENT_INBOUND_MESSAGE',
        agent: { id: 'robot' },
        message: { id: 'a', session_id: 's-joe', text: 'by robot', meta: { k: 1 } },
      });
      await joe.until(hasText('by robot'));
      await olga.until(hasText('by robot'));
      expect(texts(joe, 'message')).to.deep.equal(['hello', 'from my phone', 'by rule', 'by robot']);
      const last = joe.heard.findLast(({ name }) => name === 'message')?.args[0];
      expect(last).to.deep.include({ id: 'a', source: 'agent', meta: { k: 1 } });
    });

    it('inserts a chat of a customer who is not there, and puts operators offline', async () => {
      const on = await mounted('http', open);
      const chat = { id: 's-ann', user_id: 8, username: 'ann', name: 'Ann', picture: '' };
      on.store.dispatch({ type: 'INSERT_PENDING_CHAT', chat });
      expect(statusOf(on, 's-ann')).to.equal('pending');
      const olga = on.operator('olga');
      await olga.next('broadcast.state');
      await olga.ask('status', 'available');
      const [opened] = await olga.next('chat.open');
      expect(opened).to.deep.include(chat);
      on.store.dispatch({ type: 'AUTOCLOSE_CHAT', id: 's-ann' });
      await olga.next('chat.close');
      on.store.dispatch({ type: 'REMOVE_CHAT', id: 's-ann' });
      expect(statusOf(on, 's-ann')).to.equal(undefined);
      const before = olga.heard.length;
      on.store.dispatch({ type: 'SET_USER_OFFLINE', user: { id: 'olga' } });
      expect(on.store.getState().operators.identities['olga']).to.include({ status: 'unavailable', online: false });
      await olga.until((heard) => JSON.stringify(heard.slice(before)).includes('unavailable'));
      expect(statusOf(on, 's-ann')).to.equal(undefined);
    });

    it('configures locales, and gives capacities from before them to the default one', async () => {
      const identities = { old: { id: 'old', username: 'old', picture: '', capacity: 5 } };
      const on = await mounted('http', { operators: { identities } });
      on.configureLocales('fr', ['de']);
      const { locales } = on.store.getState();
      expect(locales).to.deep.include({ defaultLocale: 'fr', supported: ['fr', 'de'] });
      expect(locales.memberships['fr']).to.deep.equal({ old: { capacity: 5, load: 0, active: true } });
      const olga = on.operator('olga');
      const state = (await olga.next('broadcast.state'))[1];
      await olga.until((heard) => JSON.stringify(heard).includes('"fr":{'));
      expect(state).to.have.property('locales');
      const [, now] = await olga.ask('broadcast.state');
      expect(now).to.deep.nested.include({ 'locales.defaultLocale': 'fr', 'locales.supported': ['fr', 'de'] });
      expect(now).to.have.nested.property('locales.memberships.fr.old.capacity', 5);
    });
  });
});
