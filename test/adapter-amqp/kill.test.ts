import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect, type ConsumeMessage } from 'amqplib';
import type { Session } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { expect } from 'chai';
import { describeWith } from '../programs.js';
import { theBroker, type Broker } from './broker.js';
import { Canceller } from './cancelling.js';
import { cuttingProxy, type CuttingProxy } from './cutting-proxy.js';
import { itOnOurBroker } from './our-broker.js';
import { deskPlatform, frontPlatform, ownNames } from './sermo-names.js';
import { delegated, scene } from './sermo-peers.js';
import { stubbornPeer, type StubbornPeer } from './stubborn-peer.js';

/** `npm run faults` asks for more: then 10 000 messages each way, and every fault many times. */
const rounds = Number(process.env['FAULT_ROUNDS'] ?? 3);
const isLong = rounds > 10;
const users = 40;
const each = isLong ? Math.ceil((rounds * 50) / users) : 15;
const patienceMs = isLong ? 600_000 : 40_000;
/** How long the broker is away at a stretch, ms. */
const downMs = Number(process.env['FAULT_DOWN_MS'] ?? 30_000);
const bridge = fileURLToPath(new URL('./bridge-process.js', import.meta.url));

/** What one side heard: for each text the names it came under, in the order of the first time. */
class Journal {
  readonly #names = new Map<string, Set<string>>();
  copies = 0;

  /** True the first time. */
  note(text: string, name: string): boolean {
    this.copies += 1;
    const known = this.#names.get(text);
    if (known !== undefined) {
      known.add(name);
      return false;
    }
    this.#names.set(text, new Set([name]));
    return true;
  }

  get size(): number {
    return this.#names.size;
  }

  /** Messages that had more than one effect. */
  get doubled(): readonly string[] {
    return [...this.#names].flatMap(([text, names]) => (names.size > 1 ? [text] : []));
  }

  /** Texts of one user that came before an earlier one. */
  get disordered(): readonly string[] {
    const last = new Map<string, number>();
    return [...this.#names.keys()].filter((text) => {
      const [, user = '', number = ''] = /^\D*(\d+)\.(\d+)$/.exec(text) ?? [];
      const isEarly = Number(number) !== (last.get(user) ?? -1) + 1;
      last.set(user, Number(number));
      return isEarly;
    });
  }
}

interface Told {
  readonly type: string;
  readonly userId: string;
  readonly text: string;
}

function read({ content, properties }: ConsumeMessage): Told & { readonly name: string } {
  return { ...(JSON.parse(content.toString()) as Told), name: String(properties.messageId) };
}

