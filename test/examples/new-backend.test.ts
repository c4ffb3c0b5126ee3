import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@dragoman/core/testing';
import { createGateway, devConfig, devEnvironment, verifyDev, type Config, type Gateway } from '@dragoman/gateway';
import { expect } from 'chai';
import { clustaar } from '../e2e/people/clustaar.js';
import { convead } from '../e2e/people/convead.js';
import { happychat } from '../e2e/people/happychat.js';
import type { Dialect, Person } from '../e2e/people/person.js';
import { sermo } from '../e2e/people/sermo.js';
import { tickets } from '../e2e/people/tickets.js';
import { describeWith } from '../programs.js';

const inRepository = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** How the backend of each language is started. */
const languages = {
  'Node.js': [process.execPath, inRepository('build/examples/new-backend/feed.js')],
  Python: ['python3', inRepository('examples/new-backend/feed.py')],
} as const;

const said = (words: string): string => `You said “${words}”. Say “human” to talk to Nora.`;
const read = (words: string): string => `Nora has read “${words}”.`;

/** The answers of the backend among everything a client was shown. */
const answersIn = (person: Person): readonly string[] =>
  person.heard().filter((text) => /^(You said|Nora has|One mom)/.test(text));

async function openGateway(folder: string, dialects: readonly Dialect[]): Promise<Gateway> {
  const named = await Promise.all(dialects.map(({ environment }) => environment?.()));
  const environment = Object.assign({ ...devEnvironment }, ...named);
  const plain: Config = { ...devConfig(0, folder, environment), drainMs: 0, log: { level: 'error' } };
  const config = dialects.reduce((before, { configure }) => configure?.(before, 'customer') ?? before, plain);
  const workspaces = config.workspaces.map((one) => ({ ...one, bot: { space: 'http', externalId: 'helper' } }));
  const gateway = createGateway({ ...config, workspaces }, { verify: verifyDev, environment });
  await gateway.start();
  return gateway;
}

/** A backend in a process of its own, which hears what happens once resolved. */
async function startBackend(
  [program, file]: readonly [string, string],
  url: string,
  place: string,
): Promise<ChildProcess> {
  const env = { ...process.env, DRAGOMAN_URL: `${url}/v1`, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(program, [file, place], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

function serves(dialects: readonly Dialect[]): void {
  for (const [language, command] of Object.entries(languages)) {
    it(`in ${language} by the feed, killed and started again: nothing is lost, nothing doubled`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'new-backend-'));
      const gateway = await openGateway(folder, dialects);
      const url = gateway.url() ?? '';
      const place = join(folder, 'place');
      let backend = await startBackend(command, url, place);
      const customers = await Promise.all(dialects.map(({ customer }, index) => customer?.({ url }, `eva${index}`)));
      const people = customers.filter((one) => one !== undefined);
      const all = async (words: string): Promise<void> => void (await Promise.all(people.map((one) => one.say(words))));
      const heard = (what: string, count: number): Promise<void> =>
        eventually(what, () => people.every((one) => answersIn(one).length >= count), 20_000);

      await all('one');
      await heard('the bot answers', 1);
      await kill(backend);
      await all('two');
      await all('three');
      backend = await startBackend(command, url, place);
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
    });
  }
}

describe('the new backend, as the only desk and bot of four protocols', function () {
  this.timeout(60_000);
  serves([happychat, tickets, convead, clustaar]);
});

describeWith('rabbitmq', 'the new backend, as the only desk and bot of Sermo', function () {
  this.timeout(120_000);
  serves([sermo]);
});
