import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { manifestIn, published, root, type Manifest } from './repository.js';

const core = '@dragoman/core';
/** What brings its own core. */
const whole = [core, '@dragoman/gateway'];

/** What a package lacks that npm, and those who install it, go by. */
function lacks(folder: string, manifest: Manifest): readonly string[] {
  const { name, version, exports = {}, files = [], repository, publishConfig, engines } = manifest;
  const entries = Object.entries(exports).filter(([, entry]) => typeof entry === 'object');
  const isPeer = manifest.peerDependencies?.[core] === `^${version}`;
  const isOwn = manifest.dependencies?.[core] !== undefined;
  const claims: Readonly<Record<string, boolean>> = {
    'is public, with where it was built': publishConfig?.access === 'public' && publishConfig.provenance === true,
    'says where in the repository it is': repository?.type === 'git' && repository.directory === folder,
    'asks for the Node.js of the repository': engines?.node === manifestIn('.').engines?.node,
    'can be shaken': manifest.sideEffects === false,
    'is a module': manifest.type === 'module',
    'has types for each entry': entries.every(([, entry]) => Object.keys(Object(entry))[0] === 'types'),
    'brings its sources, for maps and for readers': files.includes('dist') && files.includes('src'),
    'tells what is new': files.includes('CHANGELOG.md'),
    'is explained': existsSync(join(root, folder, 'README.md')),
    'takes the core from its user': whole.includes(name) || (isPeer && !isOwn),
  };
  return Object.entries(claims).flatMap(([claim, holds]) => (holds ? [] : [`${name}: it is not so that it ${claim}`]));
}

describe('manifests', () => {
  it('have what a package needs to be published and installed', () => {
    expect(published).to.have.length.above(8);
    expect(published.flatMap(({ folder, manifest }) => lacks(folder, manifest))).to.deep.equal([]);
  });

  it('are of one version, so that packages of one version fit together', () => {
    expect(new Set(published.map(({ manifest }) => manifest.version)).size).to.equal(1);
  });

  it('of the gateway has every adapter and the core it is made with, exactly', () => {
    const { dependencies = {}, version } = manifestIn('packages/gateway');
    const ours = published.map(({ manifest }) => manifest.name).filter((name) => name !== '@dragoman/gateway');
    expect(Object.keys(dependencies).filter((name) => name.startsWith('@dragoman/'))).to.have.members(ours);
    expect(ours.filter((name) => dependencies[name] !== version)).to.deep.equal([]);
  });
});

describe('the rule of manifests', () => {
  it('names everything that is missing', () => {
    const poor: Manifest = { name: '@dragoman/poor', version: '1.0.0', dependencies: { [core]: '1.0.0' } };
    expect(lacks('packages/poor', poor)).to.have.length(9);
  });
});
