import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { SignJWT } from 'jose';
import { io } from 'socket.io-client';

const main = fileURLToPath(new URL('../../../packages/gateway/dist/main.js', import.meta.url));

/** One run of the command. */
interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env['PATH'], ...env } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => (code ?? signal) as number | string);
  return { child, out: () => out, err: () => err, ended };
}

describe('the command dragoman', function () {
  // Programs start slowly where many others run.
  this.timeout(30_000);
  let folder = '';
  const runs: Run[] = [];
  const start = (...args: Parameters<typeof run>): Run => {
    const started = run(...args);
    runs.push(started);
    return started;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dragoman-main-'));
  });
  afterEach(async () => {
    for (const { child } of runs.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const env = { HC_SECRET: 'a secret of thirty-two characters', CV_TOKEN: 'service' };
  const config = (more: object = {}): object => ({
    listeners: [{ name: 'main', port: 0 }],
    store: { kind: 'memory' },
    workspaces: [{ id: 'default' }],
    adapters: [
      { dialect: 'happychat', workspace: 'default', auth: { kind: 'hs256', secret: { env: 'HC_SECRET' } } },
      { dialect: 'convead', workspace: 'default', serviceToken: { env: 'CV_TOKEN' } },
    ],
    drainMs: 10,
    ...more,
  });

  async function serveConfig(value: unknown): Promise<Run> {
    const file = join(folder, 'config.json');
    await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value));
    return start(['serve', '--config', file], env);
  }

  /** Where a run says in its log that it listens. */
  async function urlOf(started: Run): Promise<string> {
    await eventually('the gateway is ready', () => /"url":"[^"]+"/.test(started.err()), 25_000);
    return /"url":"([^"]+)"/.exec(started.err())?.[1] ?? '';
  }

  /** A real client, signed in: `says` resolves when the gateway took it. */
  async function happychat(url: string) {
    const claims = { sub: 'joe', username: 'joe', display_name: 'Joe', avatar_URL: '', session_id: 's' };
    const signing = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' });
    const jwt = await signing.sign(new TextEncoder().encode(env.HC_SECRET));
    const socket = io(`${url}/customer`, { transports: ['websocket'], reconnection: false });
    let lost = 0;
    socket.on('disconnect', () => (lost += 1));
    socket.on('token', (answer: (proof: object) => void) => answer({ jwt }));
    await new Promise<void>((resolve) => socket.once('init', () => resolve()));
    return {
      says: (text: string) =>
        new Promise<void>((resolve) => {
          const id = randomUUID();
          socket.on('message', (line: { id: string }) => line.id === id && resolve());
          socket.emit('message', { id, text });
        }),
      lost: () => lost,
      close: () => void socket.close(),
    };
  }

  it('serves a config: its dialects, its health, and 404 for every other path', async () => {
    const url = await urlOf(await serveConfig(config()));
    expect((await fetch(`${url}/health/ready`)).status).to.equal(200);
    expect((await fetch(`${url}/nothing`)).status).to.equal(404);
    expect((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status).to.equal(200);
    expect((await fetch(`${url}/chat/service/v1`, { method: 'POST' })).headers.get('content-type')).to.match(/json/);
  });

  it('tries again where the broker is away, and does not end meanwhile', async () => {
    const sermo = { dialect: 'sermo', workspace: 'default', url: { env: 'AMQP_URL' }, platforms: { web: 'customer' } };
    const file = join(folder, 'config.json');
    await writeFile(file, JSON.stringify(config({ adapters: [sermo] })));
    const started = start(['serve', '--config', file], { AMQP_URL: 'amqp://127.0.0.1:1' });
    const again = eventually('it has tried again', () => started.err().includes('"attempt":2'), 25_000);
    expect(await Promise.race([again, started.ended])).to.equal(undefined);
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`lets everybody go and exits 0 on ${signal}`, async () => {
      const started = await serveConfig(config());
      const url = await urlOf(started);
      const held = fetch(`${url}/socket.io/?EIO=4&transport=polling`).then((response) => response.text());
      const { sid } = JSON.parse((await held).slice(1)) as { sid: string };
      const poll = fetch(`${url}/socket.io/?EIO=4&transport=polling&sid=${sid}`).catch(() => undefined);
      started.child.kill(signal);
      expect(await started.ended).to.equal(0);
      await poll;
    });
  }

  it('ends in order under npx, when the shell between is told to end and npm says nothing', async () => {
    const file = join(folder, 'config.json');
    await writeFile(file, JSON.stringify(config()));
    const line = `'${process.execPath}' '${main}' serve --config '${file}' & wait`;
    const child = spawn('sh', ['-c', line], { env: { PATH: process.env['PATH'], ...env, npm_command: 'exec' } });
    let log = '';
    child.stderr.on('data', (chunk) => (log += String(chunk)));
    await eventually('the gateway is ready', () => log.includes('the gateway is ready'), 25_000);
    // Its output ends with the last of those that write to it: not with the shell.
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
    expect(log).to.contain('the gateway has stopped');
  });

  it('names five problems of a bad config at once, each with its path, and exits 78', async () => {
    const bad = {
      ...config({ colour: 'red' }),
      listeners: [{ name: 'main', port: 70_000 }],
      workspaces: [{ id: 'default', name: 7 }],
      adapters: [{ dialect: 'irc' }, { dialect: 'convead', workspace: 'default', serviceToken: { env: 'NOT_SET' } }],
    };
    const started = await serveConfig(bad);
    expect(await started.ended).to.equal(78);
    const lines = started.err().trim().split('\n');
    expect(lines[0]).to.match(/^dragoman: CONFIG_INVALID: .*config\.json has 5 problems:$/);
    expect(lines.slice(1, -1)).to.have.members([
      '  colour: is unknown',
      '  listeners[0].port: must be <= 65535',
      '  workspaces[0].name: must be string',
      '  adapters[0].dialect: must be one of happychat, tickets, convead, clustaar, sermo, http',
      '  adapters[1].serviceToken.env: the environment variable NOT_SET is not set',
    ]);
  });

  it('says what is wrong with a file that is no config at all', async () => {
    const broken = await serveConfig('{ "listeners": ');
    expect(await broken.ended).to.equal(78);
    expect(broken.err()).to.match(/^dragoman: CONFIG_INVALID: .*config\.json is not JSON: /);
    const absent = start(['serve', '--config', join(folder, 'absent.json')]);
    expect(await absent.ended).to.equal(78);
    expect(absent.err()).to.match(/^dragoman: there is no file .*absent\.json\n {2}what to do: name another/);
  });

  it('says which port is in use and exits 69', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const started = await serveConfig(config({ listeners: [{ name: 'main', port }] }));
    expect(await started.ended).to.equal(69);
    expect(started.err()).to.contain(`dragoman: PORT_IN_USE: 127.0.0.1:${port} is in use`);
    expect(started.err()).to.contain('what to do: stop the other process');
    other.close();
  });

  it('takes over on SIGHUP what can change, names what cannot, and keeps what it has when the file is wrong', async () => {
    const started = await serveConfig(config());
    const url = await urlOf(started);
    const joe = await happychat(url);
    const file = join(folder, 'config.json');
    const reload = async (text: string, said: string): Promise<void> => {
      await writeFile(file, text);
      started.child.kill('SIGHUP');
      await eventually(said, () => started.err().includes(said));
      await joe.says(`after ${said}`);
    };
    await reload('{}', 'CONFIG_INVALID');
    expect(started.err()).to.contain('listeners: is missing').and.not.contain('the config was read again');
    const listeners = [{ name: 'main', port: 0, maxConnections: 7 }];
    await reload(JSON.stringify(config({ listeners, drainMs: 11, log: { level: 'info' } })), 'wait for the next start');
    expect(started.err()).to.contain('"taken":["drainMs","log.level"]').and.contain('["listeners[0].maxConnections"]');
    expect((await fetch(`${url}/health/ready`)).status).to.equal(200);
    expect(joe.lost()).to.equal(0);
    started.child.kill('SIGTERM');
    expect(await started.ended).to.equal(0);
    joe.close();
  });

  it('serves the development profile with a warning and lines to paste', async () => {
    const started = start(['serve', '--dev', '--port', '0', '--data', folder]);
    const url = await urlOf(started);
    await eventually('the banner', () => started.out().includes('health:'));
    expect(started.out()).to.contain('DEVELOPMENT PROFILE').and.contain(`curl ${url}/chat/service/v1`);
    expect(started.out()).to.contain(`node -e "const o = require('socket.io-client')('${url}/operator');`);
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${url}/health/ready`)).status).to.equal(200);
    started.child.kill('SIGTERM');
    expect(await started.ended).to.equal(0);
  });

  it('leaves a store alone that another gateway has open, and exits 69', async () => {
    await urlOf(start(['serve', '--dev', '--port', '0', '--data', folder]));
    const second = start(['serve', '--dev', '--port', '0', '--data', folder]);
    expect(await second.ended).to.equal(69);
    expect(second.err()).to.match(/^dragoman: STORE_LOCKED: /);
  });

  for (const [why, args, more] of [
    ['any other address', ['--dev', '--host', '0.0.0.0'], {}],
    ['production', ['--dev'], { NODE_ENV: 'production' }],
  ] as const) {
    it(`refuses the development profile for ${why}`, async () => {
      const started = start(['serve', ...args], more);
      expect(await started.ended).to.equal(2);
      expect(started.err()).to.match(/^dragoman: --dev /);
    });
  }

  it('exits 2 for a command line it does not understand', async () => {
    const lines = [['serve'], ['serve', '--dev', '--config', 'x'], ['serve', '--dev', '--port', 'x'], ['dance']];
    const started = lines.map((args) => start(args));
    expect(await Promise.all(started.map(({ ended }) => ended))).to.deep.equal([2, 2, 2, 2]);
    for (const { err } of started) expect(err()).to.not.equal('');
  });

  it('checks a config without serving it', async () => {
    const file = join(folder, 'config.json');
    await writeFile(file, JSON.stringify(config()));
    const fine = start(['check', '--config', file], env);
    const bare = start(['check', '--config', file]);
    expect([await fine.ended, fine.out()]).to.deep.equal([0, `${file} is fine\n`]);
    expect(await bare.ended).to.equal(78);
    expect(bare.err()).to.contain('adapters[0].auth.secret.env: the environment variable HC_SECRET is not set');
  });

  it('says its version', async () => {
    const started = start(['--version']);
    const { version } = JSON.parse(await readFile('packages/gateway/package.json', 'utf8')) as { version: string };
    expect([await started.ended, started.out()]).to.deep.equal([0, `${version}\n`]);
  });

  it('prints the schema of the config file', async () => {
    const started = start(['schema']);
    expect(await started.ended).to.equal(0);
    expect(JSON.parse(started.out())).to.have.nested.property('properties.listeners');
  });
});
