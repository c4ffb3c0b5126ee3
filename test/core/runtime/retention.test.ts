import { expect } from 'chai';
import { createMemoryStore, memoryAttachments, StoreError, type WorkspaceConfig } from '@dragoman/core';
import { createFixedClock } from '@dragoman/core/testing';
import { chatOf, workbench, type Workbench } from './workbench.js';

const day = 86_400_000;
const hour = 3_600_000;

describe('a chat that closed long ago', () => {
  const keeping = (policies: WorkspaceConfig['policies']) => ({
    workspaces: [{ id: 'default', ...(policies && { policies }) }],
  });

  async function closedChat({ customer, operator }: Workbench, name: string): Promise<string> {
    const ann = await customer(name);
    const olga = await operator('olga');
    const { id } = chatOf(await ann.say(`secret of ${name}`, name));
    await olga.do({ type: 'CloseChat', to: { chatId: id }, reason: 'operator' });
    await Promise.all([ann.session.end(), olga.session.end()]);
    return id;
  }

  /** In one leap: hours in steps of a second would be many. */
  async function later({ clock, advance }: Workbench, ms: number): Promise<void> {
    clock.advance(ms);
    await advance(0);
  }

  const inStore = async ({ store }: Workbench): Promise<string> =>
    JSON.stringify(await store.readLane('default', 0, 500));

  function archived({ store }: Workbench): string[] {
    const found: string[] = [];
    const archive = store.archive.bind(store);
    store.archive = async (stream) => {
      found.push(stream);
      await archive(stream);
    };
    return found;
  }

  it('stays for ever when nothing else is said', async () => {
    const bench = await workbench(keeping({}));
    await closedChat(bench, 'ann');
    await later(bench, 1000 * day);
    expect(await inStore(bench)).to.contain('secret of ann');
  });

  it('is put out of the way in its time, once, and others are not', async () => {
    const bench = await workbench(keeping({ archiveAfterMs: 10 * day }));
    const moved = archived(bench);
    const first = await closedChat(bench, 'ann');
    await later(bench, 5 * day);
    await closedChat(bench, 'bob');
    await bench.customer('carl').then((carl) => carl.say('still here', 'carl'));
    expect(moved).to.deep.equal([]);
    await later(bench, 5 * day);
    expect(moved).to.deep.equal([`chat/default/${first}`]);
    await later(bench, hour);
    expect(moved).to.have.length(1);
  });

  it('is put away after a restart too, also when it closed before that was wanted', async () => {
    const bench = await workbench();
    const id = await closedChat(bench, 'ann');
    const moved = archived(bench);
    const again = await bench.restarted(keeping({ archiveAfterMs: day }));
    await later(again, 2 * day);
    expect(moved).to.deep.equal([`chat/default/${id}`]);
  });

  it('loses its words in their time, and is never opened again', async () => {
    const bench = await workbench(keeping({ eraseAfterMs: 30 * day }));
    const id = await closedChat(bench, 'ann');
    await later(bench, 29 * day);
    expect(await inStore(bench)).to.contain('secret of ann');
    await later(bench, day);
    expect(await inStore(bench)).not.to.contain('secret of ann');
    const olga = await bench.operator('olga');
    const reopened = await olga.do({ type: 'ReopenChat', to: { chatId: id }, windowMs: 1000 * day });
    expect(reopened).to.have.nested.property('rejection.code', 'CHAT_CLOSED');
    const ann = await bench.customer('ann');
    expect(chatOf(await ann.say('hello again', 'ann')).id).not.to.equal(id);
  });

  it('loses its words an hour later when the store fails in the middle', async () => {
    const bench = await workbench(keeping({ eraseAfterMs: 30 * day }));
    await closedChat(bench, 'ann');
    const redact = bench.store.redact.bind(bench.store);
    bench.store.redact = () => Promise.reject(new StoreError('Unavailable', 'told to fail'));
    await later(bench, 30 * day);
    bench.store.redact = redact;
    expect(await inStore(bench)).to.contain('secret of ann');
    await later(bench, hour);
    expect(await inStore(bench)).not.to.contain('secret of ann');
  });

  for (const [ahead, name] of [
    [2 * hour, 'two hours'],
    [1000 * day, 'years'],
  ] as const) {
    it(`loses its words also when it closed while the clock was ${name} ahead, and had been set right since`, async () => {
      const bench = await workbench(keeping({ eraseAfterMs: 30 * day }));
      bench.clock.advance(ahead);
      await closedChat(bench, 'ann');
      bench.clock.advance(-ahead);
      const again = await bench.restarted(keeping({ eraseAfterMs: 30 * day }));
      await again.customer('bob').then((bob) => bob.say('on time', 'bob'));
      await later(again, 30 * day);
      await later(again, 3 * hour);
      const kept = await inStore(again);
      expect([kept.includes('on time'), kept.includes('secret of ann')]).to.deep.equal([true, false]);
    });
  }

  it('is not erased by a clock that was set years ahead, and right again within the hour', async () => {
    const clock = createFixedClock();
    let ahead = 0;
    const set = { ...clock, now: () => clock.now() + ahead };
    const store = createMemoryStore({ clock: set });
    const bench = await workbench({ ...keeping({ eraseAfterMs: 30 * day }), clock: set }, { clock, store });
    await closedChat(bench, 'ann');
    for (const [years, isKept] of [
      [3, true],
      [0, true],
      [3, true],
      [3, false],
    ] as const) {
      ahead = years * 365 * day;
      await later(bench, hour);
      expect((await inStore(bench)).includes('secret of ann')).to.equal(isKept);
    }
  });

  it('leaves nothing of how far somebody was written to, and is not handed over again for that', async () => {
    const bench = await workbench();
    const ann = await bench.customer('ann');
    const { id, version } = chatOf(await ann.say('long ago', 'ann'));
    ann.session.written(id, version);
    const { participant, space } = ann.session;
    const bookmarks = () => bench.store.loadBookmarks('default', space, participant.id);
    const watch = await bench.operator('watch', { scope: 'all' }, { role: 'monitor', space: 'relay' });
    watch.session.writtenUpTo(3);
    await bench.advance(1_000);
    expect(await bookmarks()).to.have.length(1);
    await later(bench, 7 * day + 2 * hour);
    expect(await bookmarks()).to.deep.equal([]);
    expect(await watch.session.lastWritten()).to.equal(3);
    const olga = await bench.operator('olga');
    await ann.session.end();
    await olga.say('now', id);
    const back = await bench.customer('ann', { begins: 'replay' });
    await back.session.replay({ limit: 100, maxAgeMs: 1_000 * day });
    expect(back.texts()).to.deep.equal(['now']);
  });

  it('is kept while it is open again', async () => {
    const bench = await workbench(keeping({ eraseAfterMs: 2 * day }));
    const id = await closedChat(bench, 'ann');
    await later(bench, day);
    const olga = await bench.operator('olga');
    await olga.do({ type: 'ReopenChat', to: { chatId: id }, windowMs: 2 * day });
    await later(bench, 2 * day);
    expect(await inStore(bench)).to.contain('secret of ann');
  });
});

