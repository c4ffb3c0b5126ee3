import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { checkConfig, configSchema } from '@dragoman/gateway';
import { expect } from 'chai';
import { read, root } from './repository.js';
import { allSamples, jsonOf, samplesOf, type Sample } from './samples.js';

const run = promisify(execFile);
const folder = join(root, 'build', 'samples');
/** A secret in a file of the reader's is one that the test has. */
const onPage = ({ text, ...rest }: Sample): Sample => ({
  ...rest,
  text: text.replaceAll(/"file": "[^"]*"/g, '"env": "FILE"'),
});
const inLanguages = (...languages: readonly string[]): readonly Sample[] =>
  allSamples.filter(({ language }) => languages.includes(language));
const programs = inLanguages('ts', 'js').filter(({ partOf }) => partOf === undefined);
const withoutGaps = (text: string): string => text.replaceAll(/\n{2,}/g, '\n').trim();

const nameOf = ({ place, language }: Sample): string => `${place.replaceAll(/[^\w]+/g, '-')}.${language}`;

/** What a command that fails has said. */
async function outputOf(file: string, args: readonly string[], cwd: string): Promise<string> {
  return run(file, args, { cwd, timeout: 60_000 }).then(
    () => '',
    (error: { readonly stdout?: string; readonly stderr?: string }) => `${error.stdout ?? ''}${error.stderr ?? ''}`,
  );
}

