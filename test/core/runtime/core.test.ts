import { expect } from 'chai';
import type { Command } from '@dragoman/core';
import { chatOf, codeOf, settled, textOf, workbench } from './workbench.js';

describe('a core in one process', () => {
  it('brings a message to everybody who may hear it before the sender is answered', async () => {
    const { customer, operator } = await workbench();
    const olga = await operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available' });
    const joe = await customer('joe');
    const chat = chatOf(await joe.say('hello', 'joe'));
    expect(joe.texts()).to.deep.equal(['hello']);
    expect(olga.texts()).to.deep.equal(['hello']);
    await olga.say('hi', chat.id);
    expect(joe.texts()).to.deep.equal(['hello', 'hi']);
  });

  it('gives a waiting chat to an operator in an append of its own, after the words that waited', async () => {
    const { customer, operator } = await workbench();
    const olga = await operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available' });
    const joe = await customer('joe');
    await joe.say('hello', 'joe');
    expect(joe.lines().filter((line) => line !== 'AcceptingChanged' && line !== 'ParticipantUpdated')).to.deep.equal([
      'ChatOpened',
      'ChatQueued',
      'says hello',
      'ChatAssigned',
    ]);
  });

  it('stores nothing for a customer who only looks', async () => {
    const { customer, store } = await workbench();
    const before = await store.head('default');
    const joe = await customer('joe');
    expect(await joe.do({ type: 'OpenChat', key: 'joe' })).to.deep.equal({ ok: true, events: [], isRepeat: false });
    await joe.session.end();
    expect(await store.head('default')).to.equal(before);
  });

  it('answers the same command id once with an effect and then with the same answer', async () => {
    const { customer } = await workbench();
    const joe = await customer('joe');
    const first = await joe.say('hello', 'joe', { commandId: 'c-1' } as never);
    const again = await joe.say('hello', 'joe', { commandId: 'c-1' } as never);
    expect(again).to.deep.equal({ ...first, isRepeat: true });
    expect(joe.texts()).to.deep.equal(['hello']);
    expect(codeOf(await joe.say('other words', 'joe', { commandId: 'c-1' } as never))).to.equal('ID_CONFLICT');
  });

  it('refuses data nested without end, and lives on', async () => {
    const { customer } = await workbench();
    const joe = await customer('joe');
    const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
    const told = (levels: number): Command => {
      const extras = { space: 'a', data: { nested: nested(levels) } };
      return { type: 'PostMessage', to: { key: 'joe' }, body: { kind: 'text', text: 'hi' }, ifClosed: 'new', extras };
    };
    for (const commandId of [undefined, 'c-1']) {
      const named = commandId === undefined ? {} : { commandId };
      expect(codeOf(await joe.do({ ...told(20_000), ...named }))).to.equal('TOO_LARGE');
      expect(codeOf(await joe.do({ ...told(98), ...named }))).to.equal('TOO_LARGE');
    }
    const endless = { space: 'a', data: { nested: nested(20_000) } };
    expect(
      codeOf(await joe.do({ type: 'SetTyping', to: { key: 'joe' }, isOn: true, ttlMs: 1, extras: endless })),
    ).to.equal('TOO_LARGE');
    expect((await joe.do(told(97))).ok).to.equal(true);
  });

  it('gives two equal commands in flight one effect', async () => {
    const { customer } = await workbench();
    const joe = await customer('joe');
    const twice = await Promise.all([
      joe.say('hello', 'joe', { commandId: 'c-1' } as never),
      joe.say('hello', 'joe', { commandId: 'c-1' } as never),
    ]);
    expect(twice.map((outcome) => outcome.ok && outcome.isRepeat)).to.deep.equal([false, true]);
    expect(joe.texts()).to.deep.equal(['hello']);
  });

  it('remembers a command id over a restart, even when the chat has been closed since', async () => {
    const bench = await workbench();
    const joe = await bench.customer('joe');
    const first = await joe.say('hello', 'joe', { commandId: 'c-1', ifClosed: 'refuse' } as never);
    const olga = await bench.operator('olga');
    await olga.do({ type: 'CloseChat', to: { chatId: chatOf(first).id }, reason: 'operator' });
    const after = await bench.restarted();
    const again = await (
      await after.customer('joe')
    ).say('hello', 'joe', { commandId: 'c-1', ifClosed: 'refuse' } as never);
    expect(again.ok && again.isRepeat).to.equal(true);
    expect(again.ok && again.events.map((event) => event.eventId)).to.deep.equal(
      first.ok && first.events.map((event) => event.eventId),
    );
  });

  it('finds a message by the id its sender gave it, after a restart too, and for nobody who may not see it', async () => {
    const bench = await workbench();
    const joe = await bench.customer('joe');
    await joe.say('hello', 'joe', { commandId: 'm-1' } as never);
    const after = await bench.restarted();
    const [owner, eve, olga] = [await after.customer('joe'), await after.customer('eve'), await after.operator('olga')];
    const found = async (seat: typeof owner, id: string): Promise<string[]> =>
      (await after.core.recall(seat.session, id)).map((event) => textOf(event)).filter((text) => text !== '');
    expect(await found(owner, 'm-1')).to.deep.equal(['hello']);
    expect(await found(olga, 'm-1')).to.deep.equal(['hello']);
    expect(await found(eve, 'm-1')).to.deep.equal([]);
    expect(await found(owner, 'm-2')).to.deep.equal([]);
  });

  it('opens one chat behind an outside name however many messages race for it', async () => {
    const { customer } = await workbench();
    const [phone, desk] = [await customer('joe'), await customer('joe')];
    const outcomes = await Promise.all([phone.say('one', 's'), desk.say('two', 's'), phone.say('three', 's')]);
    expect(new Set(outcomes.map((outcome) => chatOf(outcome).id)).size).to.equal(1);
    expect(phone.texts()).to.deep.equal(['one', 'two', 'three']);
  });

  it('keeps a stranger out of a chat he knows the id of', async () => {
    const { core, customer } = await workbench();
    const joe = await customer('joe');
    const eve = await customer('eve');
    const chat = chatOf(await joe.say('my secret', 'joe'));
    eve.session.follow(chat.id);
    await joe.say('another', 'joe');
    const reach = { to: { chatId: chat.id } };
    expect(
      codeOf(await eve.do({ type: 'PostMessage', ...reach, body: { kind: 'text', text: 'x' }, ifClosed: 'refuse' })),
    ).to.equal('UNKNOWN_CHAT');
    expect(codeOf(await eve.do({ type: 'CloseChat', ...reach, reason: 'customer' }))).to.equal('UNKNOWN_CHAT');
    expect(codeOf(await eve.do({ type: 'Acknowledge', ...reach, state: 'read', what: { all: true } }))).to.equal(
      'UNKNOWN_CHAT',
    );
    expect(await core.find(eve.session, { chatId: chat.id })).to.equal(undefined);
    expect((await core.transcript(eve.session, { chatId: chat.id }, { limit: 10 })).entries).to.deep.equal([]);
    expect(
      (await core.transcript(eve.session, { participantId: joe.session.participant.id }, { limit: 10 })).entries,
    ).to.deep.equal([]);
    expect(eve.texts()).to.deep.equal([]);
  });

  it('keeps two workspaces apart, the same outside ids notwithstanding', async () => {
    const { customer, operator } = await workbench({ workspaces: [{ id: 'default' }, { id: 'other' }] });
    const there = await operator('olga', {}, { workspaceId: 'other' });
    await there.do({ type: 'SetAvailability', status: 'available' });
    const joe = await customer('joe');
    expect(chatOf(await joe.say('hello', 'joe')).status).to.equal('pending');
    const namesake = await customer('joe', {}, { workspaceId: 'other' });
    expect(namesake.session.participant.id).not.to.equal(joe.session.participant.id);
    expect(namesake.texts()).to.deep.equal([]);
    expect(there.lines()).not.to.include('ChatOpened');
  });

  it('slows a customer down who says too much at once, and says for how long', async () => {
    const { customer, advance } = await workbench({
      limits: { rates: { customer: { perSecond: 2, burst: 3 }, operator: { perSecond: 1, burst: 1 } } },
    });
    const joe = await customer('joe');
    const outcomes = [];
    for (const text of ['1', '2', '3', '4']) outcomes.push(await joe.say(text, 'joe'));
    expect(outcomes.map(codeOf)).to.deep.equal(['accepted', 'accepted', 'accepted', 'TOO_FAST']);
    expect(outcomes[3]).to.have.nested.property('rejection.afterMs', 500);
    await advance(500);
    expect(codeOf(await joe.say('5', 'joe'))).to.equal('accepted');
  });

  it('slows nobody down who stands in a queue with others', async () => {
    const { customer } = await workbench({
      limits: { rates: { customer: { perSecond: 1, burst: 1 }, operator: { perSecond: 1, burst: 3 } } },
    });
    const [joe, queued] = [await customer('joe'), await customer('joe', { isQueued: true })];
    const outcomes = [];
    for (const text of ['1', '2', '3', '4']) outcomes.push(await queued.say(text, 'joe'));
    expect(outcomes.map(codeOf)).to.deep.equal(['accepted', 'accepted', 'accepted', 'TOO_FAST']);
    expect(codeOf(await joe.say('5', 'joe'))).to.equal('accepted');
    expect(codeOf(await joe.say('6', 'joe'))).to.equal('TOO_FAST');
  });

  it('does not let a customer say more by going and coming back', async () => {
    const { customer, advance } = await workbench({
      limits: { rates: { customer: { perSecond: 2, burst: 3 }, operator: { perSecond: 1, burst: 1 } } },
    });
    const joe = await customer('joe');
    for (const text of ['1', '2', '3']) await joe.say(text, 'joe');
    await joe.session.end();
    const again = await customer('joe');
    expect(codeOf(await again.say('4', 'joe'))).to.equal('TOO_FAST');
    await again.session.end();
    await advance(1_000);
    const later = await customer('joe');
    expect(codeOf(await later.say('5', 'joe'))).to.equal('accepted');
  });

  it('ends the oldest of too many sessions as replaced', async () => {
    const { customer } = await workbench({ limits: { sessionsPerParticipant: 2 } });
    const [first, second] = [await customer('joe'), await customer('joe')];
    await customer('joe');
    expect([first.ended, second.ended]).to.deep.equal(['REPLACED', undefined]);
    await second.say('hello', 'joe');
    expect(first.texts()).to.deep.equal([]);
  });

  it('ends a session whose credential has run out', async () => {
    const { customer, advance, clock } = await workbench();
    const joe = await customer('joe', {}, { expiresAt: clock.now() + 5_000 });
    await advance(4_999);
    expect(joe.ended).to.equal(undefined);
    await advance(1);
    expect(joe.ended).to.equal('UNAUTHENTICATED');
    expect(codeOf(await joe.say('hello', 'joe'))).to.equal('BUSY');
  });

  it('finds a chat by its public number, which a customer is told and cannot guess', async () => {
    const { core, customer, operator } = await workbench();
    const joe = await customer('joe');
    const olga = await operator('olga');
    const chat = chatOf(await joe.say('hello', 'joe'));
    expect(chat.publicNumber).to.be.within(2 ** 40, 2 ** 47 - 1);
    expect(await core.find(joe.session, { publicNumber: chat.publicNumber })).to.have.property('id', chat.id);
    expect(await core.find(olga.session, { publicNumber: chat.publicNumber + 1 })).to.equal(undefined);
  });

  it('shows the lobby what an operator has been told, no more', async () => {
    const { core, customer, operator } = await workbench();
    const olga = await operator('olga');
    await settled();
    const joe = await customer('joe');
    const chat = chatOf(await joe.say('hello', 'joe'));
    const lobby = core.lobby(olga.session);
    expect(lobby.chats.get(chat.id)).to.include({ status: 'pending', customerId: joe.session.participant.id });
    expect(lobby.queue.map((entry) => entry.chatId)).to.deep.equal([chat.id]);
    expect(lobby.operators.get(olga.session.participant.id)).to.include({ isOnline: true, status: 'unavailable' });
    expect(() => core.lobby(joe.session)).to.throw(TypeError);
  });
});

describe('a core that has stopped', () => {
  it('takes nothing of who was about to sit down, without an error', async () => {
    const { core, log, operator } = await workbench();
    const coming = operator('olga').catch(() => undefined);
    await core.stop();
    await coming;
    await settled();
    expect(log.lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });
});
