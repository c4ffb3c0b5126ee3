import type { Socket } from 'node:net';
import { expect } from 'chai';
import { connect } from 'amqplib';
import { reject, type Core, type Session } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import { describeWith } from '../programs.js';
import { theBroker, type Broker } from './broker.js';
import { Canceller } from './cancelling.js';
import { createLeapingClock } from '../adapter-socketio/leaping-clock.js';
import { cuttingProxy, type CuttingProxy } from './cutting-proxy.js';
import { Mute } from './muting.js';
import { itOnOurBroker } from './our-broker.js';
import { delegated, frontPlatform, peer, scene, type Heard, type Peer, type Scene } from './sermo-peers.js';

const quick = { reconnectFirstMs: 20, reconnectMostMs: 200 };

describeWith('rabbitmq', 'Sermo, when the broker', function () {
  this.timeout(120_000);
  let broker: Broker;
  let stage: Scene;
  let proxy: CuttingProxy | undefined;
  before(async () => {
    broker = await theBroker();
  });
  afterEach(async () => {
    await stage.stop();
    await proxy?.close();
    proxy = undefined;
  });

  const problems = (): readonly string[] => stage.adapter.health?.().problems ?? [];

  async function talking(options = {}): Promise<{ customer: Peer; desk: Peer; userId: string }> {
    stage = await scene({ times: quick, ...options }, delegated);
    const [customer, desk] = [await stage.customer('u-1'), await stage.desk()];
    await customer.say({ type: 'text', text: 'hello' });
    const { userId } = await desk.hears('text', { text: 'hello' });
    return { customer, desk, userId };
  }

  it('cancels our consumer, because its queue was deleted, the queue is made again and read', async () => {
    const { customer, desk } = await talking();
    const model = await connect(broker.url);
    await (await model.createChannel()).deleteQueue(stage.names.customerQueue);
    await eventually('it is there again', () => stage.adapter.status()['consume'] !== 'ready');
    await eventually('and ready', () => stage.adapter.status()['consume'] === 'ready');
    await model.close();
    await customer.say({ type: 'text', text: 'still here' });
    await desk.hears('text', { text: 'still here' });
  });

  it('cancels our consumer, the queue is read on: nothing is missing, nothing doubled', async () => {
    const canceller = new Canceller();
    proxy = await cuttingProxy(broker.url, canceller.join);
    const { customer, desk } = await talking({ url: proxy.url });
    const words = Array.from({ length: 15 }, (_, n) => `word ${n}`);
    const said = Promise.all(words.map((text) => customer.say({ type: 'text', text })));
    expect(canceller.cancel()).to.equal(2);
    await said;
    await desk.hears('text', { text: 'word 14' });
    const heard = desk.heard.flatMap(({ type, text }) => (type === 'text' && text !== undefined ? [text] : []));
    expect(heard).to.deep.equal(['hello', ...words]);
  });

  it('gives us what the core cannot take just now, it is tried again until it can, in order', async () => {
    let refusals = 3;
    const busy = { ok: false, rejection: reject('BUSY') } as const;
    const around = (core: Core): Core => ({
      ...core,
      async dispatch(by, command) {
        if (command.type === 'PostMessage' && (refusals -= 1) >= 0) return busy;
        return core.dispatch(by, command);
      },
    });
    stage = await scene({}, delegated, around);
    const [customer, desk] = [await stage.customer('u-1'), await stage.desk()];
    for (const text of ['one', 'two', 'three']) await customer.say({ type: 'text', text });
    await desk.hears('text', { text: 'three' });
    const heard = desk.heard.flatMap(({ type, text }) => (type === 'text' ? [text] : []));
    expect(heard).to.deep.equal(['one', 'two', 'three']);
    expect(await stage.parked()).to.deep.equal([]);
  });

  it('gives us again and again what cannot be kept, others are heard as ever', async () => {
    const clock = createLeapingClock();
    let attempts = 0;
    const put = async (): Promise<never> => {
      attempts += 1;
      throw new Error('the disk is full');
    };
    const around = (core: Core): Core => {
      const attachments = new Proxy(core.attachments, {
        get: (own, key) => (key === 'put' ? put : Reflect.get(own, key)),
      });
      return { ...core, attachments };
    };
    stage = await scene({ queueType: 'quorum', times: quick }, { ...delegated, clock }, around);
    const [ill, well, desk] = [await stage.customer('u-1'), await stage.customer('u-2'), await stage.desk()];
    const image = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
    await ill.say({ type: 'text', text: 'look', image });
    for (let times = 0; times < 6; times += 1) {
      const before = attempts;
      await eventually('it is tried', () => attempts > before + 1);
      clock.leap(61_000);
    }
    await well.say({ type: 'text', text: 'I am well' });
    await desk.hears('text', { text: 'I am well' });
  });

  it('gives us what cannot be stored for long, it has it again until it can, and puts none of it aside', async () => {
    const clock = createLeapingClock();
    let [isDown, attempts] = [true, 0];
    const around = (core: Core): Core => ({
      ...core,
      async connect(...args) {
        const session = await core.connect(...args);
        const kept = session.note.bind(session);
        const note: Session['note'] = (key, value) =>
          isDown ? Promise.reject(new Error('the disk is full')) : kept(key, value);
        return Object.defineProperty(session, 'note', { value: note });
      },
      async dispatch(by, command) {
        if (command.type !== 'PostMessage' || !isDown) return core.dispatch(by, command);
        attempts += 1;
        return { ok: false, rejection: reject('BUSY') };
      },
    });
    stage = await scene({ queueType: 'quorum', times: quick }, { ...delegated, clock }, around);
    const [customer, desk] = [await stage.customer('u-1'), await stage.desk()];
    await customer.say({ type: 'text', text: 'hello' });
    for (let minutes = 0; minutes < 25; minutes += 1) {
      const before = attempts;
      await eventually('it is tried, or rests', () => attempts > before || problems().length > 0);
      clock.leap(61_000);
    }
    expect(problems()).to.have.lengthOf(1);
    isDown = false;
    clock.leap(5_000);
    await desk.hears('text', { text: 'hello' });
    await eventually('all is well', () => problems().length === 0);
  });

  it('gives us a hundred customers at once, the core is asked for 32 of them side by side', async () => {
    let [atOnce, most] = [0, 0];
    const around = (core: Core): Core => ({
      ...core,
      async dispatch(by, command) {
        if (command.type !== 'PostMessage') return core.dispatch(by, command);
        most = Math.max(most, (atOnce += 1));
        await new Promise((resolve) => setImmediate(resolve));
        const outcome = await core.dispatch(by, command);
        atOnce -= 1;
        return outcome;
      },
    });
    stage = await scene({ limits: { prefetch: 100 } }, delegated, around);
    const [front, desk] = [await stage.customer('front'), await stage.desk()];
    const users = Array.from({ length: 100 }, (_, n) => `u-${n}`);
    await Promise.all(users.map((userId) => front.say({ type: 'text', userId, text: `of ${userId}` })));
    await Promise.all(users.map((userId) => desk.hears('text', { text: `of ${userId}` })));
    expect(most).to.equal(32);
  });

  it('gives us a hundred customers at once, everybody else has his turn after 32 of them', async () => {
    let [inTurn, most] = [0, 0];
    const around = (core: Core): Core => ({
      ...core,
      dispatch(by, command) {
        if (command.type !== 'PostMessage') return core.dispatch(by, command);
        if (inTurn === 0) setImmediate(() => (inTurn = 0));
        most = Math.max(most, (inTurn += 1));
        return core.dispatch(by, command);
      },
    });
    stage = await scene({ limits: { prefetch: 100 } }, delegated, around);
    const [front, desk] = [await stage.customer('front'), await stage.desk()];
    const users = Array.from({ length: 100 }, (_, n) => `u-${n}`);
    const speak = async (text: string): Promise<void> => {
      await Promise.all(users.map((userId) => front.say({ type: 'text', userId, text: `${text} of ${userId}` })));
      await Promise.all(users.map((userId) => desk.hears('text', { text: `${text} of ${userId}` })));
    };
    await speak('the first words');
    // Nobody has to be made known any more: what is begun is asked at once.
    most = 0;
    await speak('the second words');
    expect(most).to.be.at.most(32);
  });

  it('takes nothing for us, because nobody is bound, what we say is sent again until somebody is', async () => {
    const { customer, desk } = await talking();
    await desk.close();
    await customer.say({ type: 'text', text: 'is anybody there?' });
    await eventually('it waits', () => Number(stage.adapter.status()['waiting']) > 0);
    const later = await stage.desk();
    await later.hears('text', { text: 'is anybody there?' });
    await eventually('nothing waits', () => stage.adapter.status()['waiting'] === 0);
    expect(new Set(later.properties.map(({ messageId }) => messageId)).size).to.equal(1);
  });

  it('takes nothing for one platform, the others hear what is said to them, however much waits for that one', async () => {
    const platforms = { [frontPlatform]: 'customer', 'other-web': 'customer' } as const;
    stage = await scene({ times: quick, limits: { heldEvents: 3 }, platforms });
    const [front, other] = [await stage.customer('u-1'), await stage.customer('u-1', undefined, 'other-web')];
    for (const customer of [front, other]) await customer.say({ type: 'text', text: 'hello' });
    await eventually('both are heard', () => stage.counts()['in_text'] === 2);
    const colleague = await stage.colleague();
    const chats = [...stage.core.lobby(colleague.session).chats.values()];
    const chatOf = (platform: string): string =>
      chats.find(({ addresses }) => addresses['sermo'] === `${platform}/u-1`)?.id ?? '';
    await front.close();
    const words = Array.from({ length: 6 }, (_, n) => `word ${n}`);
    for (const text of words) await colleague.say(chatOf(frontPlatform), text);
    await colleague.say(chatOf('other-web'), 'to the other');
    await other.hears('text', { text: 'to the other' });
    expect(stage.adapter.status()['isBehind']).to.equal(true);
    const back = await stage.customer('u-1');
    await back.hears('text', { text: 'word 5' });
    const heard = back.heard.flatMap(({ type, text }) => (type === 'text' && text !== undefined ? [text] : []));
    expect(heard).to.deep.equal(words);
  });

  /** Nobody may write to this exchange, until `mend` is called; resolves then with what arrives there. */
  async function forbid(exchange: string) {
    const model = await connect(broker.url);
    const channel = await model.createChannel();
    const anew = async (options: object): Promise<void> => {
      await channel.deleteExchange(exchange);
      await channel.assertExchange(exchange, 'topic', { durable: true, ...options });
    };
    await anew({ internal: true });
    return {
      async mend(): Promise<readonly string[]> {
        await anew({});
        const { queue } = await channel.assertQueue('', { exclusive: true });
        await channel.bindQueue(queue, exchange, '#');
        const heard: string[] = [];
        await channel.consume(queue, (message) => {
          const { type, text } = JSON.parse(String(message?.content)) as { type: string; text: string };
          if (type === 'text') heard.push(text);
        });
        return heard;
      },
      close: () => model.close(),
    };
  }

  it('lets us not write somewhere, that is a problem by name, and what it refused is set aside until sent again', async () => {
    const { customer, userId } = await talking({ times: { ...quick, fatalRetryMs: 500 } });
    const { outbound } = stage.names;
    const place = await forbid(outbound);
    const { session, say } = await stage.colleague();
    for (const text of ['first', 'second']) await say(userId, text);
    await eventually('set aside', () => stage.adapter.health?.().figures?.['unsent'] === 2);
    expect(problems().some((problem) => problem.includes(outbound))).to.equal(true);
    const read = Number(stage.counts()['in_text']);
    await customer.say({ type: 'text', text: 'still here' });
    await eventually('it is read', () => Number(stage.counts()['in_text']) === read + 1);

    await stage.adapter.stop();
    const heard = await place.mend();
    await stage.adapter.start(stage.core);
    await say(userId, 'third');
    await eventually('his chat goes on', () => heard.length === 1);
    const letters = async () => (await stage.adapter.deadLetters?.all())?.filter(({ to }) => to === 'the broker') ?? [];
    const [first, ...more] = await letters();
    expect(more).to.have.length(1);
    expect(first).to.deep.include({ way: 'out', event: 'text', chatId: userId, attempts: 1 });
    expect(first?.reason).to.include(outbound);
    expect(JSON.stringify([first, ...more])).not.to.match(/first|second/);
    expect(await stage.adapter.deadLetters?.redrive(first?.id ?? '')).to.equal(true);
    await eventually('both', () => heard.length === 3);
    expect(heard).to.deep.equal(['third', 'first', 'second']);
    await eventually('nothing is left', async () => (await letters()).length === 0);
    expect(problems()).to.deep.equal([]);
    await session.end();
    await place.close();
  });

  it('refuses more than may be set aside, the rest waits in the log and goes by itself', async () => {
    const { userId } = await talking({ times: { ...quick, fatalRetryMs: 300 }, limits: { unsent: 1 } });
    const place = await forbid(stage.names.outbound);
    const { session, say } = await stage.colleague();
    for (const text of ['first', 'second', 'third']) await say(userId, text);
    await eventually('full', () => problems().some((problem) => problem.startsWith('1 events')));
    const heard = await place.mend();
    await eventually('the rest', () => heard.length === 2);
    expect(heard).to.deep.equal(['second', 'third']);
    const [first] = (await stage.adapter.deadLetters?.all()) ?? [];
    await stage.adapter.deadLetters?.redrive(first?.id ?? '');
    await eventually('the first', () => heard.length === 3);
    expect(await stage.adapter.deadLetters?.redrive(first?.id ?? '')).to.equal(false);
    await session.end();
    await place.close();
  });

  it('confirms nothing, what customers say is read on, only slower, and goes on in order when it does', async () => {
    const kept: Buffer[] = [];
    let publishing: Socket | undefined;
    let isMute = false;
    proxy = await cuttingProxy(broker.url, (client, onward) => {
      client.pipe(onward);
      client.on('data', (chunk: Buffer) => {
        if (chunk.includes('dragoman sermo publish')) publishing = client;
      });
      onward.on('data', (chunk: Buffer) => {
        if (isMute && client === publishing) kept.push(chunk);
        else client.write(chunk);
      });
    });
    const { desk } = await talking({ url: proxy.url, limits: { window: 1 } });
    const others = await Promise.all(['u-2', 'u-3', 'u-4'].map((userId) => stage.customer(userId)));
    const read = Number(stage.counts()['in_text']);
    isMute = true;
    for (const n of [1, 2, 3, 4]) await Promise.all(others.map((one) => one.say({ type: 'text', text: `word ${n}` })));
    await eventually('all are read', () => Number(stage.counts()['in_text']) === read + 12);
    expect(stage.adapter.status()).to.include({ unconfirmed: 1, publish: 'ready' });
    isMute = false;
    publishing?.write(Buffer.concat(kept));
    const heard = (): readonly (string | undefined)[] =>
      desk.heard.filter(({ type }) => type === 'text').map(({ text }) => text);
    await eventually('all are heard', () => heard().length === 13);
    const chats = new Set(desk.heard.filter(({ text }) => text === 'word 1').map(({ userId }) => userId));
    expect(chats.size).to.equal(3);
    for (const chat of chats) {
      const words = desk.heard.filter(({ type, userId }) => type === 'text' && userId === chat).map(({ text }) => text);
      expect(words).to.deep.equal(['word 1', 'word 2', 'word 3', 'word 4']);
    }
  });

  it('is away while the queue moves, everybody who waits is told his latest number when it is back', async () => {
    const waiting = Number(process.env['SERMO_WAITING'] ?? 200);
    let isAway = false;
    proxy = await cuttingProxy(broker.url, (client, onward) => {
      if (isAway) client.destroy();
      else client.pipe(onward).pipe(client);
    });
    stage = await scene({ url: proxy.url, times: quick });
    const front = await peer({ says: stage.names.inbound, hears: stage.names.outbound, platformId: frontPlatform });
    const numbers = new Map<string, number>();
    const areTold = (people: number) => (): boolean => {
      for (const { type, userId, queueNumber } of (front.heard as Heard[]).splice(0)) {
        if (type === 'queue_number') numbers.set(userId, Number(queueNumber));
      }
      const sum = [...numbers.values()].reduce((all, one) => all + one, 0);
      return numbers.size === people && sum === (people * (people + 1)) / 2;
    };
    const users = Array.from({ length: waiting }, (_, n) => `u-${n}`);
    await Promise.all(users.map((userId) => front.say({ type: 'text', text: 'Hej', userId })));
    await eventually('all are told', areTold(waiting), 60_000);
    const before = new Map(numbers);
    const [next = ''] = users.filter((userId) => before.get(userId) === 1);
    numbers.delete(next);
    const others = users.filter((userId) => userId !== next);

    isAway = true;
    proxy.cut();
    await eventually('it is away', () => stage.adapter.status()['publish'] !== 'ready');
    const who = { workspaceId: 'default', space: 'sermo', realm: frontPlatform, idType: 'string', name: '' } as const;
    let moved = 0;
    const watcher = await stage.core.connect(
      { ...who, externalId: 'eve', side: 'operator', role: 'monitor' },
      { scope: 'all', echo: 'all', chats: 'mine', away: null },
      ({ event }) => {
        if (event.type === 'QueueMoved') moved += 1;
      },
    );
    const first = await stage.core.connect(
      { ...who, externalId: next, side: 'customer', role: 'customer' },
      { scope: 'own', echo: 'foreign', chats: 'mine', away: { leavesDesk: false, noticeMs: null, closeMs: null } },
      () => undefined,
    );
    const to = { key: `${frontPlatform}/${next}` };
    await stage.core.dispatch(first, { type: 'CloseChat', to, reason: 'customer' });
    await eventually('the others have moved', () => moved >= waiting - 1, 60_000);
    isAway = false;
    await eventually('all are told again', areTold(waiting - 1), 60_000);
    for (const userId of others) expect(numbers.get(userId)).to.equal(Number(before.get(userId)) - 1);
    await Promise.all([watcher.end(), first.end(), front.close()]);
  });

  it('refuses the arguments of a queue, it is said once and nothing else breaks', async () => {
    const { customer, desk } = await talking();
    const other = await scene({ names: stage.names, queueType: 'quorum', times: { fatalRetryMs: 60_000 } }, delegated);
    const { consume } = other.adapter.status();
    await other.stop();
    expect(consume).to.equal('waiting');
    await customer.say({ type: 'text', text: 'undisturbed' });
    await desk.hears('text', { text: 'undisturbed' });
  });

  it('is away at the start, the gateway starts without it', async () => {
    const url = 'amqp://guest:secret@127.0.0.1:1';
    stage = await scene({ url, times: { reconnectFirstMs: 1, reconnectMostMs: 2 } }, delegated);
    expect(stage.adapter.status()['publish']).to.be.oneOf(['waiting', 'connecting']);
    expect(JSON.stringify(stage.adapter.status())).to.not.include('secret');
  });

  it('lives and answers nothing, the start does not wait for it, and it is tried again until it answers', async () => {
    const [mute, clock] = [new Mute(), createLeapingClock()];
    proxy = await cuttingProxy(broker.url, mute.join);
    mute.isOn = true;
    const starting = scene({ times: quick, url: proxy.url }, { ...delegated, clock });
    let hasStarted = false;
    void starting.then(() => (hasStarted = true));
    await eventually('the start is over', () => {
      clock.leap(10_000);
      return hasStarted;
    });
    stage = await starting;
    expect(stage.adapter.health?.().problems).to.have.lengthOf(2);
    mute.isOn = false;
    clock.leap(30_000);
    await eventually('both connections are ready', () => stage.adapter.health?.().problems.length === 0);
    const [customer, desk] = [await stage.customer('u-1'), await stage.desk()];
    await customer.say({ type: 'text', text: 'hello' });
    await desk.hears('text', { text: 'hello' });
  });

  it('loses the acknowledgement of words without a name, they have one effect; said twice they have two', async () => {
    proxy = await cuttingProxy(broker.url);
    let hold: Promise<void> | undefined;
    let dispatched = 0;
    const around = (core: Core): Core => ({
      ...core,
      async dispatch(by, command) {
        const outcome = await core.dispatch(by, command);
        if (command.type === 'PostMessage') dispatched += 1;
        await hold;
        return outcome;
      },
    });
    stage = await scene({ times: quick, url: proxy.url }, delegated, around);
    const [customer, desk] = [await stage.customer('u-1'), await stage.desk()];
    await customer.say({ type: 'text', text: 'ok' });
    await desk.hears('text', { text: 'ok' });
    let release = (): void => undefined;
    hold = new Promise((resolve) => (release = resolve));
    await customer.say({ type: 'text', text: 'ok' });
    await eventually('it is stored', () => dispatched === 2);
    proxy.cut();
    release();
    hold = undefined;
    await eventually('it came again', () => stage.counts()['duplicate'] === 1);
    await customer.say({ type: 'text', text: 'end' });
    await desk.hears('text', { text: 'end' });
    const names = desk.heard.flatMap(({ type, text }, n) =>
      type === 'text' ? [`${text} ${desk.properties[n]?.messageId}`] : [],
    );
    expect([...new Set(names)].map((name) => name.split(' ')[0])).to.deep.equal(['ok', 'ok', 'end']);
  });

  itOnOurBroker(
    'is killed while an operator answers, what was said is there when it is back, once and in order',
    async function () {
      stage = await scene({ times: quick, queueType: 'quorum', limits: { heldEvents: 3 } }, delegated);
      const [customer, desk] = [await stage.customer('u-1', `${stage.names.inbound}.front`), await stage.desk()];
      await customer.say({ type: 'text', text: 'hello' });
      const { userId } = await desk.hears('text', { text: 'hello' });
      await desk.say({ type: 'text', userId, text: 'welcome' });
      await customer.hears('text', { text: 'welcome' });
      await broker.kill();
      await eventually('it is noticed', () => stage.adapter.status()['publish'] !== 'ready');
      const words = Array.from({ length: 8 }, (_, n) => `answer ${n}`);
      const { session, say } = await stage.colleague();
      for (const text of words) await say(userId, text);
      expect(stage.adapter.status()['isBehind']).to.equal(true);
      expect(stage.adapter.status()['waiting']).to.be.at.least(words.length);
      await broker.start();
      const back = await stage.customer('u-1', `${stage.names.inbound}.front`);
      await eventually('the last answer', () => back.heard.some(({ text }) => text === 'answer 7'), 30_000);
      const shown = back.heard.flatMap(({ type, text }) => (type === 'text' && text !== undefined ? [text] : []));
      expect(shown.filter((text) => text.startsWith('answer'))).to.deep.equal(words);
      expect(stage.adapter.status()['isBehind']).to.equal(false);
      await session.end();
    },
  );
});
