import { posix } from 'node:path';
import { expect } from 'chai';
import { filesBelow, manifestIn, packages, published, sources, type Manifest, type SourceFile } from './repository.js';
import { importsOf, packageOf, type Import } from './source-text.js';

const container = 'packages/gateway/src/container.ts';
/** Where core may use Node.js: the machine's clock and chance, and what tests are made of. */
const nodeInCore = /^packages\/core\/src\/(system\.ts$|testing\/)/;

function breachOf(path: string, { from }: Import): string | undefined {
  const [, own = ''] = path.split('/');
  const src = `packages/${own}/src/`;
  if (from.startsWith('.')) {
    if (!posix.join(posix.dirname(path), from).startsWith(src)) return 'leaves its package';
    return from.endsWith('.js') ? undefined : 'does not end in .js';
  }
  if (from.startsWith('node:')) return own === 'core' && !nodeInCore.test(path) ? 'core knows no Node.js' : undefined;
  if (own === 'core') return 'core imports nothing outside itself';
  if (/^(@?inversify|reflect-metadata)/.test(from)) {
    return path === container ? undefined : 'only the container knows inversify';
  }
  const isOfCoreAlone = from.startsWith('@dragoman/') && packageOf(from) !== '@dragoman/core';
  return isOfCoreAlone && own !== 'gateway' ? 'adapters and stores import the core alone' : undefined;
}

/** The imports of a file that the house does not allow, each with the reason. */
function breaches({ path, text }: SourceFile): readonly string[] {
  return importsOf(text).flatMap((one) => {
    const reason = breachOf(path, one);
    return reason === undefined ? [] : [`${path}: ${one.from}: ${reason}`];
  });
}

/** Bare imports that the manifest does not declare, and what it declares in vain. */
function undeclared(manifest: Manifest, files: readonly SourceFile[]): readonly string[] {
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const imported = new Set(files.flatMap(({ text }) => importsOf(text).flatMap(({ from }) => packageOf(from) ?? [])));
  return [
    ...[...imported].filter((name) => !declared.includes(name)).map((name) => `${name} is not declared`),
    ...declared.filter((name) => !imported.has(name)).map((name) => `${name} is declared in vain`),
  ];
}

