import { reducer, type LibraryAction, type LibraryOptions } from '@dragoman/adapter-socketio/service';
import { expect } from 'chai';
import type { Ear } from './clients.js';
import { mount, quiet, stateWith, type LibraryStage } from './library-stage.js';

/**
 * What the original's own tests say of its store, each by its number: of the reducer alone where they are about one action,
 * with real clients where they are about what the program tells [HCS tests].
 */

type State = ReturnType<typeof reducer>;
type Action = Parameters<typeof reducer>[1];
type Middleware = NonNullable<LibraryOptions['middlewares']>[number];

const after = (...actions: readonly Action[]): State =>
  actions.reduce<State | undefined>(reducer, undefined) ?? reducer(undefined, { type: '@@INIT' });

const chat = (id: string | number): object => ({ id, user_id: 7, username: 'joe', name: 'Joe', picture: '' });
const opened = (id: string | number): Action => ({ type: 'INSERT_PENDING_CHAT', chat: chat(id) });
const given = (chat_id: unknown, operatorId: unknown): Action => ({
  type: 'SET_CHAT_OPERATOR',
  chat_id,
  operator: { id: operatorId },
});
const ready = (id: unknown): Action => ({ type: 'OPERATOR_READY', user: { id, username: 'o' }, socket: { id: 'a' } });
const remote = (id: unknown, action: object): Action => ({ type: '', __remote_user: { id }, ...action });
const statusOf = (state: State, id: string): unknown => state.chatlist[id]?.[0];
const membersOf = (state: State, id: string): unknown => state.chatlist[id]?.[4];

describe('the chat list of the original', () => {
  const state = after(opened('a'), given('a', 'o1'), opened('b'), given('b', 'o2'), opened('c'), {
    type: 'SET_CHAT_MISSED',
    chat_id: 'c',
  });
  const idsWhere = (holds: (record: State['chatlist'][string]) => boolean): string[] =>
    Object.entries(state.chatlist).flatMap(([id, record]) => (holds(record) ? id : []));

  it('27–31, 33: is empty at first, and tells of each chat its status and whose it is', () => {
    expect(after().chatlist).to.deep.equal({});
    expect(idsWhere(([, , operator]) => Reflect.get(Object(operator), 'id') === 'o1')).to.deep.equal(['a']);
    expect(idsWhere(([status]) => status === 'missed')).to.deep.equal(['c']);
    expect(Object.keys(state.chatlist)).to.deep.equal(['a', 'b', 'c']);
    expect(statusOf(state, 'b')).to.equal('assigned');
    expect(idsWhere(([status]) => status === 'assigned')).to.deep.equal(['a', 'b']);
  });

  it('34, 35, 44: a chat is inserted as pending, closed, removed', () => {
    expect(statusOf(after(opened('a')), 'a')).to.equal('pending');
    expect(statusOf(after(opened('a'), { type: 'CLOSE_CHAT', chat_id: 'a', operator: { id: 'o1' } }), 'a')).to.equal(
      'closed',
    );
    expect(after(opened('a'), { type: 'REMOVE_CHAT', id: 'a' }).chatlist).to.deep.equal({});
  });

  it('36, 37: who joins is a member, who leaves is none', () => {
    const join: Action = { type: 'OPERATOR_CHAT_JOIN', chat_id: 'a', user: { id: 'o1' } };
    const leave: Action = { type: 'OPERATOR_CHAT_LEAVE', chat_id: 'a', user: { id: 'o1' } };
    expect(membersOf(after(opened('a'), join), 'a')).to.deep.equal({ o1: true });
    expect(membersOf(after(opened('a'), join, leave), 'a')).to.deep.equal({});
  });

  it('38, 54: who is given a chat is its operator and a member', () => {
    const assigned = after(opened('a'), given('a', 'o1'));
    expect(assigned.chatlist['a']?.[2]).to.deep.equal({ id: 'o1' });
    expect(membersOf(assigned, 'a')).to.deep.equal({ o1: true });
  });

  it('39, 43: ids may be numbers', () => {
    const leave: Action = { type: 'OPERATOR_CHAT_LEAVE', chat_id: 5, user: { id: 6 } };
    expect(membersOf(after(opened(5), given(5, 6), leave), '5')).to.deep.equal({});
    expect(statusOf(after(opened(5), { type: 'CLOSE_CHAT', chat_id: 5, operator: {} }), '5')).to.equal('closed');
  });

  it('42: what is kept over a restart is what is assigned', () => {
    expect(Object.keys(reducer(state, { type: 'SERIALIZE' }).chatlist)).to.deep.equal(['a', 'b']);
  });
});

