import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createGateway, loadConfig } from '@dragoman/gateway';
import { hs256Verifier } from '@dragoman/tokens';
import { expect } from 'chai';
import { parseEnv } from 'node:util';
import { commandPages } from '@dragoman/gateway/cli';
import { typed, type Typed } from './typed.js';

describe('dragoman init, and what comes after it', () => {
  let folder = '';
  const file = (name: string): string => join(folder, name);
  const init = (...args: string[]): Promise<Typed> => typed(['init', '--folder', folder, ...args]);
  const secrets = async (): Promise<Record<string, string>> =>
    parseEnv(await readFile(file('dragoman.env'), 'utf8')) as Record<string, string>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dragoman-init-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes a config that check finds nothing wrong with, whatever is spoken', async () => {
    for (const dialect of ['happychat', 'tickets', 'convead', 'clustaar', 'sermo', 'http']) {
      await init('--dialect', dialect, '--force', '--origin', 'https://shop.example');
      const checked = await typed(['check', '--config', file('dragoman.jsonc')]);
      expect([dialect, checked.err, checked.code]).to.deep.equal([dialect, '', 0]);
    }
  });

  it('writes a config that a gateway serves, with everything that needs no broker', async () => {
    await init('--port', '0');
    const env = await secrets();
    const config = await loadConfig(file('dragoman.jsonc'), { env, hasVerifier: false });
    const here = { store: { kind: 'memory' as const }, attachments: { path: file('files') } };
    const gateway = createGateway({ ...config, ...here, log: { level: 'silent' } }, { environment: env });
    await gateway.start();
    try {
      expect((await fetch(`${gateway.url()}/health/ready`)).status).to.equal(200);
      const key = env['DRAGOMAN_API_KEY'] ?? '';
      const asked = await fetch(`${gateway.url()}/v1/chats`, { headers: { authorization: `Bearer ${key}` } });
      expect(await asked.json()).to.have.deep.property('chats', []);
    } finally {
      await gateway.stop();
    }
  });

  it('keeps secrets out of the config and for their owner alone, also where it writes over others', async () => {
    await writeFile(file('dragoman.env'), 'OLD=1\n', { mode: 0o644 });
    await init('--force');
    expect((await stat(file('dragoman.env'))).mode & 0o777).to.equal(0o600);
    const config = await readFile(file('dragoman.jsonc'), 'utf8');
    const values = Object.values(await secrets());
    expect(values).to.have.length.above(3);
    expect(values.filter((value) => value.length < 32 || config.includes(value))).to.deep.equal([]);
  });

  it('leaves what is there alone and exits 73', async () => {
    await init();
    const before = await secrets();
    const again = await init();
    expect([again.code, again.err]).to.deep.equal([
      73,
      `dragoman: ${file('dragoman.jsonc')} and ${file('dragoman.env')} are there already\n  what to do: --force writes it anew, secrets too\n`,
    ]);
    expect(await secrets()).to.deep.equal(before);
  });

  it('mints tokens that the adapters of the config believe', async () => {
    await init();
    const config = ['--config', file('dragoman.jsonc')];
    const made = await typed(['token', 'oscar', '--role', 'supervisor', '--name', 'Oscar', ...config]);
    const verify = hs256Verifier({ secret: (await secrets())['DRAGOMAN_TOKEN_SECRET'] ?? '' });
    const verified = await verify(made.out.trim(), { remoteAddress: '127.0.0.1' });
    expect(verified).to.deep.include({ ok: true });
    expect(verified).to.have.nested.property('identity.externalId', 'oscar');
    expect(verified).to.have.nested.property('identity.isSupervisor', true);
    const personal = await typed(['token', 'v-17', '--space', 'convead', '--json', ...config]);
    expect(JSON.parse(personal.out))
      .to.have.property('token')
      .that.matches(/^[0-9a-f]{64}$/);
  });

  it('mints the public credentials of the development profile, and says which ids it does not know', async () => {
    expect((await typed(['token', 'ada', '--dev'])).out).to.equal('dev-customer-ada\n');
    expect((await typed(['token', 'Ada!', '--dev'])).code).to.equal(2);
  });

  it('says where no token can be signed', async () => {
    await init('--dialect', 'http');
    const made = await typed(['token', 'ada', '--config', file('dragoman.jsonc')]);
    expect(made.code).to.equal(66);
    expect(made.err).to.contain('what to do: ');
  });

  it('makes keys for backends, of which the config knows the hash alone', async () => {
    const made = JSON.parse((await typed(['key', 'crm', '--scope', 'read', '--json'])).out) as {
      readonly key: string;
      readonly entry: object;
    };
    expect(made.key).to.match(/^dgm_/);
    expect(made.entry).to.deep.include({ id: 'crm', scopes: ['read'] });
    expect(JSON.stringify(made.entry))
      .to.match(/sha256:[0-9a-f]{64}/)
      .and.not.contain(made.key);
  });

  it('reports five mistakes of a config at once, each with its path, as words and as JSON', async () => {
    const wrong = `{
      // five of them
      "listeners": [{ "name": "main", "port": 70000 }],
      "workspaces": [{ "id": "default", "name": 7 }],
      "adapters": [{ "dialect": "irc" }, { "dialect": "convead", "workspace": "default", "serviceToken": { "env": "NOT_SET" } }],
      "colour": "red",
    }`;
    await writeFile(file('wrong.jsonc'), wrong);
    const checked = await typed(['check', '--json', '--config', file('wrong.jsonc')]);
    expect(checked.code).to.equal(78);
    const { problems } = JSON.parse(checked.out) as { readonly problems: readonly { readonly path: string }[] };
    expect(problems.map(({ path }) => path)).to.have.members([
      'listeners[0].port',
      'workspaces[0].name',
      'adapters[0].dialect',
      'adapters[1].serviceToken.env',
      'colour',
    ]);
    expect((await typed(['check', '--config', file('wrong.jsonc')])).err).to.contain('has 5 problems:');
  });

  it('says at which line a config cannot be read', async () => {
    await writeFile(file('broken.jsonc'), '{\n  "listeners": oh\n}');
    const checked = await typed(['check', '--config', file('broken.jsonc')]);
    expect([checked.code, checked.err]).to.satisfy(
      ([code, err]: [number, string]) => code === 78 && /line 2/.test(err),
    );
  });
});

