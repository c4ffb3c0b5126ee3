import {
  createGateway,
  devConfig,
  devEnvironment,
  tokens,
  verifyDev,
  type Config,
  type Gateway,
} from '@dragoman/gateway';
import { createCollectingLog } from '@dragoman/core/testing';
import type { Adapter, Core } from '@dragoman/core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';

const key = { headers: { authorization: `Bearer ${devEnvironment.DRAGOMAN_DEV_OPERATIONS}` } };
const everyMs = 200;

/** As `eventually`, for what has to be asked. */
async function until(condition: () => Promise<boolean>, patienceMs: number): Promise<void> {
  for (const from = performance.now(); !(await condition());) {
    if (performance.now() - from > patienceMs) throw new Error('it did not come to pass');
    await pause(20);
  }
}

/** The development profile with a probe, and with its hands on the adapters. */
async function open(folder: string, more: Partial<Config> = {}) {
  const log = createCollectingLog();
  const adapters = new Map<string, Adapter>();
  let core: Core | undefined;
  const config = devConfig(0, folder);
  const gateway = createGateway(
    {
      ...config,
      store: { kind: 'memory' },
      adapters: config.adapters.filter(({ dialect }) => dialect !== 'http'),
      operations: { ...config.operations, probe: { everyMs, timeoutMs: 10_000 } },
      drainMs: 0,
      ...more,
    },
    {
      environment: devEnvironment,
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

describe('the probe of a gateway', function () {
  this.timeout(60_000);
  let folder = '';
  let here: Awaited<ReturnType<typeof open>>;
  let gateway: Gateway | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dragoman-probe-'));
    here = await open(folder);
    gateway = here.gateway;
  });
  after(async () => {
    await gateway?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('lets customers of every dialect talk with operators of every dialect, and nobody sees it', async () => {
    const before = here.core().clock.now();
    await until(async () => (await here.passages()).size > 0, 20_000);
    const up = await here.passages();
    const customers = ['happychat', 'tickets', 'convead', 'clustaar'];
    const expected = ['happychat', 'tickets', 'convead'].flatMap((to) =>
      customers.flatMap((from) => [`${from} to ${to}`, `${to} to ${from}`]),
    );
    expect([...up].filter(([, value]) => value !== 1)).to.deep.equal([]);
    expect([...up.keys()]).to.have.members([...new Set(expected)]);
    expect(await here.ready()).to.equal(200);
    const who = { workspaceId: 'default', space: 'desk', side: 'operator', realm: '', externalId: 'o' } as const;
    const how = { scope: 'all', echo: 'all', away: null, chats: 'mine' } as const;
    const monitor = await here.core().connect({ ...who, idType: 'string', role: 'monitor', name: '' }, how, () => {});
    expect((await here.core().events(monitor, { afterNumber: 0, limit: 100 })).events).to.deep.equal([]);
    expect(await here.ask('/metrics')).not.to.contain('dragoman_commands_total{');
    expect(before).to.be.at.most(here.core().clock.now());
  });

  it('gives no false alarm, however long it goes on', async function () {
    // An hour of a probe that looks each half minute.
    const rounds = process.env['FAULT_ROUNDS'] === undefined ? 2 : 120;
    this.timeout(rounds * 10_000);
    await until(async () => (await here.rounds()) >= rounds, rounds * 10_000);
    expect(here.log.lines.filter(({ message }) => /probe|leg/.test(message))).to.deep.equal([]);
    expect(await here.ask('/metrics')).not.to.match(/^dragoman_probe_lost_total\{/m);
    expect(await here.ready()).to.equal(200);
  });

  it('alarms within two periods when a leg is cut, names that leg alone, and is content when it is back', async () => {
    await until(async () => (await here.passages()).size > 0, 20_000);
    const cutAfter = await here.rounds();
    await here.adapter('convead').stop();
    await until(async () => (await here.ready('/convead')) === 503, 20_000);
    expect((await here.rounds()) - cutAfter).to.be.at.most(2);
    expect(await here.ready('/happychat')).to.equal(200);
    expect(await here.ready()).to.equal(503);
    expect((await here.passages()).get('convead to tickets')).to.equal(0);
    expect((await here.passages()).get('happychat to tickets')).to.equal(1);
    const alarm = here.log.lines.filter(({ message }) => message === 'a leg is dark');
    expect(alarm.map(({ facts }) => facts['adapter'])).to.deep.equal(['convead']);
    await here.adapter('convead').start(here.core());
    await until(async () => (await here.ready()) === 200, 20_000);
  });
});
