import type { LibraryAction, LibraryOptions, LogCache } from '@dragoman/adapter-socketio/service';
import { createMemoryStore, silentLog, systemClock, systemIds } from '@dragoman/core';
import { expect } from 'chai';
import type { Ear } from './clients.js';
import { mount, quiet, stateWith, type LibraryStage } from './library-stage.js';

type Middleware = NonNullable<LibraryOptions['middlewares']>[number];
type Enhancer = NonNullable<LibraryOptions['enhancers']>[number];

const open = { operators: { system: { acceptsCustomers: true } } };

function texts(ear: Ear, name: string): unknown[] {
  return ear.heard.filter((frame) => frame.name === name).map(({ args }) => Reflect.get(Object(args.at(-1)), 'text'));
}

function hasText(text: string): (heard: Ear['heard']) => boolean {
  return (heard) => heard.some(({ args }) => Reflect.get(Object(args.at(-1)), 'text') === text);
}

/** Remembers every action it sees. */
function watching(seen: LibraryAction[]): Middleware {
  return () => (next) => (action) => {
    if (isAction(action)) seen.push(action);
    return next(action);
  };
}

function isAction(action: unknown): action is LibraryAction {
  return typeof action === 'object' && action !== null && 'type' in action;
}

describe('the happychat library, extended', () => {
  let stage: LibraryStage | undefined;

  async function mounted(...args: Parameters<typeof mount>): Promise<LibraryStage> {
    stage = await mount(...args);
    return stage;
  }

  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });

  async function customer(on: LibraryStage, id: string): Promise<Ear> {
    const ear = on.customer(id);
    await ear.next('log');
    return ear;
  }

  async function operator(on: LibraryStage, id: string): Promise<Ear> {
    const ear = on.operator(id);
    await ear.next('broadcast.state');
    await ear.ask('status', 'available');
    return ear;
  }

  it('an enhancer sees what the team dispatches and nothing else, in a list or among options', async () => {
    const seen: unknown[] = [];
    const enhancer: Enhancer = (create) => (reducer, state) => {
      const store = create(reducer, state);
      return {
        ...store,
        dispatch(action) {
          seen.push(action.type);
          return store.dispatch(action);
        },
      };
    };
    for (const options of [[enhancer], quiet({ enhancers: [enhancer] })]) {
      const on = await mounted('http', undefined, options);
      await customer(on, 'joe');
      on.store.dispatch({ type: 'REMOVE_GROUP', id: 'nothing' });
      await on.close();
    }
    expect(seen).to.deep.equal(['REMOVE_GROUP', 'REMOVE_GROUP']);
  });

  it('a middleware sees who comes and goes, every message, and every change of status', async () => {
    const seen: LibraryAction[] = [];
    const on = await mounted('http', open, quiet({ middlewares: [watching(seen)] }));
    const joe = await customer(on, 'joe');
    joe.say('message', { id: 'm-1', text: 'hello', meta: { k: 1 } });
    await joe.until(hasText('hello'));
    const olga = await operator(on, 'olga');
    await olga.until(hasText('operator assigned'));
    olga.say('chat.block', 's-joe');
    await olga.until(hasText('customer blocked'));
    const agent = on.agent();
    await agent.next('init');
    await agent.ask('system.info');
    joe.close();
    await stateWith(on, ({ chatlist }) => chatlist['s-joe']?.[0] === 'customer-disconnect');
    const types = seen.map(({ type }) => type);
    expect(types).to.include.members([
      'CUSTOMER_JOIN',
      'RECEIVE_CHAT_MESSAGE',
      'CUSTOMER_RECEIVE_MESSAGE',
      'OPERATOR_RECEIVE_MESSAGE',
      'AGENT_RECEIVE_MESSAGE',
      'OPERATOR_READY',
      'CUSTOMER_BLOCK',
      'AGENT_SYSTEM_INFO',
    ]);
    const [first] = seen.filter(({ type }) => type === 'RECEIVE_CHAT_MESSAGE');
    expect(first).to.deep.include({ origin: 'customer' });
    expect(first).to.have.property('chat').that.includes({ id: 's-joe', user_id: 'joe', name: 'JOE' });
    expect(first)
      .to.have.property('message')
      .that.deep.includes({ id: 'm-1', text: 'hello', session_id: 's-joe', meta: { k: 1 } });
    const statuses = seen.filter(({ type }) => type === 'NOTIFY_CHAT_STATUS_CHANGED');
    expect(statuses.map(({ chat_id, lastStatus, status }) => [chat_id, lastStatus, status])).to.deep.equal([
      ['s-joe', 'new', 'pending'],
      ['s-joe', 'pending', 'assigning'],
      ['s-joe', 'assigning', 'assigned'],
      ['s-joe', 'assigned', 'customer-disconnect'],
    ]);
    const openings = seen.filter(({ type }) => type === 'NOTIFY_SYSTEM_STATUS_CHANGE').map(({ enabled }) => enabled);
    expect(openings).to.deep.include(['en-US-__default']);
  });

  it('a middleware may swallow an action: neither the state nor the core hears of it', async () => {
    const deaf: Middleware = () => (next) => (action) =>
      isAction(action) && action.type === 'ADD_GROUP' ? undefined : next(action);
    const on = await mounted('http', open, quiet({ middlewares: [deaf] }));
    expect(on.store.dispatch({ type: 'ADD_GROUP', id: 'vip' })).to.equal(undefined);
    const olga = await operator(on, 'olga');
    const [, state] = await olga.ask('broadcast.state');
    expect(state).to.have.property('groups').that.has.all.keys('__default');
    expect(on.store.getState().groups).to.have.all.keys('__default');
  });

  it('what operators dispatch passes through the middlewares, which may swallow it', async () => {
    const seen: LibraryAction[] = [];
    const strict: Middleware = () => (next) => (action) => {
      if (isAction(action) && '__remote_user' in action) seen.push(action);
      return isAction(action) && action['capacity'] === 99 ? undefined : next(action);
    };
    const on = await mounted('http', open, quiet({ middlewares: [strict] }));
    const olga = await operator(on, 'olga');
    const capacity = (value: number): object => ({ type: 'SET_OPERATOR_CAPACITY', locale: 'en-US', capacity: value });
    olga.say('broadcast.dispatch', capacity(99));
    const [error, version] = await olga.ask('broadcast.dispatch', { ...capacity(7), __remote_user: { id: 'emma' } });
    expect(error).to.equal(null);
    expect(version).to.be.a('string');
    expect(seen.map(({ type, capacity: value }) => [type, value])).to.deep.equal([
      ['SET_OPERATOR_CAPACITY', 99],
      ['SET_OPERATOR_CAPACITY', 7],
    ]);
    expect(seen.map(({ __remote_user: user }) => Reflect.get(Object(user), 'id'))).to.deep.equal(['olga', 'olga']);
    expect(on.store.getState().locales.memberships['en-US']?.['olga']?.capacity).to.equal(7);
    expect(await olga.ask('broadcast.dispatch', { type: 'ADD_GROUP', id: 'x' })).to.deep.equal([
      'Remote dispatch not allowed',
    ]);
  });

  it('a middleware that throws, and a subscriber, take nothing from the clients', async () => {
    const broken: Middleware = () => () => (action) => {
      throw new Error(`no ${isAction(action) ? action.type : ''}`);
    };
    const on = await mounted('http', open, quiet({ middlewares: [broken] }));
    const joe = await customer(on, 'joe');
    joe.say('message', { id: 'm-1', text: 'hello' });
    await joe.until(hasText('hello'));
    const olga = await operator(on, 'olga');
    const [error] = await olga.ask('broadcast.dispatch', {
      type: 'SET_OPERATOR_REQUESTING_CHAT',
      requestingChat: true,
    });
    expect(error).to.equal(null);
  });

  it('a middleware answers for transcripts by a promise; without one the gateway does', async () => {
    const asked: LibraryAction[] = [];
    const messages = [{ id: 'x', text: 'of old' }];
    const answering: Middleware = () => (next) => (action) => {
      if (!isAction(action) || !action.type.endsWith('TRANSCRIPT_REQUEST')) return next(action);
      asked.push(action);
      if (action['timestamp'] === 1000) return Promise.resolve({ timestamp: 1000, messages });
      return action['timestamp'] === 2000 ? Promise.reject(new Error('no archive')) : next(action);
    };
    const on = await mounted('http', open, quiet({ middlewares: [answering] }));
    const joe = await customer(on, 'joe');
    joe.say('message', { id: 'm-1', text: 'hello' });
    await joe.until(hasText('hello'));
    expect(await joe.ask('transcript', 1000)).to.deep.equal([null, { timestamp: 1000, messages }]);
    expect(await joe.ask('transcript', 2000)).to.deep.equal(['no archive', null]);
    expect(await joe.ask('transcript', null)).to.have.nested.property('[1].messages[0].text', 'hello');
    const olga = await operator(on, 'olga');
    expect(await olga.ask('chat.transcript', 's-joe', 1000)).to.deep.equal([null, { timestamp: 1000, messages }]);
    expect(asked.map(({ type, chat_id, timestamp }) => [type, chat_id, timestamp])).to.deep.equal([
      ['CUSTOMER_CHAT_TRANSCRIPT_REQUEST', 's-joe', 1000],
      ['CUSTOMER_CHAT_TRANSCRIPT_REQUEST', 's-joe', 2000],
      ['CUSTOMER_CHAT_TRANSCRIPT_REQUEST', 's-joe', null],
      ['OPERATOR_CHAT_TRANSCRIPT_REQUEST', 's-joe', 1000],
    ]);
  });

  it('filters rewrite, drop and fail, at once, by a promise or by their second parameter', async () => {
    const seen: unknown[] = [];
    const withText = (message: object, text: string): object => ({ ...message, text });
    const on = await mounted('http', open, quiet(), undefined, [
      ({ origin, destination, chat, message }) => {
        seen.push([origin, destination, chat['id'], message['id'], message['text'], message['source']]);
        return message;
      },
      () => {
        throw new Error('a broken filter');
      },
      async ({ destination, message }) => (destination === 'customer' ? withText(message, 'for customers') : message),
    ]);
    const made = on.controller
      .middleware(({ destination, message }, next) =>
        next(destination === 'operator' ? withText(message, 'for operators') : message),
      )
      .middleware(({ destination, message }) => destination !== 'agent' && message);
    expect(made).to.equal(on.controller);
    const agent = on.agent();
    await agent.next('init');
    const olga = await operator(on, 'olga');
    const joe = await customer(on, 'joe');
    joe.say('message', { id: 7, text: 'hello', meta: { k: 1 } });
    await joe.until(hasText('for customers'));
    await olga.until(hasText('operator assigned'));
    const log = olga.heard.find(({ name }) => name === 'log')?.args[1];
    expect(log).to.have.nested.property('[0].text', 'for operators');
    expect(log).to.have.deep.nested.property('[0].meta', { k: 1 });
    await agent.until(hasText('operator assigned'));
    expect(texts(agent, 'message')).not.to.include('hello');
    expect(seen).to.deep.equal(
      ['customer', 'operator', 'agent'].map((to) => ['customer', to, 's-joe', 7, 'hello', 'customer']),
    );
  });

  it('a filter sees who an operator is, and changes what stands beside the words', async () => {
    const users: unknown[] = [];
    const on = await mounted('http', open, quiet(), undefined, [
      ({ origin, user, message }) => {
        if (origin !== 'operator') return message;
        users.push(user?.['id']);
        return { ...message, meta: { links: [['https://x', 0, 9]] } };
      },
    ]);
    const olga = await operator(on, 'olga');
    const joe = await customer(on, 'joe');
    joe.say('message', { id: 'm-1', text: 'hello' });
    await olga.until(hasText('operator assigned'));
    olga.say('message', 's-joe', { id: 'o-1', text: 'https://x' });
    await joe.until(hasText('https://x'));
    expect(joe.heard.at(-1)?.args[0]).to.deep.include({ id: 'o-1', meta: { links: [['https://x', 0, 9]] } });
    expect(users).to.deep.equal(['olga', 'olga', 'olga']);
  });

  it('the controller tells the log that a customer is given, and that an operator is', async () => {
    const on = await mounted('http', open);
    const logs: unknown[][] = [];
    on.controller.on('log', (...args) => logs.push(args));
    const joe = await customer(on, 'joe');
    expect(logs).to.deep.equal([[[]]]);
    joe.say('message', { id: 'm-1', text: 'hello' });
    await joe.until(hasText('hello'));
    const olga = await operator(on, 'olga');
    await olga.next('log');
    expect(logs[1]?.[0]).to.equal('s-joe');
    expect(logs[1]).to.have.nested.property('[1][0].text', 'hello');
  });

  it('logs of the team are kept and given instead of ours, and a broken one does no harm', async () => {
    const kept = new Map<string, unknown[]>();
    const build = (kind: string): LogCache => ({
      async append(id, message) {
        const key = `${kind} ${id}`;
        kept.set(key, [...(kept.get(key) ?? []), message['text']]);
        if (kind === 'customer') throw new Error('a full disk');
      },
      findLog: async (id) => [{ id: 1, text: `${kind} log of ${id}`, user: {} }],
      async evict(id) {
        kept.delete(id);
      },
    });
    const on = await mounted('http', open, quiet(), build);
    const joe = on.customer('joe');
    expect(await joe.next('log')).to.have.nested.property('[0][0].text', 'customer log of s-joe');
    joe.say('message', { id: 'm-1', text: 'hello' });
    await joe.until(hasText('hello'));
    const olga = await operator(on, 'olga');
    expect(await olga.next('log')).to.have.nested.property('[1][0].text', 'operator log of s-joe');
    await olga.until(hasText('operator assigned'));
    expect(kept.get('customer s-joe')).to.deep.equal(['hello']);
    expect(kept.get('operator s-joe')).to.deep.equal(['hello', 'operator assigned']);
  });

  it('what is to be measured passes through the wrapper of the team', async () => {
    const labels: string[] = [];
    let calls = 0;
    const on = await mounted('http', open, quiet(), undefined, undefined, (label) => {
      labels.push(label);
      return (run) =>
        (...args) => {
          calls += 1;
          return run(...args);
        };
    });
    await operator(on, 'olga');
    expect(labels).to.deep.equal(['changes']);
    expect(calls).to.be.above(0);
  });
});