async function writeSamples(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const loose = { composite: false, declaration: false, declarationMap: false, sourceMap: false };
  const compilerOptions = {
    ...loose,
    rootDir: '.',
    outDir: 'run',
    allowJs: true,
    types: ['node', 'mocha'],
    // A sample shows what there is; it need not use it, and reads an environment as programs of others do.
    noUnusedLocals: false,
    noUnusedParameters: false,
    noPropertyAccessFromIndexSignature: false,
  };
  const config = { extends: '../../tsconfig.base.json', compilerOptions, include: ['*.ts', '*.js'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  for (const sample of programs) {
    await writeFile(join(folder, nameOf(sample)), `${sample.brings ?? ''}\n${sample.text}\nexport {};\n`);
  }
}

/** A config that lacks nothing, for samples that show a part of one. */
const around = {
  listeners: [
    { name: 'main', host: '127.0.0.1', port: 4000 },
    { name: 'inside', host: '127.0.0.1', port: 4001 },
  ],
  workspaces: [{ id: 'default', name: 'Shop' }],
  adapters: [{ dialect: 'convead', workspace: 'default', serviceToken: { env: 'CV_TOKEN' } }],
};

/** The config that a sample shows the whole or a part of; undefined: it shows something else. */
function configOf(sample: Sample): object | undefined {
  const value = Object(jsonOf(onPage(sample)));
  const keys = Object.keys(value);
  if (keys.length > 0 && keys.every((key) => key in configSchema.properties)) return { ...around, ...value };
  if (!('kind' in value) || !(value.kind === 'firstOf' || 'secret' in value)) return undefined;
  return { ...around, adapters: [{ dialect: 'happychat', workspace: 'default', auth: value }] };
}

/** Every name that a sample's config takes a secret from, with one. */
function secretsOf({ text }: Sample): Readonly<Record<string, string>> {
  const names = [...text.matchAll(/"env": "(\w+)"/g)].map(([, name = '']) => name);
  const secret = (name: string): string => (name.endsWith('URL') ? 'amqp://127.0.0.1' : `whsec_${'A'.repeat(43)}=`);
  return Object.fromEntries(['CV_TOKEN', 'FILE', ...names].map((name) => [name, secret(name)]));
}

const commandLine = read('docs/cli.md').text;
const scripts = new Set(Object.keys(JSON.parse(read('package.json').text).scripts));

/** Why a line of a shell cannot be run: a script, a command or an option that is not there. */
function faultsOf(line: string): readonly string[] {
  const [, script] = /\bnpm run (?:-s )?([\w:]+)/.exec(line) ?? [];
  if (script !== undefined && !scripts.has(script)) return [`no script ${script}`];
  const [, command, rest = ''] = /(?:^|\s)(?:dragoman|npx @dragoman\/gateway) ([a-z]+)([^|#]*)/.exec(line) ?? [];
  if (command === undefined) return [];
  const [, help] = commandLine.split(`## dragoman ${command}\n`);
  if (help === undefined) return [`no command ${command}`];
  const options = [...rest.matchAll(/(?<=\s)--[a-z-]+/g)].map(([option]) => option);
  const known = help.split('\n## ')[0] ?? '';
  return options.filter((option) => !known.includes(option)).map((option) => `${command} has no ${option}`);
}

describe('samples of the documentation', () => {
  it('agree with the packages, and whole programs do what they say', async function () {
    this.timeout(120_000);
    expect(programs).to.have.length.above(20);
    await writeSamples();
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    expect(await outputOf(process.execPath, [tsc, '-p', folder], folder)).to.equal('');

    const whole = programs.filter(({ language, brings }) => language === 'ts' && brings === undefined);
    expect(whole).to.have.length.above(3);
    const place = await mkdtemp(join(tmpdir(), 'dragoman-samples-'));
    const imports = whole.map((sample, index) => {
      const url = pathToFileURL(join(folder, 'run', nameOf(sample).replace(/ts$/, 'js'))).href;
      return `mkdirSync('${index}'); process.chdir('${index}');
        await import('${url}').catch((error) => { console.error('${sample.place}', error); process.exit(1); }); process.chdir('..');`;
    });
    const all = `import { mkdirSync } from 'node:fs';\n${imports.join('\n')}\nprocess.exit(0);`;
    await writeFile(join(folder, 'run', 'all.js'), all);
    expect(await outputOf(process.execPath, [join(folder, 'run', 'all.js')], place)).to.equal('');
    await rm(place, { recursive: true });
  });

  it('that are parts of a file are the whole of it, in order', () => {
    const parts = allSamples.filter(({ partOf }) => partOf !== undefined);
    const paths = [...new Set(parts.map(({ partOf = '' }) => partOf))];
    expect(paths).to.have.length.above(3);
    for (const path of paths) {
      const shown = parts.filter(({ partOf }) => partOf === path).map(({ text }) => text);
      expect(withoutGaps(shown.join('\n')), path).to.equal(withoutGaps(read(path).text));
    }
  });

  it('of configs have no problem', () => {
    const problems = inLanguages('json', 'jsonc').flatMap((sample) => {
      const config = configOf(sample);
      const checked = config && checkConfig(config, { env: secretsOf(sample), hasVerifier: true });
      return checked?.ok === false ? [`${sample.place}: ${JSON.stringify(checked.problems)}`] : [];
    });
    expect(problems).to.deep.equal([]);
    expect(inLanguages('json', 'jsonc').filter(configOf)).to.have.length.above(3);
  });

  it('of commands name scripts, commands and options that there are', () => {
    const faults = inLanguages('sh').flatMap(({ text, place }) =>
      text.split('\n').flatMap((line) => faultsOf(line).map((fault) => `${place}: ${fault}`)),
    );
    expect(faults).to.deep.equal([]);
  });
});

describe('the rule of samples', () => {
  it('finds a fence, what the reader brings to it, and takes its indent away', () => {
    const text = '# A\n\n<!-- sample: declare const a: number; -->\n\n  ```ts\n  a;\n  ```\n\n```sh\nls\n```\n';
    expect(samplesOf({ path: 'a.md', text })).to.deep.equal([
      { language: 'ts', text: 'a;\n', place: 'a.md:5', brings: 'declare const a: number;', partOf: undefined },
      { language: 'sh', text: 'ls\n', place: 'a.md:9', brings: undefined, partOf: undefined },
    ]);
  });

  it('finds scripts, commands and options that are not there', () => {
    expect(['npm run none', 'dragoman none', 'dragoman serve --none'].map(faultsOf)).to.deep.equal([
      ['no script none'],
      ['no command none'],
      ['serve has no --none'],
    ]);
    expect(faultsOf('npx @dragoman/gateway init --yes')).to.deep.equal([]);
  });
});
