import { memoryAttachments, type Erased, type PersonalData } from '@dragoman/core';
import { expect } from 'chai';
import { chatOf, workbench, type Workbench } from './workbench.js';

describe('erasing a person', () => {
  /** Ann has said something about herself in every way there is; Olga has answered. */
  async function annWasHere(bench: Workbench) {
    const { core } = bench;
    const bot = await bench.bot('backend');
    const profile = { email: 'ann@needle.example' };
    const ann = await bench.customer('ann-needle', {}, { name: 'Ann Needle', profile, externalId: 'ann-needle' });
    const olga = await bench.operator('olga');
    const bytes = new TextEncoder().encode('needle picture');
    const attachmentId = await core.attachments.put('default', bytes, 'image/png');
    const opened = await ann.do({
      type: 'PostMessage',
      commandId: 'command-needle',
      to: { key: 'key-needle' },
      body: { kind: 'text', text: 'my needle hurts' },
      ifClosed: 'new',
      opening: { subject: 'needle', displayName: 'Ann Needle', fields: { page: 'needle' } },
      clientId: { space: 'web', value: 'needle-1' },
      extras: { space: 'web', data: { needle: true } },
    });
    const { id } = chatOf(opened);
    const image = { kind: 'image', attachmentId, mime: 'image/png', bytes: 14, width: 1, height: 1 } as const;
    await ann.do({
      type: 'PostMessage',
      to: { chatId: id },
      body: { ...image, caption: 'needle' },
      ifClosed: 'refuse',
    });
    await olga.do({ type: 'AssignChat', to: { chatId: id } });
    await olga.say('dear Ann Needle', id);
    return { ann, olga, bot, id, attachmentId };
  }

  const inStore = async ({ store }: Workbench): Promise<string> =>
    JSON.stringify(await store.readLane('default', 0, 500));

  async function erased(bench: Workbench, by: Awaited<ReturnType<Workbench['bot']>>, id: string): Promise<Erased> {
    const erasure = await bench.core.erase(by.session, id);
    if (!erasure.ok) throw new Error(erasure.rejection.code);
    return erasure.erased;
  }

  it('leaves no word, name or picture of a customer, and says what it found', async () => {
    const bench = await workbench();
    const { ann, bot, attachmentId } = await annWasHere(bench);
    expect(await inStore(bench)).to.match(/needle/i);
    expect(await erased(bench, bot, ann.session.participant.id)).to.deep.include({
      chats: 1,
      sharedChats: 0,
      messages: 3,
      attachments: 1,
      sharedAttachments: 0,
    });
    expect(await inStore(bench)).not.to.match(/needle/i);
    expect(await bench.core.attachments.get('default', attachmentId)).to.equal(undefined);
  });

  it('ends his sessions and closes his chats for good, and everybody hears of it', async () => {
    const bench = await workbench();
    const { ann, olga, bot, id } = await annWasHere(bench);
    await erased(bench, bot, ann.session.participant.id);
    expect(ann.ended).to.equal('UNAUTHENTICATED');
    expect(olga.heard.map(({ event }) => event.type)).to.include.members(['ParticipantErased', 'ChatClosed']);
    expect(await olga.do({ type: 'ReopenChat', to: { chatId: id }, windowMs: 1e9 })).to.have.nested.property(
      'rejection.code',
      'CHAT_CLOSED',
    );
    const { entries } = await bench.core.transcript(olga.session, { chatId: id }, { limit: 100 });
    expect(entries).to.deep.equal([]);
  });

  it('makes whoever comes by the same name later another person, with no history', async () => {
    const bench = await workbench();
    const { ann, bot, id } = await annWasHere(bench);
    await erased(bench, bot, ann.session.participant.id);
    for (const now of [bench, await bench.restarted()]) {
      const again = await now.customer('ann-needle');
      expect(again.session.participant.id).not.to.equal(ann.session.participant.id);
      const next = chatOf(await again.say('hello', 'key-needle'));
      expect(next.id).not.to.equal(id);
      const page = { participantId: again.session.participant.id };
      const { entries } = await now.core.transcript(again.session, page, { limit: 9 });
      expect(entries.map(({ event }) => event.chatId)).to.deep.equal(entries.map(() => next.id));
    }
  });

  it('keeps what others said in a chat that is theirs too', async () => {
    const bench = await workbench();
    const { ann, bot, id } = await annWasHere(bench);
    const bob = await bench.customer('bob');
    expect(chatOf(await bob.say('I am bob', 'key-needle')).id).to.equal(id);
    const report = await erased(bench, bot, ann.session.participant.id);
    expect(report).to.deep.include({ chats: 0, sharedChats: 1 });
    expect(await inStore(bench)).to.contain('I am bob');
  });

  it('takes an operator’s own words out of the chats of others', async () => {
    const bench = await workbench();
    const { olga, bot } = await annWasHere(bench);
    expect(await erased(bench, bot, olga.session.participant.id)).to.deep.include({ sharedChats: 1, messages: 1 });
    const left = await inStore(bench);
    expect(left).not.to.contain('dear Ann Needle');
    expect(left).to.contain('my needle hurts');
  });

  it('keeps a picture that somebody else has sent too', async () => {
    const bench = await workbench();
    const { ann, bot, attachmentId } = await annWasHere(bench);
    const bob = await bench.customer('bob');
    const image = { kind: 'image', attachmentId, mime: 'image/png', bytes: 14, width: 1, height: 1 } as const;
    const body = { ...image, caption: '' };
    await bob.do({ type: 'PostMessage', to: { key: 'b' }, body, ifClosed: 'refuse' });
    const report = await erased(bench, bot, ann.session.participant.id);
    expect(report).to.deep.include({ attachments: 0, sharedAttachments: 1 });
    expect(await bench.core.attachments.get('default', attachmentId)).not.to.equal(undefined);
  });

  it('takes pictures that he stored and never sent, and leaves those that somebody else is about to send', async () => {
    const bench = await workbench();
    const { ann, bot } = await annWasHere(bench);
    const { attachments } = bench.core;
    const bob = await bench.customer('bob');
    const [own, both] = [new Uint8Array([1, 2]), new Uint8Array([3, 4])];
    const annsId = ann.session.participant.id;
    const unsent = await attachments.put('default', own, 'image/png', annsId);
    const shared = await attachments.put('default', both, 'image/png', annsId);
    await attachments.put('default', both, 'image/png', bob.session.participant.id);
    expect(await erased(bench, bot, annsId)).to.deep.include({ attachments: 2, sharedAttachments: 1 });
    expect(await attachments.get('default', unsent)).to.equal(undefined);
    expect(await attachments.get('default', shared)).not.to.equal(undefined);
    expect(JSON.stringify(await bench.store.loadNotes('default', ''))).not.to.contain(annsId);
  });

  it('finds his pictures also when it was broken off after the words had gone', async () => {
    let isGone = true;
    const files = memoryAttachments();
    const remove: typeof files.remove = async (...what) => {
      if (isGone) throw new Error('the disk is gone');
      await files.remove(...what);
    };
    const bench = await workbench({ attachments: { ...files, remove } });
    const { ann, bot, attachmentId } = await annWasHere(bench);
    expect(await erased(bench, bot, ann.session.participant.id).catch((error: Error) => error.message)).to.equal(
      'the disk is gone',
    );
    expect(await inStore(bench)).not.to.match(/needle hurts/);
    isGone = false;
    expect(await erased(bench, bot, ann.session.participant.id)).to.include({ attachments: 1 });
    expect(await bench.core.attachments.get('default', attachmentId)).to.equal(undefined);
  });

  it('is for backends alone, and refuses whom nobody knows', async () => {
    const bench = await workbench();
    const { ann, olga, bot } = await annWasHere(bench);
    const { id } = ann.session.participant;
    for (const seat of [ann, olga]) {
      expect(await bench.core.erase(seat.session, id)).to.have.nested.property('rejection.code', 'NOT_ALLOWED');
    }
    expect(await bench.core.erase(bot.session, 'p_nobody')).to.have.nested.property(
      'rejection.code',
      'UNKNOWN_PARTICIPANT',
    );
    expect(await bench.core.erase(bot.session, bot.session.participant.id)).to.have.property('ok', false);
  });

  it('may be asked for twice', async () => {
    const bench = await workbench();
    const { ann, bot } = await annWasHere(bench);
    await erased(bench, bot, ann.session.participant.id);
    const before = await inStore(bench);
    await erased(bench, bot, ann.session.participant.id);
    expect(await inStore(bench)).to.equal(before);
  });
});

