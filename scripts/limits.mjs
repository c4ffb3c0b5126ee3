// Writes the page of everything that bounds what others may cost, from the sources: options with their defaults, and what
// is fixed. With --check it changes nothing, and fails when it would.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import prettier from 'prettier';

const root = new URL('..', import.meta.url).pathname;

async function sourcesOf(packageName) {
  const folder = join(root, 'packages', packageName, 'src');
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const names = files.filter((file) => file.endsWith('.ts') && !file.startsWith('testing')).sort();
  return Promise.all(names.map(async (file) => ({ file, text: await readFile(join(folder, file), 'utf8') })));
}

const doc = String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\s*`;
const plain = (comment) =>
  comment
    .replaceAll(/^\s*\*/gm, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?\[[A-Z0-9]+ [^\]]*\]/g, '')
    .trim();

/** Only ever a bound: what says so in its name, and whatever stands among limits. */
const bounds =
  /^(max[A-Z]|window$|prefetch$)|(Bytes|Units|PerSecond|PerAddress|rate|Rate|handshakes|replies|missRate)$/;
const isBound = (holder, name, type) =>
  /number|Rate|Quota|perSecond/.test(type) && (holder.endsWith('Limits') || bounds.test(name));

/** The value of a key in the objects of defaults of a file, or of its neighbours. */
function valueOf(name, file, sources) {
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  const near = sources.filter((one) => one.file.startsWith(folder));
  for (const { text } of [...sources.filter((one) => one.file === file), ...near]) {
    for (const [, body] of text.matchAll(/const \w*(?:[dD]efault|Limits)\w*[^=]*= \{([\s\S]*?)\n?\};?\n/g)) {
      const found = new RegExp(String.raw`(?:^|[\s{,])${name}: (\{[^}]*\}|[\d_ *]+)`).exec(body)?.[1];
      if (found !== undefined) return found.trim().replaceAll(/(?<=\d)_(?=\d)/g, ' ');
    }
  }
  return undefined;
}

function optionsIn({ file, text }, sources) {
  const found = [];
  for (const [, holder, body] of text.matchAll(/export interface (\w+)[^{]*\{([\s\S]*?)\n\}/g)) {
    for (const [, comment, name, type] of body.matchAll(new RegExp(`${doc}readonly (\\w+)\\??: ([^;]+);`, 'g'))) {
      if (!isBound(holder, name, type)) continue;
      const what = plain(comment);
      const said = /\bdefault:? ([^.;]+)[.;]?/i.exec(what);
      const value = said?.[1] ?? valueOf(name, file, sources);
      const rest =
        said === null
          ? what
          : what
              .replace(said[0], '')
              .replaceAll(/\s+([.;,])/g, '$1')
              .trim();
      if (value !== undefined) found.push({ name: `\`${name}\``, value, what: rest.replace(/[;,]$/, '.') });
    }
  }
  return found;
}

function fixedIn({ text }) {
  const form = new RegExp(`${doc}(?:export )?const (\\w+) = ([\\d_ *]+);`, 'g');
  return [...text.matchAll(form)]
    .filter(([, , name]) => /^(max|most)|(Bytes|Units|Limit)$/.test(name))
    .map(([, comment, name, value]) => ({ name, value: value.replaceAll('_', ' '), what: plain(comment) }));
}

const cell = (text) => text.replaceAll('|', '\\|');
const table = (head, rows) =>
  [`| ${head} | Is | Of what |`, '| --- | --- | --- |']
    .concat(rows.map(({ name, value, what }) => `| ${name} | ${cell(value)} | ${cell(what)} |`))
    .join('\n');

const unique = (rows) =>
  rows.filter(({ name, what }, at) => what !== '' && rows.findIndex((r) => r.name === name && r.what === what) === at);

async function section(name) {
  const sources = await sourcesOf(name);
  const options = unique(sources.flatMap((source) => optionsIn(source, sources)));
  const fixed = unique(sources.flatMap(fixedIn));
  if (options.length + fixed.length === 0) return [];
  const manifest = JSON.parse(await readFile(join(root, 'packages', name, 'package.json'), 'utf8'));
  return [
    `## ${manifest.name}`,
    ...(options.length > 0 ? [table('Option', options)] : []),
    ...(fixed.length > 0 ? [table('Fixed', fixed)] : []),
  ];
}

const packages = (await readdir(join(root, 'packages'))).sort();
const page = `# Limits

Everything that bounds what clients, peers and operators may cost, by package: options with their defaults, then what is
fixed. Written from the sources by \`node scripts/limits.mjs\`. What the config of the gateway can set is in
[options](options.md); the rest belongs to programs that put their own gateway together.

Whatever is counted for one address counts an IPv6 address by its /64: whoever has one of its addresses has them all.

${(await Promise.all(packages.map(section))).flat().join('\n\n')}
`;

const file = new URL('../docs/limits.md', import.meta.url);
const text = await prettier.format(page, { ...(await prettier.resolveConfig(file)), parser: 'markdown' });
if (process.argv.includes('--check')) {
  if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error('docs/limits.md is not what the sources say: node scripts/limits.mjs');
    process.exitCode = 1;
  }
} else await writeFile(file, text);
