import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData, type ResolutionKind } from '@arethetypeswrong/core';
import { expect } from 'chai';
import { publint } from 'publint';
import { published, root, type Manifest } from './repository.js';

const program = promisify(execFile);
const installed = (name: string): string => join(root, 'node_modules/.bin', name);

/** What a program writes; rejects with all of it when the program fails. */
async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    return (await program(command, args, { cwd, maxBuffer: 64 * 1_048_576 })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' }: { stdout?: string; stderr?: string } = Object(error);
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

/** What can be imported of a package. */
function entriesOf({ name, exports = {} }: Manifest): readonly string[] {
  return Object.keys(exports).map((entry) => name + entry.slice(1));
}

/** How many names each entry gives to a program in a folder; rejects when one cannot be imported there. */
async function importIn(folder: string, entries: readonly string[]): Promise<readonly number[]> {
  const lines = entries.map((entry) => {
    const attributes = entry.endsWith('.json') ? `, { with: { type: 'json' } }` : '';
    return `console.log(Object.keys(await import('${entry}'${attributes})).length)`;
  });
  const counts = await run(process.execPath, ['--input-type=module', '--eval', lines.join('\n')], folder);
  return counts.trim().split('\n').map(Number);
}

/** Packs the packages in some folders; resolves with the paths of their tarballs, in the same order. */
async function pack(folders: readonly string[], into: string): Promise<readonly string[]> {
  const names = await run('npm', ['pack', '--silent', '--pack-destination', into, ...folders], into);
  return names
    .trim()
    .split('\n')
    .map((name) => join(into, name));
}

/** Whether types are right is not asked for programs that cannot import packages of our form. */
const notAsked: readonly ResolutionKind[] = ['node10', 'node16-cjs'];

/** What publint and are-the-types-wrong say against a tarball. */
async function complaintsOf(tarball: string): Promise<readonly string[]> {
  const bytes = Uint8Array.from(await readFile(tarball));
  const { messages } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  const checked = await checkPackage(createPackageFromTarballData(bytes));
  const problems = checked.types === false ? [] : checked.problems;
  return [
    ...messages.map(({ code, path }) => `${code} at ${path.join('.')}`),
    ...(checked.types === false ? ['no types'] : []),
    ...problems
      .filter((problem) => !('resolutionKind' in problem) || !notAsked.includes(problem.resolutionKind))
      .map((problem) => `${problem.kind}${'entrypoint' in problem ? ` at ${problem.entrypoint}` : ''}`),
  ];
}

describe('packed, and installed somewhere else', function () {
  this.timeout(120_000);
  let tarballs: readonly string[] = [];
  let [place, app] = ['', ''];

  before(async () => {
    place = await mkdtemp(join(tmpdir(), 'dragoman-packed-'));
    app = join(place, 'app');
    await mkdir(app);
    await writeFile(join(app, 'package.json'), '{ "private": true, "type": "module" }');
    tarballs = await pack(
      published.map(({ folder }) => join(root, folder)),
      place,
    );
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], app);
  });

  after(() => rm(place, { recursive: true, force: true }));

  for (const [index, { manifest }] of published.entries()) {
    it(`${manifest.name} is imported by every one of its entries`, async () => {
      const counts = await importIn(app, entriesOf(manifest));
      expect(counts).to.have.length(entriesOf(manifest).length).and.to.not.include(0);
    });

    it(`${manifest.name} has nothing said against it by publint and are-the-types-wrong`, async () => {
      expect(await complaintsOf(tarballs[index] ?? '')).to.deep.equal([]);
    });
  }

  it('brings types that a strict program compiles against, those of its libraries included', async () => {
    const entries = published
      .flatMap(({ manifest }) => entriesOf(manifest))
      .filter((entry) => !entry.endsWith('.json'));
    const lines = entries.map((entry, index) => `export * as entry${index} from '${entry}';\n`);
    await writeFile(join(app, 'program.ts'), lines.join(''));
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', 'false'];
    await run(installed('tsc'), [...options, 'program.ts'], app);
  });

  it('brings the command dragoman', async () => {
    const schema: unknown = JSON.parse(await run(join(app, 'node_modules/.bin/dragoman'), ['schema'], app));
    expect(schema).to.have.property('title', 'Dragoman gateway');
  });

  it('takes a stranger from an empty folder to a gateway that serves, with npx init and npx serve alone', async () => {
    const folder = join(app, 'empty');
    await mkdir(folder);
    await run('npx', ['@dragoman/gateway', 'init', '--port', '0'], folder);
    const served = ['@dragoman/gateway', 'serve', '--json'];
    const serving = spawn('npx', served, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    // Its output ends with the gateway, not with npx, which does not wait for it.
    const ended = once(serving, 'close');
    const [line]: unknown[] = await Promise.race([once(serving.stdout, 'data'), ended]);
    const { listeners }: { readonly listeners: readonly { readonly url: string }[] } = JSON.parse(String(line));
    const ready = `${listeners[0]?.url}/health/ready`;
    expect((await fetch(ready)).status).to.equal(200);
    serving.kill('SIGTERM');
    await ended;
    expect(await fetch(ready).catch(() => 'nobody serves')).to.equal('nobody serves');
  });

  it('would not go unnoticed without one of its files', async () => {
    const broken = join(app, 'node_modules/broken');
    await mkdir(broken);
    const manifest = { name: 'broken', version: '1.0.0', type: 'module', exports: { '.': './dist/index.js' } };
    await writeFile(join(broken, 'package.json'), JSON.stringify(manifest));
    const [tarball = ''] = await pack([broken], place);
    expect(await complaintsOf(tarball)).to.deep.equal(['FILE_DOES_NOT_EXIST at exports..', 'no types']);
    const outcome = await importIn(app, ['broken']).catch((error: Error) => error.message);
    expect(outcome).to.include('ERR_MODULE_NOT_FOUND');
  });
});
