import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { answerSchema, problemSchema } from '@dragoman/adapter-http';
import { checkConfig, configSchema } from '@dragoman/gateway';
import { expect } from 'chai';
import { Errors } from 'typebox/value';
import { lastingPort } from '../lasting-port.js';
import { read, root } from './repository.js';
import { allSamples, jsonOf, programOf, samplesOf, type Sample } from './samples.js';

const run = promisify(execFile);
const folder = join(root, 'build', 'samples');
/** Where they are compiled to: as far from the examples as their sources, which import some. */
const ran = join(root, 'build', 'samples-run');
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
async function outputOf(file: string, args: readonly string[], cwd: string, env = process.env): Promise<string> {
  return run(file, args, { cwd, env, timeout: 60_000 }).then(
    () => '',
    (error: { readonly stdout?: string; readonly stderr?: string }) => `${error.stdout ?? ''}${error.stderr ?? ''}`,
  );
}

/** The samples that make a program with those that they go on from; nothing goes on from them. */
const whole = programs.filter((_, index) => programs[index + 1]?.goesOn !== true);
const pageOf = ({ place }: Sample): string => place.replace(/:\d+$/, '');

/** Writes each program, with ports that are free, the same all over a page: what one serves there another may call. */
async function writeSamples(): Promise<void> {
  for (const each of [folder, ran]) await rm(each, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await copyFile(join(root, 'test/house/stand-ins.ts'), join(folder, 'stand-ins.ts'));
  const loose = { composite: false, declaration: false, declarationMap: false, sourceMap: false };
  const compilerOptions = {
    ...loose,
    rootDir: '.',
    outDir: ran,
    allowJs: true,
    types: ['node', 'mocha'],
    // A sample shows what there is; it need not use it, and reads an environment as programs of others do.
    noUnusedLocals: false,
    noUnusedParameters: false,
    noPropertyAccessFromIndexSignature: false,
  };
  const config = { extends: '../../tsconfig.base.json', compilerOptions, include: ['*.ts', '*.js'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const ports = new Map<string, number>();
  for (const sample of whole) {
    const text = programOf(sample, programs);
    const page = pageOf(sample);
    if (!ports.has(page)) ports.set(page, await lastingPort());
    const program = text.replaceAll(/\b(?:4000|4010|7000)\b/g, String(ports.get(page)));
    await writeFile(join(folder, nameOf(sample)), `${program}\nexport {};\n`);
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

describe('samples of the documentation', () => {
  it('agree with the packages, and do what they say', async function () {
    this.timeout(120_000);
    expect(programs).to.have.length.above(20);
    await writeSamples();
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    expect(await outputOf(process.execPath, [tsc, '-p', folder], folder)).to.equal('');

    const place = await mkdtemp(join(tmpdir(), 'dragoman-samples-'));
    const runs = whole
      .filter(({ notRun }) => notRun === undefined)
      .map((sample, index) => {
        const url = pathToFileURL(join(ran, nameOf(sample).replace(/ts$/, 'js'))).href;
        return `mkdirSync('${index}'); process.chdir('${index}');
        await import('${url}').catch((error) => { console.error('${sample.place}', error); process.exit(1); }); process.chdir('..');`;
      });
    expect(runs).to.have.length.above(18);
    // Those that serve do so until the end; one that waits for what never comes would end the process with 13.
    const all = `import { mkdirSync } from 'node:fs';\n${runs.join('\n')}\nprocess.exit(0);`;
    await writeFile(join(ran, 'all.js'), all);
    const env = { ...process.env, SHOP_SECRET: 's'.repeat(32), CV_TOKEN: 'c'.repeat(32) };
    expect(await outputOf(process.execPath, [join(ran, 'all.js')], place, env)).to.equal('');
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

  it('of what the bridge answers, and of what a bot may, are as their schemas say', () => {
    const values = inLanguages('json').map((sample) => Object(jsonOf(sample)));
    const [problem] = values.filter((value) => 'canRetry' in value);
    const [answer] = values.filter((value) => 'actions' in value);
    expect([...Errors(problemSchema, problem), ...Errors(answerSchema, answer)]).to.deep.equal([]);
  });
});

describe('the rule of samples', () => {
  it('finds a fence, what the reader brings to it, and takes its indent away', () => {
    const text = '# A\n\n<!-- sample: declare const a: number; -->\n\n  ```ts\n  a;\n  ```\n\n```sh\nls\n```\n';
    expect(samplesOf({ path: 'a.md', text })).to.deep.equal([
      {
        language: 'ts',
        text: 'a;\n',
        place: 'a.md:5',
        brings: 'declare const a: number;',
        goesOn: false,
        notRun: undefined,
        partOf: undefined,
      },
      {
        language: 'sh',
        text: 'ls\n',
        place: 'a.md:9',
        brings: undefined,
        goesOn: false,
        notRun: undefined,
        partOf: undefined,
      },
    ]);
  });
});
