import { reducer } from '@dragoman/adapter-socketio/service';
import { expect } from 'chai';

type State = ReturnType<typeof reducer>;
type Action = Parameters<typeof reducer>[1];

function after(...actions: readonly Action[]): State {
  return actions.reduce<State | undefined>(reducer, undefined) ?? reducer(undefined, { type: '@@INIT' });
}

const joe = { id: 's-7', user_id: 7, username: 'joe', name: 'Joe', picture: '' };
const olga = { id: 'op1', username: 'olga', picture: '' };
const pending: Action = { type: 'INSERT_PENDING_CHAT', chat: joe };
const ready: Action = { type: 'OPERATOR_READY', user: olga, socket: { id: 'a' } };

describe('the reducer of the happychat library', () => {
  it('starts with nobody, one group, one locale, and accepts nobody', () => {
    expect(after({ type: '@@INIT' })).to.deep.equal({
      operators: { identities: {}, system: { acceptsCustomers: false }, user_sockets: {}, sockets: {} },
      chatlist: {},
      groups: { __default: { id: '__default', name: 'Default' } },
      locales: { defaultLocale: 'en-US', supported: ['en-US'], memberships: {} },
    });
  });

  it('changes nothing for what it does not know, and stays the very same', () => {
    const state = after(pending, ready);
    for (const type of ['toString', 'constructor', '__proto__', 'CLOSE_CHAT', 'ADD_GROUP_MEMBER', 'JOIN_LOCALE']) {
      expect(reducer(state, { type }), type).to.equal(state);
    }
  });

  it('opens a pending chat, assigns it and closes it', () => {
    const statusAfter = (...actions: readonly Action[]): unknown => after(pending, ...actions).chatlist['s-7']?.[0];
    const assigned: Action = { type: 'SET_CHAT_OPERATOR', chat_id: 's-7', operator: olga };
    expect(statusAfter()).to.equal('pending');
    expect(statusAfter(assigned)).to.equal('assigned');
    expect(after(pending, assigned).chatlist['s-7']?.slice(2, 5)).to.deep.include.members([olga, { op1: true }]);
    expect(statusAfter({ type: 'SET_CHAT_MISSED', chat_id: 's-7' })).to.equal('missed');
    expect(statusAfter(assigned, { type: 'CLOSE_CHAT', chat_id: 's-7', operator: olga })).to.equal('closed');
    expect(statusAfter(assigned, { type: 'AUTOCLOSE_CHAT', id: 's-7' })).to.equal('closed');
    expect(after(pending, { type: 'REMOVE_CHAT', id: 's-7' }).chatlist).to.deep.equal({});
  });

  it('joining and leaving make members, also by numbers', () => {
    const chat: Action = { type: 'INSERT_PENDING_CHAT', chat: { ...joe, id: 5 } };
    const [join, leave] = ['JOIN', 'LEAVE'].map((word) => ({
      type: `OPERATOR_CHAT_${word}`,
      chat_id: 5,
      user: { id: 6 },
    }));
    if (join === undefined || leave === undefined) throw new Error('two actions');
    expect(after(chat, join).chatlist['5']?.[4]).to.deep.equal({ 6: true });
    expect(after(chat, join, leave).chatlist['5']?.[4]).to.deep.equal({});
    expect(after(chat, { type: 'CLOSE_CHAT', chat_id: 5 }).chatlist['5']?.[0]).to.equal('closed');
  });

  it('a customer who goes without a word leaves no chat', () => {
    const join: Action = { type: 'CUSTOMER_JOIN', chat: joe };
    const gone: Action = { type: 'CUSTOMER_DISCONNECT', chat: joe };
    expect(after(join).chatlist['s-7']?.[0]).to.equal('new');
    expect(after(join, gone).chatlist).to.deep.equal({});
    expect(after(pending, join, gone).chatlist['s-7']?.[0]).to.equal('pending');
  });

  it('closed chats go when they are stale, also those nobody knows the time of', () => {
    const state = after(pending, { type: 'CLOSE_CHAT', chat_id: 's-7' });
    const older = reducer(
      { ...state, chatlist: { ...state.chatlist, old: ['closed', { id: 'old' }] } },
      {
        type: 'REMOVE_STALE_CHATS',
        before: Date.now() - 1000,
      },
    );
    expect(Object.keys(older.chatlist)).to.deep.equal(['s-7']);
    expect(reducer(older, { type: 'REMOVE_STALE_CHATS', before: Date.now() + 1000 }).chatlist).to.deep.equal({});
  });

  it('an operator has sockets while they are open', () => {
    const second: Action = { type: 'OPERATOR_READY', user: olga, socket: { id: 'b' } };
    const gone: Action = { type: 'REMOVE_USER_SOCKET', user: olga, socket: { id: 'a' } };
    const { operators } = after(ready, second);
    expect(operators.identities['op1']).to.include({ id: 'op1', online: true, status: 'unavailable' });
    expect(operators.user_sockets).to.deep.equal({ op1: ['a', 'b'] });
    expect(operators.sockets).to.deep.equal({ a: 'op1', b: 'op1' });
    expect(after(ready, second, gone).operators.sockets).to.deep.equal({ b: 'op1' });
    expect(after(ready, second, { type: 'SERIALIZE' }).operators.sockets).to.deep.equal({});
  });

  it('the seven remote actions change the operator they name', () => {
    const of = { __remote_user: { id: 'op1' } };
    const state = after(
      ready,
      { type: 'SET_OPERATOR_REQUESTING_CHAT', requestingChat: true, ...of },
      { type: 'SET_OPERATOR_CAPACITY', locale: 'fr', capacity: '5', ...of },
      { type: 'LEAVE_LOCALE', locale: 'fr', ...of },
      { type: 'JOIN_LOCALE', locale: 'de', ...of },
      { type: 'ADD_GROUP', id: 'vip', name: 'VIP', exclusive: true },
      { type: 'UPDATE_OPERATOR_MEMBERSHIP', group_id: 'vip', isMember: true, ...of },
      { type: 'SET_SYSTEM_ACCEPTS_CUSTOMERS', isEnabled: true },
    );
    expect(state.operators.identities['op1']).to.include({ requestingChat: true });
    expect(state.operators.system).to.deep.equal({ acceptsCustomers: true });
    expect(state.locales.memberships).to.deep.equal({
      fr: { op1: { capacity: 5, load: 0, active: false } },
      de: { op1: { capacity: 3, load: 0, active: true } },
    });
    expect(state.groups['vip']).to.deep.equal({ id: 'vip', name: 'VIP', exclusive: true, members: { op1: true } });
    const available = reducer(state, { type: 'SET_OPERATOR_STATUS', status: 'available', ...of });
    expect(available.operators.identities['op1']).to.include({ status: 'available', requestingChat: false });
    expect(reducer(state, { type: 'SET_OPERATOR_CAPACITY', locale: 'fr', capacity: 'many', ...of })).to.equal(state);
  });

  it('the default group can be named anew and not removed; a group added again begins anew', () => {
    const member: Action = { type: 'ADD_GROUP_MEMBER', group_id: 'vip', operator_id: 'op1' };
    const vip: Action = { type: 'ADD_GROUP', id: 'vip', name: 'VIP' };
    const { groups } = after(vip, member, { type: 'ADD_GROUP', id: '__default', name: 'All' }, vip, {
      type: 'REMOVE_GROUP',
      id: '__default',
    });
    expect(groups).to.deep.equal({ __default: { id: '__default', name: 'All' }, vip: { id: 'vip', name: 'VIP' } });
    expect(after(vip, { type: 'REMOVE_GROUP', id: 'vip' }).groups).to.have.all.keys('__default');
    const emptied = after(vip, member, { type: 'REMOVE_GROUP_MEMBER', group_id: 'vip', operator_id: 'op1' });
    expect(emptied.groups['vip']?.members).to.deep.equal({});
  });

  it('the default locale is among the supported ones, first when it was not named', () => {
    const locales = (defaultLocale: string, supported?: readonly string[]): unknown =>
      after({ type: 'CONFIGURE_LOCALES', defaultLocale, supported }).locales;
    expect(locales('fr', ['de']))
      .to.include({ defaultLocale: 'fr' })
      .and.to.have.property('supported')
      .eql(['fr', 'de']);
    expect(locales('fr')).to.have.property('supported').eql(['fr']);
    expect(locales('fr', ['de', 'fr']))
      .to.have.property('supported')
      .eql(['de', 'fr']);
    expect(locales('', ['de'])).to.have.property('defaultLocale', 'en-US');
  });

  it('serialising keeps assigned chats alone, deserialising sets everybody offline', () => {
    const chat: Action = { type: 'INSERT_PENDING_CHAT', chat: { ...joe, id: 's-8' } };
    const state = after(ready, pending, chat, { type: 'SET_CHAT_OPERATOR', chat_id: 's-7', operator: olga });
    const kept = reducer(state, { type: 'SERIALIZE' });
    expect(Object.keys(kept.chatlist)).to.deep.equal(['s-7']);
    const woken = reducer({ ...kept, groups: { ...kept.groups, x: { id: '' } } }, { type: 'DESERIALIZE' });
    expect(woken.operators.identities['op1']).to.include({ online: false, requestingChat: false });
    expect(woken.groups).to.have.all.keys('__default');
  });
});
