import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exitCodes, program } from '@dragoman/gateway/cli';
import { expect } from 'chai';
import { load } from 'js-yaml';
import { typed } from '../cli/typed.js';

const run = promisify(execFile);
/** A stop may take so long: `drainMs` as it is unless said, and 6 s. */
const longestStopS = 26;
/** Connections of a listener unless said, and what a process has open beside. */
const fewestFiles = 20_100;

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly stop_grace_period?: string;
  readonly restart: string;
  readonly ulimits?: { readonly nofile: number };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

/** The steps of a Dockerfile, each with what it says, by stage. */
async function stagesOf(file: string): Promise<readonly (readonly (readonly [step: string, what: string])[])[]> {
  const text = (await readFile(file, 'utf8')).replaceAll(/^#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  const steps = text.split('\n').flatMap((line) => {
    const [, step = '', what = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return step === '' ? [] : [[step, what] as const];
  });
  const starts = steps.flatMap(([step], index) => (step === 'FROM' ? [index] : []));
  return starts.map((start, index) => steps.slice(start, starts[index + 1]));
}

/** Images that say which version they are. */
const pinned = /^[a-z]+:\d[\w.-]*$/;

describe('the container', () => {
  const folder = 'deploy/docker';

  it('is made in stages of one pinned image, and runs as nobody special with what the last one has', async () => {
    const stages = await stagesOf(`${folder}/Dockerfile`);
    expect(stages).to.have.length(3);
    const bases = stages.map(([from]) => from?.[1].replace(/ AS \w+$/, '') ?? '');
    expect(new Set(bases).size).to.equal(1);
    expect(bases[0])
      .to.match(pinned)
      .and.match(/^node:20/);
    const names = stages.map(([from]) => / AS (\w+)$/.exec(from?.[1] ?? '')?.[1]);
    const copied = stages
      .flat()
      .flatMap(([step, what]) => (step === 'COPY' ? (/--from=(\w+)/.exec(what)?.[1] ?? []) : []));
    expect(copied.filter((name) => !names.includes(name))).to.deep.equal([]);
    const last = new Map(stages.at(-1));
    expect(last.get('USER')).to.equal('node');
    expect(last.get('VOLUME')).to.equal(last.get('WORKDIR'));
    expect(last.get('HEALTHCHECK')).to.match(/--start-period=\d+s.*\/health\/ready/);
    expect(last.get('EXPOSE')).to.equal('4000');
  });

  it('starts the command that the package brings', async () => {
    const last = new Map((await stagesOf(`${folder}/Dockerfile`)).at(-1));
    const { bin }: { readonly bin: Readonly<Record<string, string>> } = JSON.parse(
      await readFile('packages/gateway/package.json', 'utf8'),
    );
    expect(last.get('ENTRYPOINT')).to.contain(join('@dragoman/gateway', bin['dragoman'] ?? ''));
    expect(last.get('CMD')).to.equal('["serve"]');
  });

  it('gets every file of the repository that the build needs', async () => {
    const ignored = (await readFile(`${folder}/Dockerfile.dockerignore`, 'utf8')).trim().split('\n');
    const { stdout } = await run('git', [
      'ls-files',
      '--cached',
      '--ignored',
      ...ignored.flatMap((name) => ['-x', name]),
    ]);
    expect(stdout).to.equal('');
  });
});

