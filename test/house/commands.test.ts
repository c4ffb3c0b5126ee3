import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hashOf } from '@dragoman/adapter-http';
import { eventually } from '@dragoman/core/testing';
import {
  createGateway,
  createLog,
  devConfig,
  devEnvironment,
  tokens,
  verifyDev,
  type Gateway,
} from '@dragoman/gateway';
import { expect } from 'chai';
import { published, read, root } from './repository.js';
import { allSamples, type Sample } from './samples.js';

const run = promisify(execFile);
const shell: readonly Sample[] = allSamples.filter(({ language }) => language === 'sh');
const on = (page: string): readonly Sample[] => shell.filter(({ place }) => place.startsWith(`${page}:`));
/** Its commands, each on one line. */
const linesOf = ({ text }: Sample): readonly string[] => text.replaceAll('\\\n', ' ').split('\n');

const commandLine = read('docs/cli.md').text;
const manifest: { readonly scripts: object; readonly devDependencies: object } = JSON.parse(read('package.json').text);
const scripts = new Set([...Object.keys(manifest.scripts), 'install']);
/** What a reader may be told to install or to remove. */
const packages = new Set([
  ...published.map(({ manifest: { name } }) => name),
  ...Object.keys(manifest.devDependencies),
  'happychat-service',
]);