describe('the groups and locales of the original', () => {
  const vip: Action = { type: 'ADD_GROUP', id: 'vip', name: 'VIP' };
  const configured = (defaultLocale: unknown, supported?: readonly string[]): readonly string[] =>
    after({ type: 'CONFIGURE_LOCALES', defaultLocale, ...(supported && { supported }) }).locales.supported;

  it('104–108: the default group is there and can be named anew, others come and go', () => {
    expect(after().groups).to.have.all.keys('__default');
    expect(after(vip).groups).to.have.all.keys('__default', 'vip');
    expect(after({ type: 'REMOVE_GROUP', id: '__default' }).groups).to.have.all.keys('__default');
    expect(after({ type: 'ADD_GROUP', id: '__default', name: 'All' }).groups['__default']?.name).to.equal('All');
    expect(after(vip, { type: 'REMOVE_GROUP', id: 'vip' }).groups).to.have.all.keys('__default');
  });

  it('109–112: members come and go, by the program and by their own remote action', () => {
    const member = (isMember: boolean): Action =>
      remote('o1', { type: 'UPDATE_OPERATOR_MEMBERSHIP', group_id: 'vip', isMember });
    const byProgram = (type: string): Action => ({ type, group_id: 'vip', operator_id: 'o1' });
    expect(after(vip, byProgram('ADD_GROUP_MEMBER')).groups['vip']?.members).to.deep.equal({ o1: true });
    expect(
      after(vip, byProgram('ADD_GROUP_MEMBER'), byProgram('REMOVE_GROUP_MEMBER')).groups['vip']?.members,
    ).to.deep.equal({});
    expect(after(vip, member(true)).groups['vip']?.members).to.deep.equal({ o1: true });
    expect(after(vip, member(true), member(false)).groups['vip']?.members).to.deep.equal({});
  });

  it('116–119: there is always a default locale, first where it was not named', () => {
    expect(after().locales).to.deep.include({ defaultLocale: 'en-US', supported: ['en-US'] });
    expect(configured('en', ['fr', 'de'])).to.deep.equal(['en', 'fr', 'de']);
    expect(configured('fr')).to.deep.equal(['fr']);
    expect(configured('en', ['fr', 'en'])).to.deep.equal(['fr', 'en']);
  });

  it('120, 121: a membership starts active, without load, with three at a time', () => {
    const added = after({ type: 'ADD_USER_LOCALE', locale: 'fr', operator_id: 'o1' });
    expect(added.locales.memberships['fr']?.['o1']).to.deep.equal({ active: true, capacity: 3, load: 0 });
  });
});

describe('the operators of the original', () => {
  const identity = (...actions: readonly Action[]): Readonly<Record<string, unknown>> | undefined =>
    after(ready('o1'), ...actions).operators.identities['o1'];

  it('123, 126: set their status, and ask for a chat', () => {
    expect(identity(remote('o1', { type: 'SET_OPERATOR_STATUS', status: 'available' }))?.['status']).to.equal(
      'available',
    );
    const asks = remote('o1', { type: 'SET_OPERATOR_REQUESTING_CHAT', requestingChat: true });
    expect(identity(asks)?.['requestingChat']).to.equal(true);
  });

  it('124: a capacity that is no number leaves everything as it was', () => {
    const state = after(ready('o1'));
    const odd = remote('o1', { type: 'SET_OPERATOR_CAPACITY', locale: 'en-US', capacity: 'many' });
    expect(reducer(state, odd)).to.equal(state);
  });

  it('125: with a number for an id are online all the same', () => {
    expect(after(ready(5)).operators.identities['5']).to.deep.include({ online: true });
  });

  it('127, 128: keep no sockets over a restart, and are unavailable once they are offline', () => {
    expect(reducer(after(ready('o1')), { type: 'SERIALIZE' }).operators).to.deep.include({
      sockets: {},
      user_sockets: {},
    });
    expect(identity({ type: 'SET_USER_OFFLINE', user: { id: 'o1' } })).to.deep.include({
      online: false,
      status: 'unavailable',
    });
  });
});

