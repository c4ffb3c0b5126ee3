import { createGateway, devConfig, devEnvironment, tokens, verifyDev, type Config } from '@dragoman/gateway';
import { createCollectingLog } from '@dragoman/core/testing';
import type { Adapter, Core } from '@dragoman/core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'amqplib';
import { expect } from 'chai';
import { isOurs, theBroker, type Broker } from '../adapter-amqp/broker.js';
import { itOnOurBroker } from '../adapter-amqp/our-broker.js';
import { cuttingProxy, type CuttingProxy } from '../adapter-amqp/cutting-proxy.js';
import { ownNames } from '../adapter-amqp/sermo-names.js';

const key = { headers: { authorization: `Bearer ${devEnvironment.DRAGOMAN_DEV_OPERATIONS}` } };
const everyMs = 200;
const isWhole = process.env['FAULT_ROUNDS'] !== undefined;
const hasBroker = isOurs || process.env['AMQP_URL'] !== undefined;
const web = ['happychat', 'tickets', 'convead', 'clustaar', 'http'];
const customers = hasBroker ? [...web, 'sermo'] : web;
const desks = customers.filter((name) => name !== 'clustaar');

/** As `eventually`, for what has to be asked. */
async function until(condition: () => Promise<boolean>, patienceMs: number): Promise<void> {
  for (const from = performance.now(); !(await condition());) {
    if (performance.now() - from > patienceMs) throw new Error('it did not come to pass');
    await pause(20);
  }
}

