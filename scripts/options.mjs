// Writes what follows from the schema of the config anew: the file for editors and the page for people. With --check it
// changes nothing, and fails when it would. The repository must be built.
import { readFile, writeFile } from 'node:fs/promises';
import prettier from 'prettier';
import { configSchemaFile } from '../packages/gateway/dist/index.js';

const schema = JSON.parse(JSON.stringify(configSchemaFile()));

const tags = ['dialect', 'kind'];
const branchesOf = ({ anyOf, items }) =>
  (anyOf ?? (items === undefined ? [] : [items])).flatMap((one) => [one, ...(one.anyOf ?? [])]);
const tagOf = ({ properties = {} }) => tags.flatMap((key) => properties[key]?.const ?? [])[0];
const isSecret = ({ properties = {} }) => 'env' in properties && 'file' in properties;

function typeOf(part) {
  if (isSecret(part)) return 'secret';
  if (part.enum !== undefined) return part.enum.map((value) => `\`${value}\``).join(', ');
  if (part.const !== undefined) return `\`${part.const}\``;
  if (part.type === 'array') return `list`;
  return (
    part.type ??
    branchesOf(part)
      .map((one) => one.type)
      .filter((one, index, all) => all.indexOf(one) === index)
      .join(' or ')
  );
}

/** One row for each key of an object and of the objects in it, but for those that have a section of their own. */
function rowsOf({ properties = {}, required = [] }, prefix) {
  return Object.entries(properties).flatMap(([key, part]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (tags.includes(key) && part.const !== undefined) return [];
    const need = required.includes(key) ? ' Required.' : '';
    const row = `| \`${path}\` | ${typeOf(part)} | ${`${part.description ?? ''}${need}`.trim().replaceAll('|', '\\|')} |`;
    if (isSecret(part) || ['auth', 'claims'].includes(key)) return [row];
    const inner = [part, ...branchesOf(part)].find((one) => one.properties !== undefined && tagOf(one) === undefined);
    return [row, ...(inner === undefined ? [] : rowsOf(inner, part.type === 'array' ? `${path}[]` : path))];
  });
}

function table(part, prefix = '') {
  return ['| Key | Is | What it does |', '| --- | --- | --- |', ...rowsOf(part, prefix)].join('\n');
}

function section(title, part, level = '##') {
  return `${level} ${title}\n\n${part.description ?? ''}\n\n${table(part)}`;
}

const { listeners, store, workspaces, adapters, attachments, limits, ...rest } = schema.properties;
const dialects = branchesOf(adapters).filter((one) => tagOf(one) !== undefined);
const { auth } = dialects.find(({ properties }) => 'auth' in properties).properties;
const { claims } = auth.anyOf[0].properties;

const page = `# Options

Every key of the config of [the gateway](../packages/gateway), each with its default. Written from the schema by
\`node scripts/options.mjs\`. A secret is \`{ "env": NAME }\` or \`{ "file": PATH }\`, never the text itself.

${section('The whole file', { properties: { listeners, workspaces, adapters, ...rest }, required: schema.required })
  .split('\n')
  .filter((line) => !line.startsWith('| `listeners[]') && !line.startsWith('| `workspaces[]'))
  .join('\n')}

${section('listeners', listeners.items)}

## store

${store.description}

${store.anyOf.map((one) => `- \`kind\` \`${tagOf(one)}\`: ${one.description ?? ''}`).join('\n')}

${store.anyOf
  .filter((one) => rowsOf(one, '').length > 0)
  .map((one) => table(one))
  .join('\n\n')}

${section('attachments', attachments)}

${section('workspaces', workspaces.items)}

## adapters

${dialects.map((one) => section(`dialect ${tagOf(one)}`, one, '###')).join('\n\n')}

## auth

${auth.description} [Who the claims of a token name](../packages/tokens/README.md#who-it-is).

${auth.anyOf.map((one) => section(`kind ${tagOf(one)}`, one, '###')).join('\n\n')}

${section('claims', claims, '###')}

${section('limits', limits)}
`;

const files = { 'packages/gateway/config.schema.json': JSON.stringify(schema), 'docs/options.md': page };
for (const [file, text] of Object.entries(files)) {
  const formatted = await prettier.format(text, { ...(await prettier.resolveConfig(file)), filepath: file });
  if (!process.argv.includes('--check')) await writeFile(file, formatted);
  else if ((await readFile(file, 'utf8')) !== formatted) {
    console.error(`${file} is not what the schema says: node scripts/options.mjs`);
    process.exitCode = 1;
  }
}