describe('what the program of the original tells', () => {
  const open = { operators: { system: { acceptsCustomers: true } } };
  let stage: LibraryStage | undefined;

  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });

  async function watched(): Promise<{ readonly on: LibraryStage; readonly seen: LibraryAction[] }> {
    const seen: LibraryAction[] = [];
    const watch: Middleware = () => (next) => (action) => {
      if (typeof action === 'object' && action !== null && 'type' in action) seen.push(action as LibraryAction);
      return next(action);
    };
    stage = await mount('http', open, quiet({ middlewares: [watch] }));
    return { on: stage, seen };
  }

  async function atWork(on: LibraryStage, id: string): Promise<Ear> {
    const ear = on.operator(id);
    await ear.next('broadcast.state');
    await ear.ask('status', 'available');
    return ear;
  }

  async function talking(on: LibraryStage, id: string, operatorId: string): Promise<Ear> {
    const ear = on.customer(id);
    await ear.next('log');
    ear.say('message', { id: `m-${id}`, text: 'hello' });
    await stateWith(on, ({ chatlist }) => JSON.stringify(chatlist[`s-${id}`]?.[2] ?? '').includes(`"${operatorId}"`));
    return ear;
  }

  const told = (seen: readonly LibraryAction[], type: string): readonly LibraryAction[] =>
    seen.filter((action) => action.type === type);

  it('13: an enhancer that was passed in sees what is dispatched from outside', async () => {
    const seen: unknown[] = [];
    const enhancer: NonNullable<LibraryOptions['enhancers']>[number] = (create) => (reduce, state) => {
      const store = create(reduce, state);
      return { ...store, dispatch: (action) => (seen.push(action.type), store.dispatch(action)) };
    };
    stage = await mount('http', open, quiet({ enhancers: [enhancer] }));
    stage.store.dispatch({ type: 'ADD_GROUP', id: 'vip' });
    expect(seen).to.deep.equal(['ADD_GROUP']);
  });

  it('22–24: acceptance, capacity and status may be asked for from afar, and show in the store', async () => {
    const { on } = await watched();
    const olga = await atWork(on, 'olga');
    const asked = (action: object): Promise<readonly unknown[]> => olga.ask('broadcast.dispatch', action);
    for (const action of [
      { type: 'SET_SYSTEM_ACCEPTS_CUSTOMERS', isEnabled: false },
      { type: 'SET_OPERATOR_CAPACITY', locale: 'en-US', capacity: 8 },
      { type: 'SET_OPERATOR_STATUS', status: 'reserve' },
    ]) {
      expect((await asked(action))[0], action.type).to.equal(null);
    }
    await stateWith(on, ({ operators, locales }) => {
      const { system, identities } = operators;
      const { capacity } = locales.memberships['en-US']?.['olga'] ?? {};
      return !system.acceptsCustomers && identities['olga']?.['status'] === 'reserve' && capacity === 8;
    });
  });

  it('32, 40, 41: who goes abandons his chats and no others, and has them again when he is back', async () => {
    const { on } = await watched();
    const olga = await atWork(on, 'olga');
    await talking(on, 'joe', 'olga');
    await olga.ask('status', 'reserve');
    await atWork(on, 'emma');
    await talking(on, 'ann', 'emma');
    olga.close();
    await stateWith(on, ({ chatlist }) => chatlist['s-joe']?.[0] === 'abandoned');
    expect(statusOf(on.store.getState(), 's-ann')).to.equal('assigned');
    on.operator('olga');
    await stateWith(on, ({ chatlist }) => chatlist['s-joe']?.[0] === 'assigned');
    expect(membersOf(on.store.getState(), 's-joe')).to.deep.equal({ olga: true });
    expect(membersOf(on.store.getState(), 's-ann')).to.deep.equal({ emma: true });
  });

  it('50, 115: an assignment is asked for, and counts in the load of its locale', async () => {
    const { on, seen } = await watched();
    await atWork(on, 'olga');
    await talking(on, 'joe', 'olga');
    expect(told(seen, 'NOTIFY_CHAT_STATUS_CHANGED').map(({ status }) => status)).to.include('assigning');
    await stateWith(on, ({ locales }) => locales.memberships['en-US']?.['olga']?.load === 1);
  });

  it('58: a transfer names the chat, who gives it and who gets it', async () => {
    const { on } = await watched();
    await atWork(on, 'olga');
    await talking(on, 'joe', 'olga');
    const emma = await atWork(on, 'emma');
    on.store.dispatch({ type: 'OPERATOR_CHAT_TRANSFER', chat_id: 's-joe', user: { id: 'olga' }, toUserId: 'emma' });
    await emma.until((heard) => JSON.stringify(heard).includes('"transfer"'));
    const [, message] = emma.heard.findLast(({ args }) => JSON.stringify(args).includes('"transfer"'))?.args ?? [];
    expect(message).to.have.nested.property('meta.from.id', 'olga');
    expect(message).to.have.nested.property('meta.to.id', 'emma');
  });

  it('80, 81, 102: customers who join and leave are told, each connection of his before he is gone', async () => {
    const { on, seen } = await watched();
    const joe = on.customer('joe');
    await joe.next('log');
    joe.say('message', { id: 'm-1', text: 'hello' });
    await stateWith(on, ({ chatlist }) => chatlist['s-joe']?.[0] === 'pending');
    joe.close();
    await stateWith(on, ({ chatlist }) => chatlist['s-joe']?.[0] === 'customer-disconnect');
    expect(told(seen, 'CUSTOMER_JOIN')).to.have.length(1);
    expect(told(seen, 'CUSTOMER_JOIN')[0]).to.have.nested.property('chat.id', 's-joe');
    expect(told(seen, 'CUSTOMER_DISCONNECT')).to.have.length(1);
  });

  it('122: capacities from before there were locales are those of the default one', async () => {
    const before = {
      operators: { identities: { a: { id: 'a', capacity: 5 }, b: { id: 'b', capacity: 0 }, c: { id: 'c' } } },
    };
    stage = await mount('http', before);
    stage.configureLocales('en', ['en', 'fr']);
    const { en } = stage.store.getState().locales.memberships;
    expect(en?.['a']?.capacity).to.equal(5);
    expect([en?.['b'], en?.['c']]).to.deep.equal([undefined, undefined]);
  });

  it('130, 136: operators who are ready, and customers who are blocked', async () => {
    const { on, seen } = await watched();
    const olga = await atWork(on, 'olga');
    await talking(on, 'joe', 'olga');
    expect(told(seen, 'OPERATOR_READY')[0]).to.have.nested.property('user.id', 'olga');
    olga.say('chat.block', 's-joe');
    await olga.until((heard) => JSON.stringify(heard).includes('customer blocked'));
    expect(told(seen, 'CUSTOMER_BLOCK')).to.have.length(1);
  });

  it('137: who asks for a transcript, of which chat and up to when', async () => {
    const { on, seen } = await watched();
    const olga = await atWork(on, 'olga');
    await talking(on, 'joe', 'olga');
    await olga.ask('chat.transcript', 's-joe', 1000);
    expect(told(seen, 'OPERATOR_CHAT_TRANSCRIPT_REQUEST')[0]).to.deep.include({ chat_id: 's-joe', timestamp: 1000 });
  });
});
