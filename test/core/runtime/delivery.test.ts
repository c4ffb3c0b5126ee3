import { expect } from 'chai';
import { createMemoryStore, type Draft, type Store } from '@dragoman/core';
import { chatOf, codeOf, settled, textOf, workbench } from './workbench.js';

describe('who hears what', () => {
  it('a message of one device reaches the other devices, and comes back as each session wants its echo', async () => {
    const { customer } = await workbench();
    const [all, others, foreign] = [
      await customer('joe', { echo: 'all' }),
      await customer('joe', { echo: 'others' }),
      await customer('joe', { echo: 'foreign' }),
    ];
    await all.say('from all', 'joe');
    await others.say('from others', 'joe');
    expect(all.texts()).to.deep.equal(['from all', 'from others']);
    expect(others.texts()).to.deep.equal(['from all']);
    expect(foreign.texts()).to.deep.equal([]);
  });

  it('who becomes one of the customers of a chat reads what they had heard before he came', async () => {
    const { core, customer, operator } = await workbench();
    const [joe, eve, olga] = [await customer('joe'), await customer('eve'), await operator('olga')];
    const chat = chatOf(await joe.say('one', 's'));
    await joe.say('for the desk', 's', { visibility: 'desk' });
    await olga.say('two', chat.id);
    const read = async (): Promise<string[]> =>
      (await core.transcript(eve.session, { chatId: chat.id }, { limit: 10 })).entries.map(({ event }) =>
        textOf(event),
      );
    expect(await read()).to.deep.equal([]);
    await eve.do({ type: 'JoinChat', to: { key: 's' } });
    expect(await read()).to.deep.equal(['one', 'two']);
  });

  it('a session that follows single chats hears those alone', async () => {
    const { customer, operator } = await workbench();
    const [joe, ann] = [await customer('joe'), await customer('ann')];
    const chat = chatOf(await joe.say('hello', 'joe'));
    const listener = await operator('olga', { scope: 'own', chats: [chat.id] });
    await joe.say('one', 'joe');
    await ann.say('unheard', 'ann');
    listener.session.unfollow(chat.id);
    await joe.say('two', 'joe');
    expect(listener.texts()).to.deep.equal(['one']);
  });

  it('hands over in order what a device missed, and what happens meanwhile waits behind it', async () => {
    const { customer, operator } = await workbench();
    const joe = await customer('joe');
    const chat = chatOf(await joe.say('one', 'joe'));
    joe.session.written(chat.id, chat.version);
    await joe.session.end();
    const olga = await operator('olga');
    await olga.say('two', chat.id);
    await olga.say('three', chat.id);
    const back = await customer('joe');
    const replayed = back.session.replay({ limit: 100, maxAgeMs: 60_000 });
    await olga.say('four', chat.id);
    await replayed;
    expect(back.texts()).to.deep.equal(['two', 'three', 'four']);
    const isReplay = back.heard.flatMap((letter) => (letter.event.type === 'MessagePosted' ? letter.isReplay : []));
    expect(isReplay.slice(0, 2), 'what came before; the rest may be read with it or wait behind it').to.deep.equal([
      true,
      true,
    ]);
  });

  it("hands over one's own words of another device only to who hears them live", async () => {
    const { customer, operator } = await workbench();
    const joe = await customer('joe');
    const chat = chatOf(await joe.say('mine', 'joe'));
    await joe.session.end();
    await (await operator('olga')).say('hers', chat.id);
    const missed = async (echo: 'others' | 'foreign'): Promise<string[]> => {
      const back = await customer('joe', { echo, begins: 'replay' });
      await back.session.replay({ limit: 100, maxAgeMs: 60_000 });
      return back.texts();
    };
    expect(await missed('others')).to.deep.equal(['mine', 'hers']);
    expect(await missed('foreign')).to.deep.equal(['hers']);
  });

  it('hands over that a chat was closed meanwhile, and that an operator has it no longer', async () => {
    const { customer, operator } = await workbench();
    const [joe, olga, otto] = [await customer('joe'), await operator('olga'), await operator('otto')];
    const chat = chatOf(await joe.say('hello', 'joe'));
    const to = { chatId: chat.id };
    const held = chatOf(await olga.do({ type: 'AssignChat', to }));
    for (const seat of [joe, olga]) seat.session.written(held.id, held.version);
    await joe.session.end();
    await olga.session.end();
    await otto.do({ type: 'TransferChat', to, toId: otto.session.participant.id, strict: true });
    const missed = async (seat: typeof joe): Promise<string[]> => {
      await seat.session.replay({ limit: 100, maxAgeMs: 60_000 });
      return seat.heard.flatMap(({ event, isReplay }) => (isReplay ? event.type : []));
    };
    expect(await missed(await operator('olga'))).to.include('ChatAssigned');
    await otto.do({ type: 'CloseChat', to, reason: 'operator' });
    expect(await missed(await customer('joe'))).to.include('ChatClosed');
  });

  it('hands over nothing twice after a kill, once the bookmark was saved', async () => {
    const bench = await workbench();
    const joe = await bench.customer('joe');
    const chat = chatOf(await joe.say('one', 'joe'));
    joe.session.written(chat.id, chat.version);
    await bench.advance(50);
    const after = await bench.restarted();
    const back = await after.customer('joe');
    await back.session.replay({ limit: 100, maxAgeMs: 60_000 });
    expect(back.texts()).to.deep.equal([]);
  });

  it('hands over nothing twice to whoever comes back while his bookmark is on its way to the store', async () => {
    const store: Store = createMemoryStore();
    const saves: (() => void)[] = [];
    const save = store.saveBookmarks.bind(store);
    store.saveBookmarks = async (bookmarks) => {
      await new Promise<void>((resolve) => saves.push(resolve));
      await save(bookmarks);
    };
    const { customer, operator, clock } = await workbench({ store });
    const joe = await customer('joe');
    const chat = chatOf(await joe.say('one', 'joe'));
    await (await operator('olga')).say('two', chat.id);
    joe.session.written(chat.id, chat.version + 100);
    await joe.session.end();
    clock.advance(50);
    const back = await customer('joe');
    const replayed = back.session.replay({ limit: 100, maxAgeMs: 60_000 });
    expect(saves).to.have.length(1);
    for (const go of saves) go();
    await replayed;
    expect(back.texts()).to.deep.equal([]);
  });

  it('sheds a session that cannot be handed what waits for it', async () => {
    const { customer, operator } = await workbench({ limits: { heldDeliveries: 2 } });
    const joe = await customer('joe');
    const chat = chatOf(await joe.say('one', 'joe'));
    const olga = await operator('olga');
    const replayed = joe.session.replay({ limit: 100, maxAgeMs: 60_000 });
    await Promise.all(['a', 'b', 'c', 'd'].map((text) => olga.say(text, chat.id)));
    await replayed;
    expect(joe.ended).to.equal('SLOW');
  });

  it('passes typing on without the draft to customers, with it to the desk, and never to its author', async () => {
    const { customer, operator, advance } = await workbench();
    const olga = await operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available' });
    const joe = await customer('joe');
    const chat = chatOf(await joe.say('hello', 'joe'));
    await joe.do({ type: 'SetTyping', to: { key: 'joe' }, isOn: true, preview: 'I thi', ttlMs: 5_000 });
    await olga.do({ type: 'SetTyping', to: { chatId: chat.id }, isOn: true, preview: 'secret', ttlMs: 5_000 });
    const typing = (seat: typeof joe): unknown[] =>
      seat.heard.flatMap(({ event }) => (event.type === 'TypingChanged' ? [event.preview ?? event.isOn] : []));
    expect([typing(olga), typing(joe)]).to.deep.equal([['I thi'], [true]]);
    await joe.do({ type: 'SetTyping', to: { key: 'joe' }, isOn: true, preview: 'I think', ttlMs: 5_000 });
    await joe.do({ type: 'SetTyping', to: { key: 'joe' }, isOn: true, preview: 'I think so', ttlMs: 5_000 });
    await advance(100);
    expect(typing(olga)).to.deep.equal(['I thi', 'I think so']);
  });

  it('gives typing back to its author where his session asks for it, with what his dialect hangs on it', async () => {
    const { customer, operator } = await workbench();
    const olga = await operator('olga', { echoesTyping: true });
    const phone = await operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available' });
    const joe = await customer('joe');
    const chat = chatOf(await joe.say('hello', 'joe'));
    const said = { type: 'SetTyping', to: { chatId: chat.id }, isOn: true, ttlMs: 5_000 } as const;
    await olga.do({ ...said, extras: { space: 'test', data: { mood: 'calm' } } });
    const extras = (seat: typeof joe): unknown[] =>
      seat.heard.flatMap(({ event }) => (event.type === 'TypingChanged' ? [event.extras?.data] : []));
    expect([extras(olga), extras(phone), extras(joe)]).to.deep.equal([[{ mood: 'calm' }], [], [{ mood: 'calm' }]]);
  });

  it('passes typing on without what hangs on it when that is too much', async () => {
    const { customer, operator } = await workbench();
    const olga = await operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available' });
    const joe = await customer('joe');
    await joe.say('hello', 'joe');
    const extras = { space: 'test', data: { mood: 'x'.repeat(1_000) } };
    await joe.do({ type: 'SetTyping', to: { key: 'joe' }, isOn: true, ttlMs: 5_000, extras });
    const typing = olga.heard.flatMap(({ event }) => (event.type === 'TypingChanged' ? [event] : []));
    expect(typing.map((event) => [event.isOn, 'extras' in event])).to.deep.equal([[true, false]]);
  });

  it('stores nothing of typing', async () => {
    const { customer, store } = await workbench();
    const joe = await customer('joe');
    await joe.say('hello', 'joe');
    const before = await store.head('default');
    for (let n = 0; n < 50; n++)
      await joe.do({ type: 'SetTyping', to: { key: 'joe' }, isOn: true, preview: `${n}`, ttlMs: 5_000 });
    expect(await store.head('default')).to.equal(before);
  });

  it('lets a filter change what one side sees, drop what another does, and fail without harm', async () => {
    const forCustomers = (draft: Draft): Draft | null =>
      draft.destination === 'customer' && draft.body.kind === 'text'
        ? { ...draft, body: { kind: 'text', text: draft.body.text.replace('damn', '****') } }
        : draft;
    const notForAll = async (draft: Draft): Promise<Draft | null> => (draft.destination === 'all' ? null : draft);
    const broken = (): never => {
      throw new Error('broken filter');
    };
    const { core, customer, operator, bot, log } = await workbench({ filters: [broken, forCustomers, notForAll] });
    const [olga, logger] = [await operator('olga'), await bot('logger')];
    await olga.do({ type: 'SetAvailability', status: 'available' });
    const joe = await customer('joe');
    const chat = chatOf(await joe.say('open', 'joe'));
    await Promise.all([olga.say('damn', chat.id), olga.say('second', chat.id)]);
    expect([joe.texts(), olga.texts(), logger.texts()]).to.deep.equal([
      ['open', '****', 'second'],
      ['open', 'damn', 'second'],
      [],
    ]);
    const page = await core.transcript(joe.session, { chatId: chat.id }, { limit: 10 });
    expect(page.entries.map(({ event }) => textOf(event))).to.deep.equal(['open', '****', 'second']);
    expect(log.lines.map((line) => line.message)).to.include('a message filter was skipped');
  });

  it('tells a filter what the author calls his words, and that he calls them nothing', async () => {
    const ids = new Set<unknown>();
    const watching = (draft: Draft): Draft => {
      ids.add(draft.clientId);
      return draft;
    };
    const { customer } = await workbench({ filters: [watching] });
    const joe = await customer('joe');
    const clientId = { space: 'joes', value: 7 };
    const said = {
      type: 'PostMessage',
      to: { key: 'joe' },
      body: { kind: 'text', text: 'hello' },
      ifClosed: 'new',
    } as const;
    await joe.do({ ...said, clientId });
    expect([...ids]).to.deep.equal([clientId]);
    await joe.do(said);
    expect([...ids]).to.deep.equal([clientId, null]);
  });

  it('skips a filter that is late, two seconds for each destination', async () => {
    const { customer, advance } = await workbench({ filters: [() => new Promise(() => {})] });
    const joe = await customer('joe');
    const said = joe.say('hello', 'joe');
    await settled();
    await advance(5_000);
    expect(joe.texts()).to.deep.equal([]);
    await advance(1_000);
    expect(codeOf(await said)).to.equal('accepted');
    expect(joe.texts()).to.deep.equal(['hello']);
  });

  it('pages a transcript, newest first read, with what has become of each message', async () => {
    const { core, customer, operator, clock } = await workbench();
    const joe = await customer('joe');
    const chat = chatOf(await joe.say('1', 'joe'));
    for (const text of ['2', '3', '4', '5']) await joe.say(text, 'joe');
    const olga = await operator('olga');
    await olga.do({ type: 'Acknowledge', to: { chatId: chat.id }, state: 'read', what: { upToSeq: 4 } });
    const last = await core.transcript(joe.session, { chatId: chat.id }, { limit: 2 });
    expect(last.entries.map(({ event, receipt }) => [textOf(event), receipt?.state])).to.deep.equal([
      ['4', 'read'],
      ['5', 'sent'],
    ]);
    expect(last.hasMore).to.equal(true);
    expect(last.entries[0]?.receipt?.readAt).to.equal(clock.now());
    const before = await core.transcript(
      joe.session,
      { chatId: chat.id },
      { limit: 10, beforeNumber: last.entries[0]?.event.number ?? 0 },
    );
    expect(before.entries.map(({ event }) => textOf(event))).to.deep.equal(['1', '2', '3']);
    expect(before.hasMore).to.equal(false);
  });

  it('reads all chats of a customer as one history', async () => {
    const { core, customer, operator } = await workbench();
    const joe = await customer('joe');
    const olga = await operator('olga');
    const first = chatOf(await joe.say('first chat', 'joe'));
    await olga.do({ type: 'CloseChat', to: { chatId: first.id }, reason: 'operator' });
    const second = chatOf(await joe.say('second chat', 'joe', { ifClosed: 'new' }));
    expect(second.id).not.to.equal(first.id);
    const page = await core.transcript(joe.session, { participantId: joe.session.participant.id }, { limit: 10 });
    expect(page.entries.map(({ event }) => textOf(event))).to.deep.equal(['first chat', 'second chat']);
  });

  it('confirms by time what the desk had seen by then', async () => {
    const { customer, operator, clock, advance } = await workbench();
    const joe = await customer('joe');
    const olga = await operator('olga');
    const chat = chatOf(await joe.say('open', 'joe'));
    await olga.say('one', chat.id);
    const then = clock.now();
    await advance(1_000);
    await olga.say('two', chat.id);
    await joe.do({ type: 'Acknowledge', to: { key: 'joe' }, state: 'read', what: { upToAt: then } });
    expect(chatOf(await joe.say('x', 'joe')).unreadByCustomer).to.equal(1);
  });

  it('tells waiting customers their position, and who is let in', async () => {
    const { customer, operator, advance } = await workbench();
    const [joe, ann] = [await customer('joe'), await customer('ann')];
    await joe.say('hello', 'joe');
    await ann.say('hello', 'ann');
    await advance(2_000);
    const positions = (seat: typeof joe): number[] =>
      seat.heard.flatMap(({ event }) => (event.type === 'QueueMoved' ? event.position : []));
    expect([positions(joe), positions(ann)]).to.deep.equal([[1], [2]]);
    const olga = await operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available', capacity: { 'en-US': 1 } });
    await advance(2_000);
    expect([positions(joe), positions(ann)]).to.deep.equal([
      [1, 0],
      [2, 1],
    ]);
  });

  it('puts a place in the queue into the words of the workspace, as long as somebody waits', async () => {
    const queueNotice = 'You are number {position}.';
    const { customer, operator, advance } = await workbench({
      workspaces: [{ id: 'default', policies: { queueNotice } }],
    });
    const joe = await customer('joe');
    await joe.say('hello', 'joe');
    await advance(2_000);
    const olga = await operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available' });
    await advance(2_000);
    const words = joe.heard.flatMap(({ event }) => (event.type === 'QueueMoved' ? [event.notice?.text] : []));
    expect(words).to.deep.equal(['You are number 1.', undefined]);
  });

  it('notifies a person on all devices, and stores it', async () => {
    const { customer, bot } = await workbench();
    const [joe, herald] = [await customer('joe'), await bot('herald')];
    await joe.say('hello', 'joe');
    const participantId = joe.session.participant.id;
    const outcome = await herald.do({
      type: 'NotifyParticipant',
      participantId,
      kind: 'offer',
      content: 'ten percent',
      data: null,
    });
    expect(codeOf(outcome)).to.equal('accepted');
    expect(joe.heard.at(-1)?.event).to.include({ type: 'ParticipantNotified', kind: 'offer', content: 'ten percent' });
    expect(
      codeOf(await joe.do({ type: 'NotifyParticipant', participantId, kind: 'x', content: null, data: null })),
    ).to.equal('NOT_ALLOWED');
  });

  it('goes on after a start from a snapshot exactly as after one without', async () => {
    const unhurried = { perSecond: 1_000, burst: 10_000 };
    const bench = await workbench({ limits: { rates: { customer: unhurried, operator: unhurried } } });
    const olga = await bench.operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available', capacity: { 'en-US': 2 } });
    const joe = await bench.customer('joe');
    await joe.say('open', 'joe');
    for (let n = 0; n < 2_100; n += 1) await joe.say(`${n}`, 'joe');
    for (const name of ['ann', 'bob']) await (await bench.customer(name)).say('waiting', name);
    expect(await bench.store.loadSnapshot('routing/default/0'))
      .to.have.property('position')
      .above(1_000);
    const after = await bench.restarted();
    const again = await after.operator('olga');
    await settled();
    const lobby = after.core.lobby(again.session);
    expect([...lobby.chats.values()].map((chat) => chat.status).sort()).to.deep.equal([
      'assigned',
      'assigned',
      'pending',
    ]);
    expect(lobby.load(again.session.participant.id, 'en-US')).to.equal(2);
  });

  it('gives a desk the chats its rule names, by the sub-tenant too, and says that they are welcome', async () => {
    const desk = { space: 'desk', externalId: 'desk' };
    const { core, customer, operator } = await workbench({
      workspaces: [{ id: 'default', delegations: [{ desk, realm: 'shop' }] }],
    });
    const [mine, other] = [
      await customer('joe', {}, { realm: 'shop' }),
      await customer('ann', {}, { realm: 'elsewhere' }),
    ];
    expect([core.canAccept(mine.session), core.canAccept(other.session)]).to.deep.equal([false, false]);
    const far = await operator('desk', { mode: 'desk' }, { isDesk: true });
    await far.do({ type: 'SetAvailability', status: 'available' });
    expect([core.canAccept(mine.session), core.canAccept(other.session)]).to.deep.equal([true, false]);
    const chats = [chatOf(await mine.say('hello', 'joe')), chatOf(await other.say('hello', 'ann'))];
    expect(chats.map((chat) => chat.delegateId)).to.deep.equal([far.session.participant.id, null]);
    expect(far.texts()).to.include('hello');
  });
});
