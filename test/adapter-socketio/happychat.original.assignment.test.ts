import { expect } from 'chai';
import type { Ear } from './clients.js';
import { at, hasOpened, hasStatus, opened, statuses } from './heard.js';
import { openDesk, type Desk } from './happychat-desk.js';

const requesting = { type: 'SET_OPERATOR_REQUESTING_CHAT', requestingChat: true };
const locale = (name: string): object => ({ type: 'JOIN_LOCALE', locale: name });
const leaves = (name: string): object => ({ type: 'LEAVE_LOCALE', locale: name });
const member = (id: string, isMember = true): object => ({
  type: 'UPDATE_OPERATOR_MEMBERSHIP',
  group_id: id,
  isMember,
});

/** The sentences of the original's own tests that can be seen on a socket; docs/dialects/happychat.md has their list. */
describe("the original's assignment", () => {
  let desk: Desk;

  beforeEach(async () => {
    desk = await openDesk();
  });

  afterEach(() => desk.close());

  /** So many customers ask, one after the other, each once the one before has somebody. */
  async function asked(count: number, user: object = {}): Promise<void> {
    for (let index = 0; index < count; index += 1) await helped(await desk.asks(`c${index}`, { ...user }));
  }

  async function helped(ear: Ear): Promise<void> {
    await ear.until(hasStatus('assigned'));
  }

  it('138: whoever has the largest free share is next', async () => {
    const sizes = { six: 6, five: 5, four: 4, one: 1, uno: 1 };
    const order: string[] = [];
    for (const [name, capacity] of Object.entries(sizes)) {
      const ear = await desk.operator(name, { capacity });
      ear.socket.on('chat.open', () => void order.push(name));
    }
    await asked(9);
    expect(order.map((name) => sizes[name as keyof typeof sizes])).to.deep.equal([6, 5, 4, 1, 1, 6, 5, 4, 6]);
  });

  it('145: who asks for no language is served in the default one', async () => {
    const french = await desk.operator('luc', { actions: [leaves('en-US'), locale('fr')] });
    const olga = await desk.operator('olga');
    await asked(1);
    expect([opened(olga), opened(french)]).to.deep.equal([['c0'], []]);
    expect(at(await desk.state(olga), 'locales', 'memberships', 'en-US', 'olga', 'load')).to.equal(1);
  });

  it('146, 147: what locales and groups could take shows in accept', async () => {
    await desk.operator('luc', { actions: [leaves('en-US'), locale('fr')] });
    const accepts = async (id: string, user: object): Promise<unknown> =>
      (await desk.customer(id, { ...user })).heard.find(({ name }) => name === 'accept')?.args[0];
    expect(await accepts('a', { locale: 'fr' })).to.equal(true);
    expect(await accepts('b', { locale: 'en-US' })).to.equal(false);
    expect(await accepts('c', { locale: 'fr', groups: ['vip'] })).to.equal(false);
    expect(await accepts('d', { locale: 'fr', groups: ['shop'] })).to.equal(true);
  });

  it('148: the first who waits is the first who is helped', async () => {
    const [ann, joe] = [await desk.asks('ann'), await desk.asks('joe')];
    const olga = await desk.operator('olga', { capacity: 1 });
    await helped(ann);
    expect([opened(olga), statuses(joe).at(-1)]).to.deep.equal([['ann'], 'pending']);
    olga.say('chat.close', 'ann');
    await helped(joe);
  });

  it('149: a language is matched, in whatever case it is written', async () => {
    const olga = await desk.operator('olga', { capacity: 10 });
    const luc = await desk.operator('luc', { actions: [leaves('en-US'), locale('fr')] });
    await asked(1, { locale: 'FR' });
    expect([opened(olga), opened(luc)]).to.deep.equal([[], ['c0']]);
  });

  it('150: who names no group is for the default one', async () => {
    const olga = await desk.operator('olga', { actions: [member('shop'), member('__default', false)] });
    const zoe = await desk.operator('zoe');
    await asked(1);
    expect([opened(olga), opened(zoe)]).to.deep.equal([[], ['c0']]);
  });

  it('151: a group that is named comes before the default one', async () => {
    const zoe = await desk.operator('zoe', { capacity: 10 });
    const olga = await desk.operator('olga', { capacity: 1, actions: [member('shop')] });
    await asked(1, { groups: ['shop'] });
    expect([opened(olga), opened(zoe)]).to.deep.equal([['c0'], []]);
  });

  it('152: an exclusive group without anybody there is served by nobody else', async () => {
    const zoe = await desk.operator('zoe');
    const joe = await desk.asks('joe', { groups: ['vip'] });
    await zoe.ask('broadcast.state');
    expect([statuses(joe), opened(zoe)]).to.deep.equal([['new', 'pending'], []]);
    await desk.operator('vera', { actions: [member('vip')] });
    await helped(joe);
    expect(opened(zoe)).to.deep.equal([]);
  });

  it('153: who cannot be helped holds nobody up', async () => {
    const [first, second] = [await desk.asks('first', { groups: ['vip'] }), await desk.asks('second')];
    await desk.operator('zoe');
    await helped(second);
    expect(statuses(first)).to.deep.equal(['new', 'pending']);
  });

  it('154: who is available comes before the reserve', async () => {
    const zoe = await desk.operator('zoe', { status: 'reserve', capacity: 10 });
    const olga = await desk.operator('olga', { capacity: 1 });
    await asked(1);
    expect([opened(olga), opened(zoe)]).to.deep.equal([['c0'], []]);
  });

  it('155: the reserve helps when everybody available has enough', async () => {
    const zoe = await desk.operator('zoe', { status: 'reserve' });
    const olga = await desk.operator('olga', { capacity: 1 });
    await asked(2);
    expect([opened(olga), opened(zoe)]).to.deep.equal([['c0'], ['c1']]);
  });

  it('156, 157, 158: of the reserve one is busied with two before the next is disturbed, then shares count', async () => {
    const big = await desk.operator('big', { status: 'reserve', capacity: 5 });
    const small = await desk.operator('small', { status: 'reserve', capacity: 4 });
    await asked(5);
    expect([opened(big), opened(small)]).to.deep.equal([
      ['c0', 'c1', 'c4'],
      ['c2', 'c3'],
    ]);
  });

  it('159: who asks for a chat gets one, above what he takes, and then asks no more', async () => {
    const olga = await desk.operator('olga', { capacity: 1 });
    const zoe = await desk.operator('zoe', { capacity: 1 });
    await asked(2);
    await olga.ask('broadcast.dispatch', requesting);
    await helped(await desk.asks('joe'));
    await olga.until(hasOpened(2));
    // Of two who are equally free either may have been the first.
    expect([opened(olga).at(-1), opened(zoe).length]).to.deep.equal(['joe', 1]);
    expect(at(await desk.state(olga), 'operators', 'identities', 'olga', 'requestingChat')).to.equal(false);
  });

  it('160: of two who ask, the available one comes first', async () => {
    const zoe = await desk.operator('zoe', { status: 'reserve', capacity: 0 });
    const olga = await desk.operator('olga', { capacity: 0 });
    for (const ear of [zoe, olga]) await ear.ask('broadcast.dispatch', requesting);
    await asked(1);
    expect([opened(olga), opened(zoe)]).to.deep.equal([['c0'], []]);
  });

  it('161: the reserve that asks comes before the available who do not', async () => {
    const olga = await desk.operator('olga', { capacity: 10 });
    const zoe = await desk.operator('zoe', { status: 'reserve', capacity: 0 });
    await zoe.ask('broadcast.dispatch', requesting);
    await asked(1);
    expect([opened(olga), opened(zoe)]).to.deep.equal([[], ['c0']]);
  });

  it('162, 163: missed and assigned are told to the customer, one after the other', async () => {
    const olga = await desk.operator('olga');
    const joe = await desk.asks('joe');
    await helped(joe);
    await olga.ask('status', 'unavailable');
    olga.say('chat.transfer', 'joe', 'ghost');
    await joe.until(hasStatus('missed'));
    await olga.ask('status', 'available');
    await olga.until(hasOpened(2));
    // As soon as somebody can help, a missed chat waits like any other [HCD 13].
    expect(statuses(joe).slice(3)).to.deep.equal(['assigned', 'missed', 'pending', 'assigning', 'assigned']);
  });
});
