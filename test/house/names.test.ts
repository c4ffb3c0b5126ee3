import { dirname } from 'node:path';
import { expect } from 'chai';
import { filesBelow, names, packages, published, read, sources, type SourceFile } from './repository.js';

/** Products and protocols, which the core must not know. */
const outsideWords =
  /happy-?chat|convead|sermo|clustaar|socket\.?io|engine\.?io|websocket|long-?poll|faye|bayeux|cometd|phoenix|amqp|rabbit/gi;

/** The outside words in a file of the core, its name included. */
function outsideWordsOf({ path, text }: SourceFile): readonly string[] {
  return `${path}\n${text}`.match(outsideWords)?.map((word) => `${path}: ${word}`) ?? [];
}

/** Names that say nothing of what is inside. */
const emptyWords = /(^|[-.])(utils?|helpers?|managers?|services?|common|misc)([-.]|$)/;
/** The name of a product says what is inside, whatever word it is made of. */
const productName = 'happychat-service';
const plainName = /^[a-z0-9]+([-.][a-z0-9]+)*$/;

function badNames(path: string): readonly string[] {
  return path
    .split('/')
    .filter((name) => emptyWords.test(name.replace(productName, 'product')) || !plainName.test(name))
    .map((name) => `${path}: ${name}`);
}

/** What a folder of an adapter lacks of the layers that are always named the same. */
function missingLayers(folder: string, files: readonly string[], isDialect: boolean): readonly string[] {
  const layers = isDialect ? ['frames.ts', 'translate.ts'] : ['index.ts', 'adapter.ts', 'transport.ts'];
  return layers.filter((layer) => !files.includes(layer)).map((layer) => `${folder}/${layer}`);
}

/** The folders that a page's table names in its first column. */
function foldersNamedIn(page: string): readonly string[] {
  const cells = [...page.matchAll(/^\| ((?:`[\w/*-]+`(?:, )?)+) +\|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([\w/*-]+)`/g)].map(([, folder = '']) => folder));
}

/** Whether a folder is the one that is named, where a star stands for the rest of a name. */
function matches(folder: string, name: string): boolean {
  const [start = '', end] = name.split('*');
  return end === undefined ? folder === name : folder.startsWith(start) && !folder.slice(start.length).includes('/');
}

/** Folders that no name covers, themselves or by a folder inside. */
function unnamed(all: readonly string[], named: readonly string[]): readonly string[] {
  return all.filter((folder) => !named.some((name) => matches(folder, name) || name.startsWith(`${folder}/`)));
}

const folders = [
  ...names('.', 'folders'),
  ...packages.map(({ folder }) => folder),
  ...sources.map(({ path }) => dirname(path)),
];
const adapters = published.map(({ folder }) => folder).filter((folder) => folder.startsWith('packages/adapter-'));
/** A carrier that is published as a library of its own has a folder, too, and knows no dialect. */
const carriers = ['channels'];
/** The bridge to backends speaks a language of our own: its folders are parts of it. */
const interpreters = adapters.filter((folder) => folder !== 'packages/adapter-http');
const dialects = interpreters.flatMap((folder) =>
  names(`${folder}/src`, 'folders')
    .filter((name) => !carriers.includes(name))
    .map((name) => ({ folder, name })),
);

describe('names', () => {
  it('of products and protocols are not in the core', () => {
    const core = [...filesBelow('packages/core/src', '.ts'), read('packages/core/package.json')];
    expect(core.flatMap(outsideWordsOf)).to.deep.equal([]);
  });

  it('of files and folders are lower case and say what is inside', () => {
    const others = ['examples', 'bench'].flatMap((folder) => filesBelow(folder, '.ts'));
    expect([...sources, ...others].flatMap(({ path }) => badNames(path))).to.deep.equal([]);
  });

  it('of the layers are the same in every adapter and every dialect', () => {
    const lacking = [
      ...adapters.flatMap((folder) => missingLayers(`${folder}/src`, names(`${folder}/src`, 'files'), false)),
      ...dialects.flatMap(({ folder, name }) => {
        const dialect = `${folder}/src/${name}`;
        return missingLayers(dialect, names(dialect, 'files'), true);
      }),
    ];
    expect(dialects).to.have.length.above(1);
    expect(lacking).to.deep.equal([]);
  });
});

describe('the folders', () => {
  it('are those of the page on architecture', () => {
    const named = foldersNamedIn(read('docs/architecture.md').text);
    const missing = named.filter((name) => !folders.some((folder) => matches(folder, name)));
    expect(named).to.include.members(['packages/core/src/runtime', 'packages/gateway', 'test']);
    expect(missing).to.deep.equal([]);
    const ours = published.map(({ folder }) => folder);
    expect(unnamed(ours, named)).to.deep.equal([]);
  });

  it('of packages each have a README, and those that are published their tests', () => {
    const tested = names('test', 'folders');
    const bare = packages.filter(({ folder }) => !names(folder, 'files').includes('README.md'));
    const untested = published.filter(({ folder }) => !tested.includes(folder.replace('packages/', '')));
    expect([...bare, ...untested].map(({ folder }) => folder)).to.deep.equal([]);
  });

  it('of dialects each have a page and literal frames', () => {
    const [pages, fixtures] = [names('docs/dialects', 'files'), names('test/fixtures', 'folders')];
    const lacking = dialects.filter(({ name }) => !pages.includes(`${name}.md`) || !fixtures.includes(name));
    expect(lacking).to.deep.equal([]);
  });
});

describe('the rules of names', () => {
  it('find a product in the name and in the words of a file', () => {
    const found = outsideWordsOf({ path: 'packages/core/src/faye.ts', text: '/** As Socket.IO does. */' });
    expect(found).to.deep.equal(['packages/core/src/faye.ts: faye', 'packages/core/src/faye.ts: Socket.IO']);
    expect(outsideWordsOf({ path: 'packages/core/src/chat.ts', text: 'the next ticket number' })).to.deep.equal([]);
  });

  it('find names that say nothing, capitals and underscores', () => {
    for (const name of ['utils.ts', 'chat-helpers.ts', 'session-manager.ts', 'service.ts', 'ChatRoom.ts', 'a_b.ts']) {
      expect(badNames(`packages/core/src/${name}`), name).to.have.length(1);
    }
    expect(badNames('packages/core/src/chat/decide-message.ts')).to.deep.equal([]);
    expect(badNames('packages/adapter-faye/src/faye.d.ts')).to.deep.equal([]);
    expect(badNames('examples/happychat-service-drop-in/drop-in.ts')).to.deep.equal([]);
    expect(badNames('examples/chat-service-drop-in/drop-in.ts')).to.have.length(1);
  });

  it('find a layer that is missing, and the folders a table names', () => {
    expect(missingLayers('d', ['frames.ts', 'index.ts'], true)).to.deep.equal(['d/translate.ts']);
    expect(missingLayers('a', ['index.ts', 'adapter.ts'], false)).to.deep.equal(['a/transport.ts']);
    expect(foldersNamedIn('| Folder | Is |\n| --- | --- |\n| `a/b`, `c-*` | d |\n')).to.deep.equal(['a/b', 'c-*']);
    expect(matches('packages/store-sqlite', 'packages/store-*')).to.equal(true);
    expect(matches('packages/store-sqlite/src', 'packages/store-*')).to.equal(false);
    expect(matches('packages/core', 'packages/cor')).to.equal(false);
    expect(unnamed(['a', 'b-1', 'c', 'd'], ['a/x', 'b-*', 'cc'])).to.deep.equal(['c', 'd']);
  });
});