/** Dependencies that are no exact version, or not the version that others use. */
function loose(manifests: readonly Manifest[]): readonly string[] {
  const versions = new Map(manifests.map(({ name, version }) => [name, version]));
  return manifests.flatMap(({ name, dependencies, devDependencies }) =>
    Object.entries({ ...devDependencies, ...dependencies }).flatMap(([other, version]) => {
      if (!/^(npm:.+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) return [`${name}: ${other} ${version} is not exact`];
      const known = versions.get(other) ?? version;
      versions.set(other, known);
      return known === version ? [] : [`${name}: ${other} ${version}, elsewhere ${known}`];
    }),
  );
}

const imports = (path: string, from: string): readonly string[] => breaches({ path, text: `import x from '${from}';` });

describe('imports', () => {
  it('keep to who may import whom', () => {
    expect(sources).to.have.length.above(100);
    expect(sources.flatMap(breaches)).to.deep.equal([]);
  });

  it('of inversify are nowhere but in the container, in programs and tests neither', () => {
    const others = ['test', 'examples', 'bench'].flatMap((folder) => filesBelow(folder, '.ts'));
    const users = others.filter(({ text }) => importsOf(text).some(({ from }) => from === 'inversify'));
    expect(users.map(({ path }) => path)).to.deep.equal([]);
  });

  for (const { folder, manifest } of published) {
    it(`of ${manifest.name} are what its package.json declares`, () => {
      expect(undeclared(manifest, filesBelow(`${folder}/src`, '.ts'))).to.deep.equal([]);
    });
  }

  it('of tests, examples and benches are what the package.json of the repository declares', () => {
    const { devDependencies = {} } = manifestIn('.');
    const all = ['test', 'examples', 'bench'].flatMap((folder) => filesBelow(folder, '.ts'));
    const files = all.filter(({ path }) => !path.startsWith('test/house/')); // full of samples
    const workspaces = packages.map(({ manifest }) => manifest.name);
    const strangers = files.flatMap(({ path, text }) =>
      importsOf(text)
        .flatMap(({ from }) => packageOf(from) ?? [])
        .filter((name) => !(name in devDependencies) && !workspaces.includes(name))
        .map((name) => `${path}: ${name}`),
    );
    expect(strangers).to.deep.equal([]);
  });

  it('come in one exact version each', () => {
    expect(loose([...packages.map(({ manifest }) => manifest), manifestIn('.')])).to.deep.equal([]);
  });
});

describe('the import rule', () => {
  it('lets core import its own files alone', () => {
    const file = 'packages/core/src/chat/chat.ts';
    expect(imports(file, '../message.js')).to.deep.equal([]);
    expect(imports('packages/core/src/system.ts', 'node:crypto')).to.deep.equal([]);
    expect(imports('packages/core/src/testing/fakes.ts', 'node:assert/strict')).to.deep.equal([]);
    expect(imports(file, 'node:crypto')).to.deep.equal([`${file}: node:crypto: core knows no Node.js`]);
    expect(imports(file, 'ws')).to.deep.equal([`${file}: ws: core imports nothing outside itself`]);
    expect(imports(file, '../message')).to.deep.equal([`${file}: ../message: does not end in .js`]);
    expect(imports(file, '../../../store-sqlite/src/index.js')[0]).to.include('leaves its package');
  });

  it('lets an adapter import the core and its wire library, not its neighbours', () => {
    const file = 'packages/adapter-faye/src/adapter.ts';
    expect(imports(file, '@dragoman/core')).to.deep.equal([]);
    expect(imports(file, 'faye')).to.deep.equal([]);
    for (const other of ['@dragoman/adapter-socketio', '@dragoman/gateway', '@dragoman/tokens']) {
      expect(imports(file, other)[0], other).to.include('import the core alone');
    }
    expect(imports(file, 'inversify')[0]).to.include('only the container');
    expect(imports('packages/gateway/src/gateway.ts', '@inversifyjs/core')[0]).to.include('only the container');
    expect(imports(container, 'inversify')).to.deep.equal([]);
    expect(imports('packages/gateway/src/adapters.ts', '@dragoman/adapter-faye')).to.deep.equal([]);
  });

  it('sees every way of importing, and none in a comment', () => {
    const text = [
      `import type { A } from 'a';`,
      `import {\n  b,\n} from "@b/b/deep";`,
      `export * from 'c';`,
      `import 'd';`,
      `const e = await import('e');`,
      `const f = require('f');`,
      'const g = createRequire(import.meta.url).resolve(`g/${name}`);',
      `// import 'no';`,
      `/* import 'no'; */ export const from = 'no';`,
    ].join('\n');
    const found = importsOf(text).map(({ from, isType }) => `${packageOf(from)}${isType ? ' type' : ''}`);
    expect(found).to.have.members(['a type', '@b/b', 'c', 'd', 'e', 'f', 'g']);
  });

  it('names what is not declared, declared in vain, not exact, or in two versions', () => {
    const manifest = { name: 'm', version: '1.0.0', dependencies: { kept: '1.0.0', vain: '1.0.0' } };
    const files = [{ path: 'x.ts', text: `import 'kept/deep'; import 'stray'; import 'node:fs'; import './y.js';` }];
    expect(undeclared(manifest, files)).to.deep.equal(['stray is not declared', 'vain is declared in vain']);
    const [a, b] = [{ ...manifest, dependencies: { c: '^1.0.0', d: '1.0.0' } }, { dependencies: { d: '2.0.0' } }];
    expect(loose([a, { ...manifest, ...b }])).to.deep.equal([
      'm: c ^1.0.0 is not exact',
      'm: d 2.0.0, elsewhere 1.0.0',
    ]);
  });
});
