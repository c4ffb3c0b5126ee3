import { expect } from 'chai';
import { createMemoryStore } from '@dragoman/core';
import { createCountingIds, createFixedClock } from '@dragoman/core/testing';
import type { TroubledStore } from './troubled-store.js';
import { troubled } from './troubled-store.js';
import type { Seat, Workbench } from './workbench.js';
import { chatOf, settled, textOf, workbench } from './workbench.js';

async function talking(
  shared?: Pick<Workbench, 'clock' | 'store'>,
): Promise<{ bench: Workbench; joe: Seat; olga: Seat; chatId: string }> {
  const bench = await workbench(shared, shared);
  const olga = await bench.operator('olga');
  await olga.do({ type: 'SetAvailability', status: 'available' });
  const joe = await bench.customer('joe');
  const chatId = chatOf(await joe.say('hello', 'joe')).id;
  return { bench, joe, olga, chatId };
}

function statusFor(bench: Workbench, viewer: Seat, chatId: string): string {
  return bench.core.lobby(viewer.session).chats.get(chatId)?.status ?? 'closed';
}

interface Troubled {
  readonly bench: Workbench;
  readonly store: TroubledStore;
  readonly joe: Seat;
  readonly olga: Seat;
  readonly watcher: Seat;
  readonly chatId: string;
}

/** Joe talks to Olga, in a core whose store can be troubled, and a colleague who takes no chats looks on. */
async function troubledTalk(): Promise<Troubled> {
  const clock = createFixedClock();
  const store = troubled(createMemoryStore({ clock, ids: createCountingIds() }));
  const talk = await talking({ store, clock });
  return { ...talk, store, watcher: await talk.bench.operator('watcher') };
}