describe('a person’s data', () => {
  const all = async (parts: AsyncIterable<PersonalData>): Promise<PersonalData[]> => {
    const found: PersonalData[] = [];
    for await (const part of parts) found.push(part);
    return found;
  };

  it('are pictures that he never sent, too', async () => {
    const bench = await workbench();
    const bot = await bench.bot('backend');
    const [ann, bob] = [await bench.customer('ann'), await bench.customer('bob')];
    await ann.say('hello', 'a');
    const put = (byte: number, seat: typeof ann): Promise<string> =>
      bench.core.attachments.put('default', new Uint8Array([byte]), 'image/png', seat.session.participant.id);
    const attachmentId = await put(1, ann);
    await put(2, bob);
    const parts = await all(bench.core.personalData(bot.session, ann.session.participant.id));
    expect(parts.slice(2)).to.deep.equal([{ kind: 'picture', attachmentId }]);
  });

  it('are himself and his chats, as he may see them', async () => {
    const bench = await workbench();
    const bot = await bench.bot('backend');
    const ann = await bench.customer('ann', {}, { profile: { email: 'ann@example.com' } });
    const olga = await bench.operator('olga');
    const { id } = chatOf(await ann.say('hello', 'a'));
    await olga.do({ type: 'AssignChat', to: { chatId: id } });
    await olga.say('hi', id);
    await bench.customer('bob').then((bob) => bob.say('mine', 'b'));
    const [person, ...chats] = await all(bench.core.personalData(bot.session, ann.session.participant.id));
    expect(person).to.have.nested.property('participant.profile.email', 'ann@example.com');
    const texts = chats.flatMap((part) => (part.kind === 'chat' ? part.entries.map(({ event }) => event) : []));
    expect(texts.flatMap((event) => (event.type === 'MessagePosted' ? [event.message.body] : []))).to.deep.equal([
      { kind: 'text', text: 'hello' },
      { kind: 'text', text: 'hi' },
    ]);
    expect(await all(bench.core.personalData(bot.session, 'p_nobody'))).to.deep.equal([]);
    expect(() => bench.core.personalData(ann.session, ann.session.participant.id)).to.throw(TypeError);
  });
});
