import { posix } from 'node:path';
import { expect } from 'chai';
import { sources, type SourceFile } from './repository.js';
import { codeOf, importsOf } from './source-text.js';

/** Waiting, the clock, chance and the machine, as words of the code. */
const impureWords =
  /\b(?:async|await|process|setTimeout|setInterval|setImmediate|queueMicrotask|fetch)\b|\b(?:Date|performance)\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bMath\.random\b|\bcrypto\.\w+|\bconsole\./g;

/** The parts of core that hold state, wait or know the machine. */
const runtimeOfCore = /^packages\/core\/src\/(?:runtime\/|testing\/|system\.ts$|memory-[a-z]+\.ts$|index\.ts$)/;
const pureInAdapters =
  /^packages\/adapter-[a-z]+\/src\/(?:.+\/)?(?:translate|frames|bayeux|channels|serializer|binary|handshake)\.ts$/;

function isPure({ path }: SourceFile): boolean {
  return path.startsWith('packages/core/src/') ? !runtimeOfCore.test(path) : pureInAdapters.test(path);
}

/** What a source must not say if it is to be pure; `loads` are modules that a pure one may not load. */
function impurities({ path, text }: SourceFile): readonly string[] {
  const words = codeOf(text).match(impureWords) ?? [];
  const loads = importsOf(text).filter(({ from, isType }) => !isType && !/^\.|^@dragoman\/core$/.test(from));
  return [...words, ...loads.map(({ from }) => from)].map((what) => `${path}: ${what}`);
}

/** The files that a source loads when it runs, by their paths. */
function loadedBy({ path, text }: SourceFile): readonly string[] {
  return importsOf(text)
    .filter(({ from, isType }) => !isType && from.startsWith('.'))
    .map(({ from }) => posix.join(posix.dirname(path), from).replace(/\.js$/, '.ts'));
}

/** The given sources and everything they load, directly or not. */
function withWhatTheyLoad(roots: readonly SourceFile[], all: readonly SourceFile[]): readonly SourceFile[] {
  const byPath = new Map(all.map((file) => [file.path, file]));
  const found = new Set(roots);
  for (const file of found) {
    for (const path of loadedBy(file)) {
      const loaded = byPath.get(path);
      if (loaded !== undefined) found.add(loaded);
    }
  }
  return [...found];
}

const file = (path: string, text: string): SourceFile => ({ path, text });

describe('purity', () => {
  const pure = sources.filter(isPure);

  it('is kept by the core outside its runtime, by translators, parsers and protocol steps, and by all they load', () => {
    expect(withWhatTheyLoad(pure, sources).flatMap(impurities)).to.deep.equal([]);
  });

  it('is asked of the files that are pure by their names', () => {
    const paths = pure.map(({ path }) => path);
    expect(paths).to.include.members([
      'packages/core/src/chat/decide.ts',
      'packages/core/src/routing/run.ts',
      'packages/adapter-faye/src/bayeux.ts',
      'packages/adapter-faye/src/convead/translate.ts',
      'packages/adapter-phoenix/src/channels/channels.ts',
      'packages/adapter-phoenix/src/channels/serializer.ts',
      'packages/adapter-socketio/src/happychat/frames.ts',
    ]);
    expect(paths).to.not.include.members(['packages/core/src/runtime/core.ts']);
    expect(paths).to.not.include.members(['packages/adapter-faye/src/transport.ts']);
  });
});

describe('the purity rule', () => {
  it('finds each impure word', () => {
    const words = [
      'async function f() {}',
      'await f();',
      'Date.now()',
      'new Date()',
      'Math.random()',
      'process.env',
      'setTimeout(f, 1)',
      'setInterval(f, 1)',
      'globalThis.crypto.randomUUID()',
      `import { join } from 'node:path';`,
      `import faye from 'faye';`,
    ];
    for (const text of words) expect(impurities(file('a.ts', text)), text).to.have.length(1);
  });

  it('lets times be turned into text, words stand in comments and quotes, and types come from anywhere', () => {
    const text = [
      'const text = new Date(at).toISOString();',
      `const kinds = ['in-process', "await"]; // process.env is not read`,
      `import type { Socket } from 'socket.io';`,
      `import { reject } from '@dragoman/core';`,
      'processed(); isAsync();',
    ].join('\n');
    expect(impurities(file('a.ts', text))).to.deep.equal([]);
  });

  it('follows what a pure file loads, and not what it only takes types from', () => {
    const translate = file('a/translate.ts', `import { b } from './b.js'; import type { C } from './c.js';`);
    const [b, c] = [file('a/b.ts', `import '../d.js';`), file('a/c.ts', 'await 1')];
    const d = file('d.ts', 'await 1');
    expect(withWhatTheyLoad([translate], [translate, b, c, d])).to.deep.equal([translate, b, d]);
  });
});