describe('people who come and go', () => {
  it('a customer who leaves is noted, told of after 10 s, and gone after 90', async () => {
    const { bench, joe, olga, chatId } = await talking();
    await joe.session.end();
    await settled();
    expect(statusFor(bench, olga, chatId)).to.equal('customer-disconnected');
    await bench.advance(10_000);
    const phases = olga.heard.flatMap(({ event }) => (event.type === 'AbsenceNoted' ? event.phase : []));
    expect(phases).to.deep.equal(['away', 'left']);
    await bench.advance(80_000);
    expect(statusFor(bench, olga, chatId)).to.equal('closed');
  });

  it('a customer is unstable while nothing is heard of any of his clients', async () => {
    const { joe, olga, bench } = await talking();
    const told = (): unknown[] =>
      olga.heard.flatMap(({ event }) =>
        event.type === 'PresenceChanged' && event.participantId === joe.session.participant.id
          ? [event.isUnstable === true ? 'unstable' : event.isOnline ? 'there' : 'gone']
          : [],
      );
    joe.session.faltering(true);
    joe.session.faltering(true);
    expect(told()).to.deep.equal(['there', 'unstable']);
    const other = await bench.customer('joe');
    expect(told()).to.deep.equal(['there', 'unstable', 'there']);
    await other.session.end();
    joe.session.faltering(false);
    expect(told()).to.deep.equal(['there', 'unstable', 'there', 'unstable', 'there']);
    joe.session.faltering(true);
    await joe.session.end();
    joe.session.faltering(false);
    expect(told().slice(5)).to.deep.equal(['unstable', 'gone']);
  });

  it('a customer who comes back in time finds the same operator and nothing closes', async () => {
    const { bench, joe, olga, chatId } = await talking();
    await joe.session.end();
    await bench.advance(9_000);
    await bench.customer('joe');
    await bench.advance(200_000);
    expect(statusFor(bench, olga, chatId)).to.equal('assigned');
    expect(olga.heard.flatMap(({ event }) => (event.type === 'AbsenceNoted' ? event.phase : []))).to.deep.equal([
      'away',
      'back',
    ]);
  });

  it('a customer with two tabs is there as long as one of them is', async () => {
    const { bench, joe, olga, chatId } = await talking();
    const tab = await bench.customer('joe');
    await joe.session.end();
    await bench.advance(200_000);
    expect(statusFor(bench, olga, chatId)).to.equal('assigned');
    await tab.session.end();
    await settled();
    expect(statusFor(bench, olga, chatId)).to.equal('customer-disconnected');
  });

  it('a session that says nothing about presence neither brings a customer nor takes him away', async () => {
    const { bench, olga, chatId } = await talking();
    const request = await bench.customer('joe', { away: null });
    await request.session.end();
    await settled();
    expect(statusFor(bench, olga, chatId)).to.equal('assigned');
  });

  it('who comes back while his words are on their way to the store finds them when he is let in', async () => {
    const { bench, store, joe, chatId } = await troubledTalk();
    const release = store.hold();
    const said = joe.say('and I am cut off', 'joe');
    await joe.do({ type: 'SetTyping', to: { chatId }, isOn: true, ttlMs: 1_000 });
    await joe.session.end();
    const coming = bench
      .customer('joe')
      .then(({ session }) => bench.core.transcript(session, { chatId }, { limit: 10 }));
    await settled();
    release();
    await said;
    expect((await coming).entries.map(({ event }) => textOf(event))).to.deep.equal(['hello', 'and I am cut off']);
  });

  it('an operator who drops leaves his chats abandoned and has them again when he is back', async () => {
    const { bench, joe, olga, chatId } = await talking();
    const watcher = await bench.operator('watcher', { scope: 'lobby' });
    await olga.session.end();
    await settled();
    expect(statusFor(bench, watcher, chatId)).to.equal('abandoned');
    await joe.say('still there?', 'joe');
    const back = await bench.operator('olga');
    await settled();
    expect(statusFor(bench, watcher, chatId)).to.equal('assigned');
    expect(back.lines()).to.include('ChatAssigned');
  });

  it('an operator who left a chat that is still his abandons it, too, when he drops', async () => {
    const { bench, olga, chatId } = await talking();
    const watcher = await bench.operator('watcher', { scope: 'lobby' });
    await olga.do({ type: 'LeaveChat', to: { chatId } });
    await olga.session.end();
    await settled();
    expect(statusFor(bench, watcher, chatId)).to.equal('abandoned');
  });

  it('after a restart nobody counts as gone before he could come back', async () => {
    const { bench, olga, chatId } = await talking();
    const after = await bench.restarted({ restartGraceMs: 60_000 });
    await after.advance(30_000);
    const again = await after.operator('olga');
    await after.customer('joe');
    await after.advance(300_000);
    expect(statusFor(after, again, chatId)).to.equal('assigned');
    expect(again.lines()).not.to.include('ChatAbandoned');
    expect(olga.session.participant.id).to.equal(again.session.participant.id);
  });

  it('after a restart those who do not come back are gone, with the ordinary times', async () => {
    const { bench, chatId } = await talking();
    const after = await bench.restarted({ restartGraceMs: 60_000 });
    const watcher = await after.operator('watcher');
    await after.advance(60_000);
    expect(statusFor(after, watcher, chatId)).to.equal('customer-disconnected');
    await after.advance(90_000);
    expect(statusFor(after, watcher, chatId)).to.equal('closed');
  });

  it('a timer set before a kill fires after it, once', async () => {
    const { bench, joe, chatId } = await talking();
    await joe.session.end();
    await settled();
    const after = await bench.restarted({ restartGraceMs: 60_000 });
    const watcher = await after.operator('watcher');
    await after.operator('olga');
    await after.advance(59_000);
    expect(statusFor(after, watcher, chatId)).to.equal('customer-disconnected');
    await after.advance(200_000);
    expect(statusFor(after, watcher, chatId)).to.equal('closed');
    expect(watcher.lines().filter((line) => line === 'ChatClosed')).to.have.lengthOf(1);
  });

  for (const [ahead, name] of [
    [3_600_000, 'an hour ahead'],
    [-3_600_000, 'an hour back'],
  ] as const) {
    it(`the time to come back after a restart is the same when the clock is set ${name} in it`, async () => {
      const clock = createFixedClock();
      let skew = 0;
      const set = { ...clock, now: () => clock.now() + skew };
      const store = createMemoryStore({ clock: set });
      store.close = async () => {};
      const { bench, joe, chatId } = await talking({ clock, store });
      await joe.session.end();
      await bench.core.stop();
      clock.advance(1_000);
      const after = await bench.restarted({ restartGraceMs: 60_000, clock: set });
      const watcher = await after.operator('watcher');
      await after.operator('olga');
      skew = ahead;
      // Somebody else's timer is looked at.
      const ann = await after.customer('ann');
      const others = chatOf(await ann.say('hello', 'ann')).id;
      await ann.session.end();
      await after.advance(50_000);
      expect(statusFor(after, watcher, chatId)).to.equal('customer-disconnected');
      await after.advance(50_000);
      expect(statusFor(after, watcher, others)).to.equal('closed');
    });
  }

  it('an operator who is back before his leaving was stored still has his chats', async () => {
    const { bench, store, joe, olga, watcher, chatId } = await troubledTalk();
    const release = store.hold();
    void joe.say('slow', 'joe');
    await settled();
    await olga.session.end();
    await bench.operator('olga');
    release();
    await settled();
    expect(statusFor(bench, watcher, chatId)).to.equal('assigned');
  });

  it('a chat that was on its way to an operator who left is abandoned', async () => {
    const { bench, store, joe, olga, watcher } = await troubledTalk();
    const ann = await bench.customer('ann');
    const { id } = chatOf(await ann.say('hello', 'ann'));
    await olga.do({ type: 'HandOver', chat: { chatId: id }, to: 'customer' });
    const release = store.hold();
    void joe.say('slow', 'joe');
    await settled();
    const again = ann.say('again', 'ann');
    await olga.session.end();
    release();
    await again;
    await settled();
    expect(statusFor(bench, watcher, id)).to.equal('abandoned');
  });

  it('a customer who leaves with his first words still on their way is noted as gone', async () => {
    const { bench, store, joe, watcher } = await troubledTalk();
    const ann = await bench.customer('ann');
    const release = store.hold();
    void joe.say('slow', 'joe');
    await settled();
    const hello = ann.say('hello', 'ann');
    await ann.session.end();
    release();
    const { id } = chatOf(await hello);
    await settled();
    expect(statusFor(bench, watcher, id)).to.equal('customer-disconnected');
  });

  it('an end that the store does not take is noted as soon as it does', async () => {
    const { bench, store, joe, olga, watcher, chatId } = await troubledTalk();
    store.failNext('Unavailable', 'Unavailable', 'Overloaded');
    await olga.session.end();
    await bench.advance(5_000);
    expect(statusFor(bench, watcher, chatId)).to.equal('abandoned');
    expect(bench.core.lobby(watcher.session).operators.get(olga.session.participant.id)?.isOnline).to.equal(false);
    store.failNext('Unavailable');
    await joe.session.end();
    await bench.advance(5_000);
    expect(statusFor(bench, watcher, chatId)).to.equal('customer-disconnected');
    store.failNext('Unavailable', 'Unavailable');
    await bench.operator('olga');
    await bench.customer('joe');
    await bench.advance(5_000);
    expect(statusFor(bench, watcher, chatId)).to.equal('assigned');
  });

  it('whoever is back before the store could note his end has never been away', async () => {
    const { bench, store, joe, watcher, chatId } = await troubledTalk();
    store.failNext('Unavailable');
    await joe.session.end();
    await settled();
    await bench.customer('joe');
    await bench.advance(200_000);
    expect(statusFor(bench, watcher, chatId)).to.equal('assigned');
  });
});
