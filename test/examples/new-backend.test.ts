import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@dragoman/core/testing';
import { createGateway, devConfig, devEnvironment, verifyDev, type Config, type Gateway } from '@dragoman/gateway';
import { expect } from 'chai';
import { theBroker } from '../adapter-amqp/broker.js';
import { clustaar } from '../e2e/people/clustaar.js';
import { convead } from '../e2e/people/convead.js';
import { happychat } from '../e2e/people/happychat.js';
import type { Dialect, Gateway as Place, Person } from '../e2e/people/person.js';
import { namesOf, sermo } from '../e2e/people/sermo.js';
import { tickets } from '../e2e/people/tickets.js';
import { describeWith } from '../programs.js';
import { lastingPort } from '../lasting-port.js';

const inRepository = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** How the backend of each language is started. */
const languages = {
  'Node.js': { program: process.execPath, folder: inRepository('build/examples/new-backend'), extension: 'js' },
  Python: { program: 'python3', folder: inRepository('examples/new-backend'), extension: 'py' },
} as const;
type Language = (typeof languages)[keyof typeof languages];
const ways = ['feed', 'webhooks'] as const;
type Way = (typeof ways)[number];

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const said = (words: string): string => `You said “${words}”. Say “human” to talk to Nora.`;
const read = (words: string): string => `Nora has read “${words}”.`;

/** The answers of the backend among everything a client was shown. */
const answersIn = (person: Person): readonly string[] =>
  person.heard().filter((text) => /^(You said|Nora has|One mom)/.test(text));

/** The bridge tells a webhook on this port; null: it tells none. */
function withWebhook(config: Config, port: number | null): Config {
  if (port === null) return config;
  const webhook = {
    ...{ id: 'new-backend', url: `http://127.0.0.1:${port}/`, secrets: [{ env: 'WEBHOOK_SECRET' }] },
    ...{ allow: ['127.0.0.1'], types: ['MessagePosted', 'ChatAssigned'] },
  } satisfies object;
  const adapters = config.adapters.map((one) => (one.dialect === 'http' ? { ...one, webhooks: [webhook] } : one));
  return { ...config, adapters } as Config;
}

/** What is on the broker, and is this test's own. */
type Around = Pick<Place, 'broker' | 'mark'>;

const around = async (dialects: readonly Dialect[]): Promise<Around> => ({
  mark: `b${randomUUID().slice(0, 8)}`,
  broker: dialects.some(({ needs }) => needs === 'rabbitmq') ? (await theBroker()).url : undefined,
});

async function openGateway(
  folder: string,
  { broker, mark }: Around,
  port: number | null,
  policies: NonNullable<Config['workspaces'][number]['policies']> = {},
): Promise<Gateway> {
  const amqp = broker === undefined ? {} : { AMQP_URL: broker };
  const environment = { ...devEnvironment, WEBHOOK_SECRET: secret, ...amqp };
  const plain: Config = { ...devConfig(0, folder, environment), drainMs: 0, log: { level: 'error' } };
  const named = plain.adapters.map((one) => (one.dialect === 'sermo' ? { ...one, names: namesOf(mark) } : one));
  const config: Config = { ...plain, adapters: named };
  const workspaces = config.workspaces.map((one) => ({
    ...one,
    policies,
    bot: { space: 'http', externalId: 'helper' },
  }));
  const gateway = createGateway({ ...withWebhook(config, port), workspaces }, { verify: verifyDev, environment });
  await gateway.start();
  return gateway;
}

/** A backend in a process of its own, which hears what happens once resolved. */
async function startBackend(
  { program, folder, extension }: Language,
  way: Way,
  url: string,
  about: string,
): Promise<ChildProcess> {
  const own = { DRAGOMAN_URL: `${url}/v1`, PYTHONDONTWRITEBYTECODE: '1', WEBHOOK_SECRET: secret };
  const stdio: StdioOptions = ['ignore', 'pipe', 'inherit'];
  const child = spawn(program, [join(folder, `${way}.${extension}`), about], {
    env: { ...process.env, ...own },
    stdio,
  });
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

function serves(dialects: readonly Dialect[]): void {
  for (const [name, language] of Object.entries(languages)) {
    for (const way of ways) {
      it(`in ${name} by the ${way}, killed and started again: nothing is lost, nothing doubled`, () =>
        serve(dialects, language, way));
    }
  }
}

async function serve(dialects: readonly Dialect[], language: Language, way: Way): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'new-backend-'));
  const port = way === 'webhooks' ? await lastingPort() : null;
  const where = await around(dialects);
  const gateway = await openGateway(folder, where, port);
  const url = gateway.url() ?? '';
  const start = () => startBackend(language, way, url, port === null ? join(folder, 'place') : String(port));
  let backend = await start();
  const customers = await Promise.all(
    dialects.map(({ customer }, index) => customer?.({ url, ...where }, `eva${index}`)),
  );
  const people = customers.filter((one) => one !== undefined);
  const all = async (words: string): Promise<void> => void (await Promise.all(people.map((one) => one.say(words))));
  const heard = (what: string, count: number): Promise<void> =>
    eventually(what, () => people.every((one) => answersIn(one).length >= count), 25_000);

  await all('one');
  await heard('the bot answers', 1);
  await kill(backend);
  await all('two');
  await all('three');
  backend = await start();
  await heard('what was said meanwhile is answered', 3);
  await all('a human please');
  await heard('the bot gives the word away', 4);
  await heard('Nora is there', 4);
  await all('four');
  await heard('Nora answers', 5);
  for (const [index, one] of people.entries()) {
    const answers = [said('one'), said('two'), said('three'), 'One moment, please.', read('four')];
    expect(answersIn(one), dialects[index]?.name).to.deep.equal(answers);
  }

  await kill(backend);
  await Promise.all(people.map((one) => one.hangUp()));
  await gateway.stop();
  await rm(folder, { recursive: true });
}

describe('the new backend, as the only desk and bot of four protocols', function () {
  this.timeout(60_000);
  serves([happychat, tickets, convead, clustaar]);
});

describe('the new backend, away for longer than a bot may be silent', function () {
  this.timeout(60_000);

  it('answers as Nora what came meanwhile, each word once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'new-backend-'));
    const where = await around([happychat]);
    const gateway = await openGateway(folder, where, null, { botSilentMs: 50 });
    const url = gateway.url() ?? '';
    const customer = await happychat.customer?.({ url, ...where }, 'eva');
    await customer?.say('one');
    await customer?.say('two');
    const headers = { authorization: 'Bearer dev-backend' };
    for (let queue = ''; !queue.includes('position');) {
      queue = await (await fetch(`${url}/v1/queue`, { headers })).text();
    }
    const backend = await startBackend(languages['Node.js'], 'feed', url, join(folder, 'place'));
    const heard = (): readonly string[] => (customer === undefined ? [] : answersIn(customer));
    await eventually('Nora answers', () => heard().length >= 2, 20_000);
    await customer?.say('three');
    await eventually('Nora answers', () => heard().length >= 3, 20_000);
    expect(heard()).to.deep.equal([read('one'), read('two'), read('three')]);
    await kill(backend);
    await customer?.hangUp();
    await gateway.stop();
    await rm(folder, { recursive: true });
  });
});

describeWith('rabbitmq', 'the new backend, as the only desk and bot of Sermo', function () {
  this.timeout(120_000);
  serves([sermo]);
});