describeWith('rabbitmq', 'Sermo, when everything fails in turn', function () {
  this.timeout(isLong ? 1_800_000 : patienceMs + 60_000);
  let broker: Broker;
  let gateway: ChildProcess | undefined;
  let folder: string;
  let proxy: CuttingProxy;
  const canceller = new Canceller();
  const peers: StubbornPeer[] = [];
  const names = ownNames();
  before(async () => {
    broker = await theBroker();
    proxy = await cuttingProxy(broker.url, canceller.join);
    folder = await mkdtemp(join(tmpdir(), 'dragoman-bridge-'));
  });
  after(async () => {
    gateway?.kill('SIGKILL');
    await Promise.all(peers.map((peer) => peer.stop()));
    await proxy.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function startGateway(): Promise<void> {
    gateway = fork(bridge, [join(folder, 'store'), proxy.url, JSON.stringify(names)]);
    await once(gateway, 'message');
  }

  async function killGateway(): Promise<void> {
    if (gateway === undefined) return;
    const gone = once(gateway, 'exit');
    gateway.kill('SIGKILL');
    await gone;
    await startGateway();
  }

  const faults: Readonly<Record<string, () => Promise<unknown>>> = {
    'gateway killed': killGateway,
    'consumers cancelled': () => eventually('there are consumers', () => canceller.cancel() > 0, patienceMs),
    'connections cut': async () => proxy.cut(),
    'connections closed by the broker': async () => broker.ctl('close_all_connections', 'a test'),
    'broker killed': async () => {
      await broker.kill();
      await broker.start();
    },
    'broker restarted': async () => {
      await broker.stop();
      await broker.start();
    },
  };
  async function putAside(): Promise<number> {
    const model = await connect(broker.url);
    const { messageCount } = await (await model.createChannel()).checkQueue(names.parked);
    await model.close();
    return messageCount;
  }

  const inTurn = isLong ? Object.keys(faults) : ['gateway killed', 'consumers cancelled', 'connections cut'];

  itOnOurBroker('every message arrives, has one effect, and keeps its place, in both directions', async function () {
    const [asked, answered] = [new Journal(), new Journal()];
    const answers: Promise<void>[] = [];
    const desk = stubbornPeer(
      broker.url,
      { says: names.outbound, hears: names.inbound, queue: `${names.inbound}.desk`, pattern: `${deskPlatform}.#` },
      (message) => {
        const { type, userId, text, name } = read(message);
        if (type !== 'text' || !asked.note(text, name)) return;
        const agent = { id: 'anan01', name: 'Anders', type: 'human' };
        const event = { type: 'text', platformId: deskPlatform, userId, text: `re ${text}`, agent };
        // In the order of the questions: the next answer of a chat waits for this one.
        queue(userId, () => desk.send(`${deskPlatform}.${userId}`, event, `answer ${text}`));
      },
    );
    const tails = new Map<string, Promise<void>>();
    const queue = (userId: string, work: () => Promise<void>): void => {
      const tail = (tails.get(userId) ?? Promise.resolve()).then(work);
      tails.set(userId, tail);
      answers.push(tail);
    };
    const front = stubbornPeer(
      broker.url,
      { says: names.inbound, hears: names.outbound, queue: `${names.outbound}.front`, pattern: `${frontPlatform}.#` },
      (message) => {
        const { type, text, name } = read(message);
        if (type === 'text') answered.note(text, name);
      },
    );
    peers.push(desk, front);
    await startGateway();

    const total = users * each;
    const startedAt = performance.now();
    let isDone = false;
    const write = async (user: number): Promise<void> => {
      for (let n = 0; n < each; n += 1) {
        const event = { type: 'text', platformId: frontPlatform, userId: `u${user}`, text: `m ${user}.${n}` };
        await front.send(`${frontPlatform}.u${user}`, event, `question ${user}.${n}`);
        // As long as there are faults to come there is something to say.
        await pause(isLong ? 200 : 20);
      }
    };
    const happened = new Map<string, number>();
    const trouble = async (): Promise<void> => {
      for (let turn = 0; !isDone && (isLong || turn < inTurn.length); turn += 1) {
        const name = inTurn[turn % inTurn.length] ?? '';
        await pause(200 + Math.random() * 800);
        if (isDone) break;
        await faults[name]?.();
        happened.set(name, (happened.get(name) ?? 0) + 1);
      }
    };
    const faulting = trouble();
    await Promise.all(Array.from({ length: users }, (_, user) => write(user)));
    isDone = true;
    await faulting;
    await eventually('all are answered', () => answered.size === total, patienceMs);
    await Promise.all(answers);
    const seconds = (performance.now() - startedAt) / 1000;
    if (isLong) {
      console.log(`    ${total} messages each way in ${seconds.toFixed(0)} s; lost 0`);
      console.log(`    copies of the same name: ${asked.copies - total} inbound, ${answered.copies - total} outbound`);
      console.log(`    ${[...happened].map(([name, times]) => `${name} ${times}x`).join(', ')}`);
    }
    expect(asked.size).to.equal(total);
    expect(await putAside(), 'nothing was put aside').to.equal(0);
    expect([asked.doubled, answered.doubled]).to.deep.equal([[], []]);
    expect([asked.disordered, answered.disordered]).to.deep.equal([[], []]);
  });

  // They take their time: not in every run of the tests.
  if (isLong) {
    itOnOurBroker(
      'away for long, everything said to it meanwhile is there afterwards, once and in order, and customers were told',
      async function () {
        const store = await createSqliteStore({ path: join(folder, 'patient') });
        const rate = { perSecond: 1e9, burst: 1e9 };
        const delegations = [{ desk: { space: 'sermo', externalId: deskPlatform } }];
        const stage = await scene(
          { queueType: 'quorum', times: { degradedMs: downMs / 2 } },
          {
            store,
            limits: { rates: { customer: rate, operator: rate } },
            workspaces: [{ id: 'default', delegations }],
          },
        );
        const { inbound: hears, outbound: says } = stage.names;
        const asked = new Journal();
        const place = { says, hears, queue: `${hears}.patient`, pattern: `${deskPlatform}.#` };
        const desk = stubbornPeer(broker.url, place, (message) => {
          const { type, text, name } = read(message);
          if (type === 'text') asked.note(text, name);
        });
        peers.push(desk);
        await desk.ready();
        let notices = 0;
        const who = { workspaceId: 'default', space: 'reference', realm: '', idType: 'string', name: '' } as const;
        const away = { leavesDesk: false, noticeMs: null, closeMs: null } as const;
        const customers = await Promise.all(
          Array.from({ length: users }, (_, user) =>
            stage.core.connect(
              { ...who, externalId: `u${user}`, side: 'customer', role: 'customer' },
              { scope: 'own', echo: 'foreign', chats: 'mine', away },
              ({ event }) => {
                if (event.type === 'MessagePosted' && event.message.body.kind === 'notice') notices += 1;
              },
            ),
          ),
        );
        const say = async (session: Session, user: number, n: number): Promise<void> => {
          const body = { kind: 'text', text: `m ${user}.${n}` } as const;
          const to = { key: `u${user}` };
          const outcome = await stage.core.dispatch(session, { type: 'PostMessage', to, body, ifClosed: 'new' });
          expect(outcome.ok).to.equal(true);
        };
        await Promise.all(customers.map((session, user) => say(session, user, 0)));
        await eventually('it is heard', () => asked.size === users, patienceMs);

        // Not killed: of a quorum queue that is seconds old a broker may then never find the leader again.
        await broker.stop();
        const downAt = performance.now();
        for (let n = 1; n <= each; n += 1) {
          await Promise.all(customers.map((session, user) => say(session, user, n)));
          await pause(Math.max(0, (downMs * n) / each - (performance.now() - downAt)));
        }
        const { problems = [], waiting } = stage.adapter.health?.() ?? {};
        const downS = (performance.now() - downAt) / 1000;
        await broker.start();
        const upAt = performance.now();
        const total = users * (each + 1);
        await eventually('all is heard', () => asked.size === total, patienceMs);
        const upS = (performance.now() - upAt) / 1000;
        console.log(`    the broker was down for ${downS.toFixed(0)} s, ${users * each} texts were accepted meanwhile`);
        console.log(`    ${waiting} events waited; all were heard ${upS.toFixed(1)} s after it was back; lost 0`);
        expect(problems.some((problem) => problem.includes('falls behind'))).to.equal(true);
        expect(notices, 'each is told once').to.equal(users);
        expect([asked.doubled, asked.disordered]).to.deep.equal([[], []]);
        await stage.stop();
      },
    );

    itOnOurBroker(
      'where the broker takes no message as large as a picture, its text comes without it, and all else',
      async () => {
        const setMost = (bytes: number): string =>
          broker.ctl('eval', `application:set_env(rabbit, max_message_size, ${bytes}).`);
        setMost(10_000);
        const stage = await scene({}, delegated);
        try {
          const [customer, desk] = [await stage.customer('u-1'), await stage.desk()];
          await customer.say({ type: 'text', text: 'hello' });
          const { userId: chatId } = await desk.hears('text', { text: 'hello' });
          const { session, say } = await stage.colleague();
          const bytes = Buffer.concat([Buffer.from('GIF89a')], 20_000);
          const attachmentId = await stage.core.attachments.put('default', bytes, 'image/gif');
          const size = { bytes: bytes.length, width: null, height: null };
          const body = { kind: 'image', attachmentId, mime: 'image/gif', caption: 'look', ...size } as const;
          await stage.core.dispatch(session, { type: 'PostMessage', to: { chatId }, body, ifClosed: 'refuse' });
          await say(chatId, 'after');
          await customer.hears('text', { text: 'after' });
          const heard = customer.heard.flatMap(({ type, text }) => (type === 'text' ? [text] : []));
          expect(heard).to.deep.equal(['look\n[picture, gif, 20 kB, not shown here]', 'after']);
          expect(stage.counts()).to.include({ too_large: 1 });
          await say(chatId, 'x'.repeat(20_000));
          await say(chatId, 'and after');
          await customer.hears('text', { text: 'and after' });
          setMost(134_217_728);
          const [letter] = (await stage.adapter.deadLetters?.all()) ?? [];
          expect(letter).to.include({ way: 'out', event: 'text', chatId });
          // The broker reads its limit when a channel begins: the first attempt ends the old one.
          const again = async (): Promise<boolean> => stage.adapter.deadLetters?.redrive(letter?.id ?? '') ?? false;
          await eventually('it is taken', async () => !(await again()));
          await eventually('it is heard', () => customer.heard.at(-1)?.text?.length === 20_000);
        } finally {
          setMost(134_217_728);
          await stage.stop();
        }
      },
    );

    itOnOurBroker(
      'while the broker has an alarm and blocks who publishes, we still hear, and what we say comes when it is over',
      async function () {
        const stage = await scene({}, delegated);
        const [customer, desk] = [await stage.customer('u-1'), await stage.desk()];
        await customer.say({ type: 'text', text: 'hello' });
        const { userId } = await desk.hears('text', { text: 'hello' });
        broker.ctl('set_vm_memory_high_watermark', 'absolute', '1');
        try {
          const { say } = await stage.colleague();
          await say(userId, 'patience');
          await eventually('we are told', () => stage.adapter.status()['publish'] === 'blocked');
          await say(userId, 'more patience');
          expect(stage.adapter.status()['consume']).to.equal('ready');
        } finally {
          broker.ctl('set_vm_memory_high_watermark', '0.4');
        }
        await customer.hears('text', { text: 'more patience' });
        expect(customer.heard.filter(({ text }) => text === 'patience')).to.have.length(1);
        await stage.stop();
      },
    );
  }
});