describe('a picture that no message shows', () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const image = { kind: 'image', mime: 'image/png', bytes: 3, width: 1, height: 1, caption: '' } as const;

  async function later({ clock, advance }: Workbench, ms: number): Promise<void> {
    clock.advance(ms);
    await advance(0);
  }

  const isKept = async ({ core }: Workbench, id: string): Promise<boolean> =>
    (await core.attachments.get('default', id)) !== undefined;

  it('is taken away after a day, by whichever process serves then', async () => {
    const bench = await workbench({ attachments: memoryAttachments() });
    const id = await bench.core.attachments.put('default', bytes, 'image/png');
    await later(bench, day - hour);
    expect(await isKept(bench, id)).to.equal(true);
    const again = await bench.restarted();
    await later(again, hour);
    expect(await isKept(again, id)).to.equal(false);
    expect(await again.store.loadNotes('default', '')).to.deep.equal([]);
  });

  it('stays once somebody has said it, also when he stores it again and says nothing', async () => {
    const bench = await workbench({ limits: { unsentPicturesMs: 2 * hour } });
    const ann = await bench.customer('ann');
    const put = (): Promise<string> =>
      bench.core.attachments.put('default', bytes, 'image/png', ann.session.participant.id);
    const attachmentId = await put();
    await ann.do({ type: 'PostMessage', to: { key: 'a' }, body: { ...image, attachmentId }, ifClosed: 'refuse' });
    expect(await bench.store.loadNotes('default', '')).to.deep.equal([]);
    await put();
    for (const _ of [1, 2, 3]) await later(bench, hour);
    expect(await isKept(bench, attachmentId)).to.equal(true);
    expect(await bench.store.loadNotes('default', '')).to.deep.equal([]);
  });

  it('stays when somebody says it while the log is searched for it', async () => {
    const bench = await workbench();
    const ann = await bench.customer('ann');
    const attachmentId = await bench.core.attachments.put('default', bytes, 'image/png');
    const body = { ...image, attachmentId };
    const readLane = bench.store.readLane.bind(bench.store);
    let said: Promise<unknown> | undefined;
    bench.store.readLane = async (...asked) => {
      const page = await readLane(...asked);
      if (page.length === 0)
        await (said ??= ann.do({ type: 'PostMessage', to: { key: 'a' }, body, ifClosed: 'refuse' }));
      return page;
    };
    for (const ms of [day, hour]) await later(bench, ms);
    expect(await said).to.include({ ok: true });
    expect(await isKept(bench, attachmentId)).to.equal(true);
  });

  it('goes with the chat that showed it', async () => {
    const policies = { eraseAfterMs: 2 * hour };
    const bench = await workbench({ workspaces: [{ id: 'default', policies }] });
    const [ann, olga] = [await bench.customer('ann'), await bench.operator('olga')];
    const attachmentId = await bench.core.attachments.put('default', bytes, 'image/png');
    const body = { ...image, attachmentId };
    const { id } = chatOf(await ann.do({ type: 'PostMessage', to: { key: 'a' }, body, ifClosed: 'refuse' }));
    await olga.do({ type: 'CloseChat', to: { chatId: id }, reason: 'operator' });
    await later(bench, hour);
    expect(await isKept(bench, attachmentId)).to.equal(true);
    await later(bench, hour);
    expect(await isKept(bench, attachmentId)).to.equal(false);
  });

  it('is nobody’s business in a workspace that is none', async () => {
    const { core } = await workbench();
    const failure = await core.attachments.put('elsewhere', bytes, 'image/png').catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(TypeError);
  });
});
