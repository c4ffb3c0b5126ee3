import { expect } from 'chai';
import { createMemoryStore, StoreError, type WorkspaceConfig } from '@dragoman/core';
import { chatOf, workbench } from './workbench.js';

const linking: readonly WorkspaceConfig[] = [{ id: 'default', policies: { linkBy: 'subject' } }];
const phone = { space: 'phone', externalId: '+46', name: '' };
const ann = { subject: 'issuer ann' };

describe('somebody with two devices on two protocols, whom one subject names', () => {
  it('is one person: what is said in his chat reaches both, in the same order', async () => {
    const { customer, operator } = await workbench({ workspaces: linking });
    const web = await customer('ann', { echo: 'foreign' }, ann);
    const other = await customer('+46', { echo: 'foreign' }, { ...phone, ...ann });
    const olga = await operator('olga');
    const chat = chatOf(await web.say('one', 'a'));
    await other.do({ type: 'OpenChat', key: 'b' });
    await olga.say('two', chat.id);
    const fromPhone = chatOf(await other.say('three', 'b'));
    expect(fromPhone.id).to.equal(chat.id);
    expect(web.texts()).to.deep.equal(['two', 'three']);
    expect(other.texts()).to.deep.equal(['one', 'two']);
  });

  it('keeps the name and the facts he was first known by, whichever device he takes next', async () => {
    const { customer } = await workbench({ workspaces: linking });
    await customer('ann', {}, { ...ann, profile: { email: 'ann@example.com' } });
    const other = await customer('+46', {}, { ...phone, ...ann, name: 'A.', profile: { email: 'x', mobile: '+46' } });
    expect(other.session.participant).to.deep.include({
      name: 'ann',
      profile: { email: 'ann@example.com', mobile: '+46' },
    });
    const again = await customer('ann', {}, { ...ann, profile: { email: 'new@example.com' } });
    expect(again.session.participant.profile).to.deep.equal({ email: 'new@example.com' });
  });

  it('is one operator with one load and one status, at the desk and on the phone', async () => {
    const { core, customer, operator } = await workbench({ workspaces: linking });
    const desk = await operator('olga', {}, { subject: 'issuer olga' });
    const mobile = await operator('o', {}, { space: 'phone', subject: 'issuer olga' });
    await desk.do({ type: 'SetAvailability', status: 'available', capacity: { 'en-US': 3 } });
    const joe = await customer('joe');
    await joe.say('hello', 'joe');
    expect([...core.lobby(desk.session).operators.keys()]).to.deep.equal([desk.session.participant.id]);
    const chat = chatOf(await joe.say('both hear it', 'joe'));
    expect(chat.assigneeId).to.equal(mobile.session.participant.id);
    expect([desk, mobile].map((seat) => seat.texts().at(-1))).to.deep.equal(['both hear it', 'both hear it']);
  });

  it('is the same after a restart', async () => {
    const first = await workbench({ workspaces: linking });
    const web = await first.customer('ann', {}, ann);
    const chat = chatOf(await web.say('one', 'a'));
    const { core, customer } = await first.restarted();
    const other = await customer('+46', {}, { ...phone, ...ann });
    expect(await core.find(other.session, { chatId: chat.id })).to.include({ id: chat.id });
  });
});

describe('two people', () => {
  it('stay two where the workspace does not link, and where nobody vouches for them', async () => {
    for (const [workspaces, who] of [
      [[{ id: 'default' }], ann],
      [linking, {}],
    ] as const) {
      const { customer } = await workbench({ workspaces });
      const [web, other] = [await customer('ann', {}, who), await customer('+46', {}, { ...phone, ...who })];
      expect(web.session.participant.id).to.not.equal(other.session.participant.id);
    }
  });

  it('stay two when one subject is a customer here and an operator there', async () => {
    const { customer, operator } = await workbench({ workspaces: linking });
    const [shopper, olga] = [await customer('olga', {}, ann), await operator('olga', {}, ann)];
    expect(shopper.session.participant.id).to.not.equal(olga.session.participant.id);
  });

  it('met before the workspace linked stay who they were, with their chats', async () => {
    const first = await workbench();
    const web = await first.customer('ann', {}, ann);
    const chat = chatOf(await web.say('one', 'a'));
    const { core, customer } = await first.restarted({ workspaces: linking });
    const back = await customer('ann', {}, ann);
    expect(await core.find(back.session, { key: 'a' })).to.include({ id: chat.id });
    const other = await customer('+46', {}, { ...phone, ...ann });
    expect(await core.find(other.session, { chatId: chat.id })).to.equal(undefined);
  });
});

describe('somebody whom a subject names', () => {
  const called = (space: string, externalId: string) => ({ space, side: 'customer', realm: '', externalId }) as const;

  it('is found by each of his names, and so can be erased and comes back as another', async () => {
    const first = await workbench({ workspaces: linking });
    const { id } = (await first.customer('ann', {}, ann)).session.participant;
    const mobile = await first.customer('+46', {}, { ...phone, ...ann });
    await mobile.say('hello', 'a');
    const { core, bot, customer } = await first.restarted();
    const backend = await bot('backend');
    for (const name of [called('web', 'ann'), called('phone', '+46')]) {
      expect(await core.whoIs(backend.session, name)).to.include({ id });
    }
    expect((await core.erase(backend.session, id)).ok).to.equal(true);
    expect(await core.whoIs(backend.session, called('web', 'ann'))).to.equal(undefined);
    const again = await customer('ann', {}, ann);
    await again.say('hello', 'b');
    expect(await core.whoIs(backend.session, called('web', 'ann'))).to.include({ id: again.session.participant.id });
    expect(again.session.participant.id).to.not.equal(id);
  });

  it('is nobody by a name that nobody vouched for, and by one he has never used', async () => {
    const { core, bot, customer } = await workbench({ workspaces: linking });
    const backend = await bot('backend');
    await customer('ann', {}, ann).then((seat) => seat.say('hello', 'a'));
    const stranger = await customer('bob', {}, {});
    await stranger.say('hello', 'b');
    expect(await core.whoIs(backend.session, called('web', 'bob'))).to.include({ id: stranger.session.participant.id });
    expect(await core.whoIs(backend.session, called('phone', '+46'))).to.equal(undefined);
  });

  it('is whom others mean who open a chat for him', async () => {
    const { bot, customer } = await workbench({ workspaces: linking });
    const seat = await customer('ann', {}, ann);
    await seat.say('hello', 'a');
    const backend = await bot('backend');
    const outside = { ...called('web', 'ann'), idType: 'string' } as const;
    const chat = chatOf(await backend.do({ type: 'OpenChat', key: 'z', customer: outside, enqueue: true }));
    expect(chat.customerId).to.equal(seat.session.participant.id);
  });

  it('is found also after his first words met a store that had just refused', async () => {
    const store = createMemoryStore();
    const bench = await workbench({ workspaces: linking, store });
    const seat = await bench.customer('ann', {}, ann);
    const { appendMany } = store;
    store.appendMany = async (requests) => {
      store.appendMany = appendMany;
      const error = new StoreError('VersionConflict', 'somebody else was faster');
      return requests.map(() => ({ ok: false, error }));
    };
    await seat.say('hello', 'a');
    const again = await bench.customer('ann', {}, ann);
    await again.say('hello', 'a');
    const backend = await bench.bot('backend');
    expect(await bench.core.whoIs(backend.session, called('web', 'ann'))).to.include({
      id: seat.session.participant.id,
    });
  });
});