describe('the happychat library, with a state to start with', () => {
  const olga = { id: 'olga', username: 'olga', displayName: 'Olga', picture: '', online: true, status: 'available' };
  const joe = { id: 's-joe', user_id: 'joe', username: 'joe', name: 'JOE', picture: '' };
  const ann = { id: 's-ann', user_id: 8, username: 'ann', name: 'Ann', picture: '' };
  const minuteAgo = Date.now() - 60_000;
  const initial = {
    operators: { identities: { olga }, system: { acceptsCustomers: true } },
    chatlist: {
      's-joe': ['assigned', joe, olga, minuteAgo, { olga: true }, null, null],
      's-ann': ['pending', ann, null, minuteAgo, {}, null, null],
      's-old': ['closed', { id: 's-old' }, null, minuteAgo],
      's-stale': ['closed', { id: 's-stale' }],
    },
    groups: { vip: { id: 'vip', name: 'VIP', exclusive: true, members: { olga: true as const } } },
    locales: {
      defaultLocale: 'fr',
      supported: ['fr', 'de'],
      memberships: { fr: { olga: { capacity: 6, load: 1, active: true } } },
    },
  };
  let stage: LibraryStage | undefined;

  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });

  it('shows it at once, and clients that come meanwhile find it', async () => {
    stage = await mount('http', initial);
    const { operators, groups, locales } = stage.store.getState();
    expect(operators.identities['olga']).to.include({ id: 'olga' });
    expect(groups['vip']).to.deep.equal(initial.groups.vip);
    expect(locales).to.include({ defaultLocale: 'fr' });
    const emma = stage.operator('emma');
    const [, shared] = await emma.next('broadcast.state');
    expect(shared).to.have.nested.property('operators.identities.olga').that.includes({ online: false });
    expect(shared).to.have.deep.nested.property('groups.vip', initial.groups.vip);
    expect(shared).to.have.nested.property('locales.memberships.fr.olga').that.deep.includes({ capacity: 6 });
    expect(shared).to.have.nested.property('chatlist.s-joe[0]', 'abandoned');
    expect(shared).to.have.nested.property('chatlist.s-ann[0]', 'pending');
    expect(shared).to.have.property('chatlist').that.has.all.keys('s-joe', 's-ann');
    await stateWith(stage, ({ chatlist }) => !('s-stale' in chatlist));
    expect(stage.store.getState().chatlist['s-old']).to.deep.equal(initial.chatlist['s-old']);
  });

  it('an operator who comes back has his chat again, and his customer finds him', async () => {
    stage = await mount('http', initial);
    const back = stage.operator('olga');
    const [chat] = await back.next('chat.open');
    expect(chat).to.deep.include(joe);
    const customer = stage.customer('joe');
    await customer.until((heard) => heard.some(({ name, args }) => name === 'status' && args[0] === 'assigned'));
    customer.say('message', { id: 'm-1', text: 'still there?' });
    await back.until(hasText('still there?'));
    expect(back.heard.findLast(({ name }) => name === 'chat.message')).to.have.nested.property('args[0].id', 's-joe');
  });

  it('chats outlive a restart where they have a storage', async () => {
    const storage = createMemoryStore({ clock: systemClock, ids: systemIds });
    const options = quiet({ storage: Object.assign(storage, { close: async () => {} }) });
    stage = await mount('http', undefined, options);
    stage.store.dispatch({ type: 'SET_SYSTEM_ACCEPTS_CUSTOMERS', isEnabled: true });
    const first = stage.customer('joe');
    await first.next('log');
    first.say('message', { id: 'm-1', text: 'hello' });
    await first.until(hasText('hello'));
    await stage.close();
    stage = await mount('http', undefined, options);
    const again = stage.customer('joe');
    expect(await again.next('log')).to.have.nested.property('[0][0].text', 'hello');
    expect(stage.store.getState().operators.system.acceptsCustomers).to.equal(true);
    expect(stage.store.getState().chatlist['s-joe']?.[0]).to.be.oneOf(['pending', 'customer-disconnect']);
  });

  it('a storage that cannot be read lets nobody in, and the log says why', async () => {
    const storage = createMemoryStore({ clock: systemClock, ids: systemIds });
    const broken = Object.assign(storage, { readStream: () => Promise.reject(new Error('no disk')) });
    const lines: string[] = [];
    const log = {
      ...silentLog,
      error: (facts: object, line: string) => lines.push(`${line}: ${JSON.stringify(facts)}`),
    };
    const failed = await mount('http', undefined, { storage: broken, log });
    const joe = failed.customer('joe');
    await joe.next('connect_error');
    expect(lines).to.deep.equal(['the service could not start: {"error":"Error: no disk"}']);
    await failed.close();
  });

  it('closes with its http server', async () => {
    stage = await mount('io', initial);
    const customer = stage.customer('joe');
    await customer.next('log');
    await stage.io.close();
    await stage.stop();
    await customer.next('disconnect');
  });
});