/** Why a line of a shell cannot be run: a script, a package, a program, a command or an option that is not there. */
function faultsOf(line: string): readonly string[] {
  const [said = ''] = line.split(/(?:^|\s)#/);
  const [, script] = /\bnpm (?:run (?:-s )?)?(?!init|pkg|run|remove)([\w:]+)/.exec(said) ?? [];
  if (script !== undefined && !scripts.has(script)) return [`no script ${script}`];
  const [, names = ''] = /\bnpm (?:install|remove)((?: [@\w./-]+)*)/.exec(said) ?? [];
  const unknown = names
    .split(' ')
    .filter((name) => /^@?\w/.test(name) && !packages.has(name.replace(/(?<=.)@.*$/, '')));
  if (unknown.length > 0) return unknown.map((name) => `no package ${name}`);
  const [, program] = /\bnode build\/(\S+)\.js/.exec(said) ?? [];
  if (program !== undefined && !existsSync(join(root, `${program}.ts`))) return [`no program ${program}`];
  return [...said.matchAll(/(?:^|[\s(])(?:dragoman|npx @dragoman\/gateway) ([a-z]+)([^|#]*)/g)].flatMap(
    ([, command = '', rest = '']) => {
      const [, help] = commandLine.split(`## dragoman ${command}\n`);
      if (help === undefined) return [`no command ${command}`];
      const options = [...rest.matchAll(/(?<=\s)--[a-z-]+/g)].map(([option]) => option);
      const known = help.split('\n## ')[0] ?? '';
      return options.filter((option) => !known.includes(option)).map((option) => `${command} has no ${option}`);
    },
  );
}

describe('commands in the documentation', () => {
  it('name scripts, packages, programs, commands and options that there are', () => {
    const faults = shell.flatMap((sample) =>
      linesOf(sample).flatMap((line) => faultsOf(line).map((fault) => `${sample.place}: ${fault}`)),
    );
    expect(faults).to.deep.equal([]);
  });

  it('are such that a shell can read them', async () => {
    const placeholders = (text: string): string => text.replaceAll(/<[a-z ]+>/g, 'it');
    const checks = shell.map(async ({ text, place }) => {
      const { stderr } = await run('bash', ['-n', '-c', placeholders(text)]);
      return stderr === '' ? [] : [`${place}: ${stderr}`];
    });
    expect((await Promise.all(checks)).flat()).to.deep.equal([]);
  });

  it('make a key, and the hash of it that a config has', async () => {
    const [sample] = on('docs/backend.md').filter(({ text }) => text.includes('sha256sum'));
    const { stdout } = await run('bash', ['-e', '-c', sample?.text ?? 'false']);
    const [, key = '', hash] = /(dgm_\S+)\n.*(sha256:\S+)/.exec(stdout) ?? [];
    expect(hash).to.equal(hashOf(key));
  });

  it('that are no commands are found', () => {
    const wrong = [
      'npm run none',
      'npm none',
      'npm install none',
      'node build/none.js',
      'dragoman none',
      'x "$(dragoman serve --none)"',
    ];
    expect(wrong.map(faultsOf)).to.deep.equal([
      ['no script none'],
      ['no script none'],
      ['no package none'],
      ['no program none'],
      ['no command none'],
      ['serve has no --none'],
    ]);
    const right = [
      'npx @dragoman/gateway init --yes',
      'npm install --save-dev typescript @types/node@20',
      'npm test # none',
    ];
    expect(right.flatMap(faultsOf)).to.deep.equal([]);
  });
});

describe('commands that ask a gateway', () => {
  const children: ChildProcess[] = [];
  let [gateway, folder, url]: [Gateway | undefined, string, string] = [undefined, '', ''];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dragoman-commands-'));
    gateway = createGateway(devConfig(0, folder), {
      ...{ verify: verifyDev, environment: devEnvironment },
      bind: (container) => void container.rebind(tokens.log).toConstantValue(createLog('silent')),
    });
    await gateway.start();
    url = gateway.url() ?? '';
  });
  after(async () => {
    for (const child of children) child.kill();
    await gateway?.stop();
    await rm(folder, { recursive: true });
  });

  /** A terminal with a sample in it, its output so far. */
  function terminal({ text }: Sample): { out(): string; readonly ended: Promise<unknown> } {
    const command = text.replaceAll('http://127.0.0.1:4000', url);
    const child = spawn('bash', ['-c', /^(?:curl|node)/.test(command) ? `exec ${command}` : command], { cwd: root });
    children.push(child);
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += chunk));
    return { out: () => out, ended: once(child, 'close') };
  }

  it('take a reader in ten minutes from a customer of Happychat to an answer of his own backend', async () => {
    const [, ears, customer, duty, answer] = on('docs/backend.md');
    if (!ears || !customer || !duty || !answer) throw new Error('the page has other commands now');
    const [second, third] = [terminal(ears), terminal(customer)];
    await eventually('the chat is told', () => /ChatOpened[^]*ChatQueued[^]*MessagePosted/.test(second.out()));
    await terminal(duty).ended;
    await eventually('the queue gives it to her', () => second.out().includes('ChatAssigned'));
    for (const _ of ['once', 'again']) {
      const fifth = terminal(answer);
      await fifth.ended;
      expect(fifth.out()).to.include('Hi Joe, Nora here.');
    }
    await eventually('the page hears it', () => third.out().includes('Hi Joe, Nora here.'));
    expect(third.out().match(/Hi Joe/g)).to.have.length(1);
  });

  it('ask for what is there', async () => {
    const document: unknown = await (await fetch(`${url}/v1/openapi.json`)).json();
    const { paths }: { readonly paths: Readonly<Record<string, object>> } = Object(document);
    const routes = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map(
        (method) => [method, new RegExp(`^/v1${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)] as const,
      ),
    );
    const asked = shell.flatMap(linesOf).filter((line) => /\bcurl\b/.test(line));
    expect(asked).to.have.length.above(6);
    for (const line of asked) {
      const [, path = ''] = /http:\/\/127\.0\.0\.1:4000([^\s?'"]*)/.exec(line) ?? [];
      const method = (/-X (\w+)/.exec(line)?.[1] ?? (/ -d /.test(line) ? 'POST' : 'GET')).toLowerCase();
      const isRoute = path === '/v1/events' || routes.some(([known, route]) => known === method && route.test(path));
      if (!isRoute) expect((await fetch(`${url}${path}`)).status, line).to.equal(401);
    }
  });
});