describe('the compose file', () => {
  let compose: Compose;
  before(async () => {
    compose = load(await readFile('deploy/docker/compose.yaml', 'utf8')) as Compose;
  });

  it('has a gateway and a broker that is pinned, starts one after the other and both again', () => {
    const { gateway, broker } = compose.services;
    expect(Object.keys(compose.services)).to.have.members(['gateway', 'broker']);
    expect(broker?.image).to.match(/^rabbitmq:\d+\.\d+\.\d+$/);
    expect(broker?.healthcheck?.test).to.deep.equal(['CMD', 'rabbitmq-diagnostics', '-q', 'ping']);
    expect(gateway?.depends_on).to.deep.equal({ broker: { condition: 'service_healthy' } });
    expect([gateway?.restart, broker?.restart]).to.deep.equal(['unless-stopped', 'unless-stopped']);
    expect(existsSync(join('deploy/docker', gateway?.build?.context ?? '', gateway?.build?.dockerfile ?? ''))).to.equal(
      true,
    );
  });

  it('keeps what both know in volumes, and holds no password', () => {
    const { gateway, broker } = compose.services;
    const mounted = [gateway, broker].flatMap((one) => one?.volumes ?? []);
    expect(mounted).to.deep.equal(['gateway:/srv', 'broker:/var/lib/rabbitmq']);
    expect(Object.keys(compose.volumes)).to.have.members(mounted.map((mount) => mount.split(':')[0]));
    expect(broker?.environment?.['RABBITMQ_DEFAULT_PASS']).to.match(/^\$\{RABBITMQ_PASSWORD:\?.+\}$/);
  });

  it('serves this machine alone, lets a stop end, and has files for every client', () => {
    const { gateway } = compose.services;
    expect(gateway?.ports).to.deep.equal(['127.0.0.1:4000:4000']);
    expect(Number.parseInt(gateway?.stop_grace_period ?? '')).to.be.above(longestStopS);
    expect(gateway?.ulimits?.nofile).to.be.above(fewestFiles);
  });

  it('begins with a line that writes a config which can be served', async () => {
    const text = await readFile('deploy/docker/compose.yaml', 'utf8');
    const [, line = ''] = /run --rm gateway (init [\s\S]*?)\n# Then/.exec(text) ?? [];
    const words = line
      .replaceAll(/\\\n#|"/g, ' ')
      .replace('$RABBITMQ_PASSWORD', 'hidden')
      .trim()
      .split(/\s+/);
    const place = await mkdtemp(join(tmpdir(), 'dragoman-compose-'));
    try {
      const { code, err } = await typed([...words, '--folder', place]);
      expect([code, err]).to.deep.equal([0, '']);
      expect((await typed(['check', '--config', join(place, 'dragoman.jsonc')])).code).to.equal(0);
      expect(await readFile(join(place, 'dragoman.env'), 'utf8')).to.contain('@broker:5672');
    } finally {
      await rm(place, { recursive: true });
    }
  });
});

describe('the unit of systemd', () => {
  const file = 'deploy/systemd/dragoman.service';
  let keys: ReadonlyMap<string, string>;
  before(async () => {
    const lines = (await readFile(file, 'utf8')).matchAll(/^(\w+)=(.*)$/gm);
    keys = new Map([...lines].map(([, key = '', value = '']) => [key, value]));
  });

  it('starts the command with words that it understands', () => {
    const [, entry = '', ...words] = keys.get('ExecStart')?.split(' ') ?? [];
    expect(entry).to.match(/\/node_modules\/@dragoman\/gateway\/dist\/main\.js$/);
    const dragoman = program({
      env: {},
      isInteractive: false,
      isWatched: false,
      out: () => undefined,
      err: () => undefined,
      ended: async () => undefined,
    });
    const serve = dragoman.commands.find((command) => command.name() === words[0]);
    expect(serve?.parseOptions(words.slice(1))).to.deep.equal({ operands: [], unknown: [] });
  });

  it('lets a stop end, has files for every client, and does not begin again with what stays wrong', () => {
    expect(Number(keys.get('TimeoutStopSec'))).to.be.above(longestStopS);
    expect(Number(keys.get('LimitNOFILE'))).to.be.above(fewestFiles);
    expect(keys.get('RestartPreventExitStatus')).to.equal(`${exitCodes.usage} ${exitCodes.config}`);
  });

  const analyze = '/usr/bin/systemd-analyze';
  if (existsSync(analyze)) {
    it('is one that systemd takes without a word, and shuts in well', async () => {
      const place = await mkdtemp(join(tmpdir(), 'dragoman-unit-'));
      try {
        const unit = join(place, 'dragoman.service');
        await copyFile(file, unit);
        // Where Node.js is differs from machine to machine.
        await writeFile(unit, (await readFile(unit, 'utf8')).replace('/usr/bin/node', process.execPath));
        const { stdout, stderr } = await run(analyze, ['verify', unit]);
        expect(stdout + stderr).to.equal('');
        await run(analyze, ['security', '--offline=yes', '--threshold=40', unit]);
      } finally {
        await rm(place, { recursive: true });
      }
    });
  } else it('is one that systemd takes without a word: not asked, there is no systemd-analyze here');
});