/** The development profile with a probe, and with its hands on the adapters. */
async function open(folder: string, { broker, ...more }: Partial<Config> & { readonly broker?: string } = {}) {
  const log = createCollectingLog();
  const adapters = new Map<string, Adapter>();
  let core: Core | undefined;
  const environment = { ...devEnvironment, ...(broker !== undefined && { AMQP_URL: broker }) };
  const config = devConfig(0, folder, environment);
  const names = ownNames();
  const gateway = createGateway(
    {
      ...config,
      store: { kind: 'memory' },
      adapters: config.adapters.map((adapter) =>
        adapter.dialect === 'sermo' ? { ...adapter, names, queueType: 'classic' } : adapter,
      ),
      operations: { ...config.operations, probe: { everyMs, timeoutMs: 10_000 } },
      drainMs: 0,
      ...more,
    },
    {
      environment,
      verify: verifyDev,
      bind(container) {
        container.rebind(tokens.log).toConstantValue(log);
        container.onActivation<Adapter>(tokens.adapter, (_, adapter) => {
          adapters.set(adapter.name, adapter);
          const start = adapter.start.bind(adapter);
          return { ...adapter, start: (given: Core) => start((core = given)) };
        });
      },
    },
  );
  await gateway.start();
  const ask = async (path: string): Promise<string> => (await fetch(`${gateway.url()}${path}`, key)).text();
  return {
    gateway,
    log,
    names,
    core: (): Core => core ?? expect.fail('not started'),
    adapter: (name: string): Adapter => adapters.get(name) ?? expect.fail(`no ${name}`),
    ask,
    ready: async (adapter = '') => (await fetch(`${gateway.url()}/health/ready${adapter}`)).status,
    /** Rounds so far, and which passages were up after the last. */
    async passages(): Promise<ReadonlyMap<string, number>> {
      const text = await ask('/metrics');
      const lines = [...text.matchAll(/^dragoman_probe_up\{from="(\w+)",to="(\w+)"\} (\d)$/gm)];
      return new Map(lines.map(([, from, to, up]) => [`${from} to ${to}`, Number(up)]));
    },
    /** What has been asked of the core, by kind. */
    commands: async () => (await ask('/metrics')).match(/^dragoman_commands_total\{.*$/gm) ?? [],
    /** Which legs were called dark, in their order. */
    alarms: () => log.lines.flatMap(({ message, facts }) => (message === 'a leg is dark' ? [facts['adapter']] : [])),
    async rounds(): Promise<number> {
      const counts = [
        ...(await ask('/metrics')).matchAll(
          /^dragoman_probe_(?:seconds_count|lost_total)\{from="tickets",to="tickets"\} (\d+)$/gm,
        ),
      ];
      return counts.reduce((sum, [, count]) => sum + Number(count), 0) / 2;
    },
  };
}

/** Everything that an application beside us hears on the exchanges that the gateway shares with it. */
async function overhear(url: string, { inbound, outbound }: { inbound: string; outbound: string }) {
  const model = await connect(url);
  const channel = await model.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  for (const exchange of [inbound, outbound]) await channel.bindQueue(queue, exchange, '#');
  const heard: string[] = [];
  await channel.consume(queue, (message) => void heard.push(String(message?.content)), { noAck: true });
  return { heard, close: () => model.close() };
}

describe('the probe of a gateway', function () {
  this.timeout(60_000);
  let folder = '';
  let here: Awaited<ReturnType<typeof open>>;
  let broker: Broker | undefined;
  let way: CuttingProxy | undefined;
  let beside: Awaited<ReturnType<typeof overhear>> | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dragoman-probe-'));
    broker = hasBroker ? await theBroker() : undefined;
    way = broker && (await cuttingProxy(broker.url));
    here = await open(folder, way === undefined ? {} : { broker: way.url });
    beside = broker && (await overhear(broker.url, here.names));
  });
  after(async () => {
    await here.gateway.stop();
    await beside?.close();
    await way?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('lets customers of every dialect talk with operators of every dialect, and nobody sees it', async () => {
    const counted = await here.commands();
    await until(async () => (await here.rounds()) > 0, 50_000);
    const up = await here.passages();
    const expected = desks.flatMap((to) => customers.flatMap((from) => [`${from} to ${to}`, `${to} to ${from}`]));
    expect([...up].filter(([, value]) => value !== 1)).to.deep.equal([]);
    expect([...up.keys()]).to.have.members([...new Set(expected)]);
    expect(await here.ready()).to.equal(200);
    const who = { workspaceId: 'default', space: 'desk', side: 'operator', realm: '', externalId: 'o' } as const;
    const how = { scope: 'all', echo: 'all', away: null, chats: 'mine' } as const;
    const monitor = await here.core().connect({ ...who, idType: 'string', role: 'monitor', name: '' }, how, () => {});
    expect((await here.core().events(monitor, { afterNumber: 0, limit: 100 })).events).to.deep.equal([]);
    expect(await here.commands()).to.deep.equal(counted);
    expect(beside?.heard ?? []).to.deep.equal([]);
  });

  it('gives no false alarm, however long it goes on', async function () {
    // An hour of a probe that looks each half minute.
    const rounds = isWhole ? 120 : 2;
    this.timeout(rounds * 10_000);
    const from = performance.now();
    await until(async () => (await here.rounds()) >= rounds, rounds * 10_000);
    const tookMs = Math.round(performance.now() - from);
    expect(here.log.lines.filter(({ message }) => /probe|leg/.test(message))).to.deep.equal([]);
    expect(await here.ask('/metrics')).not.to.match(/^dragoman_probe_lost_total\{/m);
    expect(await here.ready()).to.equal(200);
    const words = rounds * desks.length * customers.length * 2;
    if (isWhole) console.log({ rounds, tookMs, 'words that passed': words, lost: 0, alarms: 0 });
  });

  it('alarms within two periods when a leg is cut, names that leg alone, and is content when it is back', async () => {
    await until(async () => (await here.passages()).size > 0, 50_000);
    expect(await darkens('convead', () => here.adapter('convead').stop())).to.be.at.most(2);
    expect([await here.ready('/convead'), await here.ready('/happychat')]).to.deep.equal([503, 200]);
    expect(await here.ready()).to.equal(503);
    expect((await here.passages()).get('convead to tickets')).to.equal(0);
    expect((await here.passages()).get('happychat to tickets')).to.equal(1);
    await here.adapter('convead').start(here.core());
    await until(async () => (await here.ready()) === 200, 50_000);
  });

  /** Does what makes the leg dark; resolves when it is called so, with the rounds that it took. */
  async function darkens(leg: string, cut: () => Promise<void> | undefined): Promise<number> {
    const [alarms, from] = [here.alarms(), await here.rounds()];
    await cut();
    await until(async () => here.alarms().length > alarms.length, 30_000);
    expect(here.alarms()).to.deep.equal([...alarms, leg]);
    return (await here.rounds()) - from;
  }

  if (isWhole && isOurs) {
    it('alarms within two periods when the broker is killed, and is content when it is back', async () => {
      await beside?.close();
      beside = undefined;
      expect(await darkens('sermo', async () => broker?.kill())).to.be.at.most(2);
      expect([await here.ready('/sermo'), await here.ready('/happychat')]).to.deep.equal([503, 200]);
      await broker?.start();
      await until(async () => (await here.ready()) === 200, 60_000);
      expect((await here.passages()).get('sermo to sermo')).to.equal(1);
    });
  }

  if (hasBroker) {
    it('alarms within two periods when no way leads to the broker any more, and names that leg alone', async () => {
      await until(async () => (await here.ready()) === 200, 50_000);
      expect(await darkens('sermo', async () => way?.close())).to.be.at.most(2);
      expect([await here.ready('/sermo'), await here.ready('/happychat')]).to.deep.equal([503, 200]);
      expect((await here.passages()).get('sermo to tickets')).to.equal(0);
      expect((await here.passages()).get('happychat to tickets')).to.equal(1);
    });

    itOnOurBroker('leaves nothing on the broker', async () => {
      await here.gateway.stop();
      const left = ['queues', 'exchanges'].flatMap(
        (kind) => broker?.ctl('-q', `list_${kind}`, 'name').split('\n') ?? [],
      );
      expect(left.filter((name) => name.includes('probe'))).to.deep.equal([]);
      expect(left).to.include(here.names.inbound);
    });
  }
});