describe('shell completion', () => {
  /** What is typed, where the last word is being typed, and what it can become. */
  const offered: readonly (readonly [line: string, words: string])[] = [
    ['dragoman com', 'completion'],
    ['dragoman token --ro', '--role'],
    ['dragoman token --role s', 'supervisor'],
    ['dragoman init --dialect happychat ti', 'tickets'],
    ['dragoman tail --type frame --space', '--space'],
    ['dragoman plan convead ha', 'happychat'],
    ['dragoman completion f', 'fish'],
    ['dragoman help tok', 'token'],
  ];
  const run = promisify(execFile);

  it('completes in bash what can be typed: commands, options, their values, and arguments', async () => {
    const { out } = await typed(['completion', 'bash']);
    const asked = offered.map(
      ([line]) => `COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _dragoman; echo "\${COMPREPLY[@]}"`,
    );
    const { stdout } = await run('bash', ['--norc', '-c', [out, ...asked].join('\n')]);
    expect(stdout.trim().split('\n')).to.deep.equal(offered.map(([, words]) => words));
  });

  if (existsSync('/usr/bin/fish')) {
    it('completes the same in fish', async () => {
      const { out } = await typed(['completion', 'fish']);
      const asked = offered.map(([line]) => `complete -C '${line}'`);
      const { stdout } = await run('fish', ['--no-config', '-c', [out, ...asked].join('\n')]);
      const words = stdout.trim().split('\n');
      expect(words.map((line) => line.split('\t')[0])).to.deep.equal(offered.map(([, word]) => word));
    });
  }

  if (existsSync('/usr/bin/zsh')) {
    it('is a script that zsh can read', async () => {
      const { out } = await typed(['completion', 'zsh']);
      await run('zsh', ['-f', '-n', '-c', out]);
    });
  }

  it('is the same script in JSON, for a program that installs it', async () => {
    const [plain, json] = [await typed(['completion', 'fish']), await typed(['completion', 'fish', '--json'])];
    expect(JSON.parse(json.out)).to.deep.equal({ shell: 'fish', script: plain.out });
  });

  it('names every command for each of them', async () => {
    for (const shell of ['zsh', 'fish']) {
      const { out, code } = await typed(['completion', shell]);
      expect(code).to.equal(0);
      for (const name of ['init', 'serve', 'check', 'token', 'completion']) expect(out).to.contain(name);
    }
  });
});

describe('the page about the command line', () => {
  it('is what the commands say of themselves', async () => {
    await promisify(execFile)(process.execPath, ['scripts/cli.mjs', '--check']);
  });

  it('has examples for every command, and --json', () => {
    const pages = commandPages().filter(({ name }) => name !== '');
    expect(pages).to.have.length.above(10);
    const poor = pages.filter(({ text }) => !/^Examples:\n {2}# /m.test(text));
    expect(poor.map(({ name }) => name)).to.deep.equal([]);
    const wordy = pages.filter(({ text }) => !text.includes('--json')).map(({ name }) => name);
    expect(wordy).to.deep.equal([]);
  });
});
