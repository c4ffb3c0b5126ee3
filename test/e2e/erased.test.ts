import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  createGateway,
  devConfig,
  devEnvironment,
  tokens,
  verifyDev,
  type Config,
  type Gateway,
} from '@dragoman/gateway';
import { createCollectingLog, eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { theBroker } from '../adapter-amqp/broker.js';
import { typed } from '../gateway/cli/typed.js';
import { describeWith } from '../programs.js';
import { clustaar } from './people/clustaar.js';
import { convead } from './people/convead.js';
import { happychat } from './people/happychat.js';
import type { Dialect, Gateway as Place, Person } from './people/person.js';
import { namesOf, sermo } from './people/sermo.js';
import { tickets } from './people/tickets.js';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

/** Nobody listens there: every event for it is set aside. */
const deafEndpoint = 'http://127.0.0.1:9/';

function configIn(folder: string, mark: string, environment: Readonly<Record<string, string>>): Config {
  const plain = devConfig(0, folder, environment);
  return {
    ...plain,
    log: { level: 'silent' },
    drainMs: 0,
    adapters: plain.adapters.map((adapter) => {
      if (adapter.dialect === 'sermo') return { ...adapter, names: namesOf(mark), queueType: 'classic' as const };
      if (adapter.dialect !== 'http') return adapter;
      const secrets = [{ env: 'HOOK' }];
      return { ...adapter, webhooks: [{ id: 'deaf', url: deafEndpoint, secrets, allow: ['127.0.0.1'], attempts: 1 }] };
    }),
  };
}

describeWith('rabbitmq', 'people of every dialect who are erased with the command', function () {
  this.timeout(120_000);
  const mark = `erased${process.pid}`;
  const whileServed: readonly Dialect[] = [happychat, tickets, sermo];
  const whileStopped: readonly Dialect[] = [convead, clustaar];
  const among = [...whileServed, ...whileStopped];
  const nameOf = ({ name }: Dialect): string => `needle${name}`;
  const people: Person[] = [];
  const log = createCollectingLog();
  let ids: ReadonlyMap<string, string>;
  let folder = '';
  let environment: Readonly<Record<string, string>>;
  let gateway: Gateway;
  let place: Place;

  /** The files below the data folder that hold a word, with how often. */
  async function foundIn(word: string): Promise<Readonly<Record<string, number>>> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const counted = entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => {
        const text = (await readFile(join(parentPath, name), 'latin1')).toLowerCase();
        return [name, text.split(word).length - 1] as const;
      });
    return Object.fromEntries((await Promise.all(counted)).filter(([, count]) => count > 0));
  }

  const api = async (path: string): Promise<Record<string, unknown>> => {
    const answered = await fetch(`${place.url}/v1${path}`, { headers: { authorization: 'Bearer dev-backend' } });
    return (await answered.json()) as Record<string, unknown>;
  };

  /** Who the customers are, by the dialect that they speak. */
  async function customers(): Promise<ReadonlyMap<string, string>> {
    const { chats } = (await api('/chats')) as {
      readonly chats: readonly { readonly customerId: string; readonly addresses: Readonly<Record<string, string>> }[];
    };
    return new Map(chats.map(({ customerId, addresses }) => [Object.keys(addresses)[0] ?? '', customerId]));
  }

  async function meet(dialect: Dialect, side: 'customer' | 'operator', id: string): Promise<Person> {
    const person = await dialect[side]?.(place, id);
    if (person === undefined) throw new Error(`${dialect.name} has no ${side}`);
    people.push(person);
    return person;
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dragoman-erased-'));
    const broker = (await theBroker()).url;
    const hook = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    environment = { ...devEnvironment, AMQP_URL: broker, HOOK: hook };
    gateway = createGateway(configIn(folder, mark, environment), {
      environment,
      verify: verifyDev,
      bind: (container) => void container.rebind(tokens.log).toConstantValue(log),
    });
    await gateway.start();
    place = { url: gateway.url() ?? '', broker, mark };
    await talk();
  });
  after(async () => {
    await gateway.stop();
    await rm(folder, { recursive: true });
  });

  /** Everybody says something and shows a picture, has an answer where somebody is there, and hangs up. */
  async function talk(): Promise<void> {
    await meet(happychat, 'operator', 'oscar');
    for (const dialect of among) {
      const person = await meet(dialect, 'customer', nameOf(dialect));
      await person.say(`${nameOf(dialect)} says this`);
      await person.picture?.(Buffer.concat([png, Buffer.from(nameOf(dialect))]), `${nameOf(dialect)} shows this`);
    }
    await eventually('everybody has a chat', async () => (await customers()).size === among.length);
    ids = await customers();
    await eventually('an event is set aside', async () => Number((await api('/webhooks/deaf'))['deadLetters']) > 0);
    await eventually('every picture is in its place', async () => (await drafts()).length === 0);
    await Promise.all(people.map((person) => person.hangUp()));
  }

  const drafts = async (): Promise<readonly string[]> =>
    (await readdir(folder, { recursive: true })).filter((name) => /(^|\/)\.[^/]+$/.test(name));

  const lies = async (dialects: readonly Dialect[]): Promise<readonly string[]> => {
    const found = await Promise.all(dialects.map(async (one) => Object.keys(await foundIn(nameOf(one)))));
    return dialects.filter((_, index) => found[index]?.length !== 0).map(({ name }) => name);
  };

  it('are in no line of the log, and nothing that they signed in with', () => {
    const lines = inspect(log.lines, { depth: null }).toLowerCase();
    expect(lines).to.contain('the gateway is ready');
    for (const secret of ['needle', 'guest:guest', (environment['HOOK'] ?? '').toLowerCase()])
      expect(lines).not.to.contain(secret);
  });

  it('are in no file any more, at once, while the gateway serves, and the others still are', async () => {
    expect(await lies(among)).to.deep.equal(among.map(({ name }) => name));
    for (const dialect of whileServed) {
      const { code, err, out } = await typed([
        'erase',
        ids.get(dialect.name) ?? '',
        '--yes',
        '--dev',
        '--url',
        place.url,
      ]);
      expect([code, err]).to.deep.equal([0, '']);
      expect(out)
        .to.match(/^chats +1$/m)
        .and.contain('queues of a broker');
    }
    expect(await lies(among)).to.deep.equal(whileStopped.map(({ name }) => name));
  });

  it('are in no file any more where the gateway has stopped, and it starts again as before', async () => {
    await gateway.stop();
    expect(await lies(among)).to.deep.equal(whileStopped.map(({ name }) => name));
    const file = join(folder, 'dragoman.json');
    const { adapters, ...config } = devConfig(0, folder);
    const http = adapters.filter(({ dialect }) => dialect === 'http');
    await writeFile(file, JSON.stringify({ ...config, adapters: http }));
    const aside = join(folder, 'store.before-2026-03-01');
    await mkdir(aside);
    for (const dialect of whileStopped) {
      const asked = ['erase', ids.get(dialect.name) ?? '', '--yes', '--stopped', '--config', file];
      const { code, err, out } = await typed([...asked, '--json'], { env: devEnvironment });
      expect([code, err]).to.deep.equal([0, '']);
      expect(JSON.parse(out))
        .to.have.property('left')
        .that.includes(`${aside}, which a restore has put aside: delete it`);
    }
    expect(await lies(among)).to.deep.equal([]);
    gateway = createGateway(configIn(folder, mark, environment), { environment, verify: verifyDev });
    await gateway.start();
    place = { ...place, url: gateway.url() ?? '' };
    expect(await customers()).to.deep.equal(new Map());
    expect(await lies(among)).to.deep.equal([]);
  });
});
