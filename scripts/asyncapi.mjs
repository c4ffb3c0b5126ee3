// Writes docs/asyncapi/<dialect>.json anew from what test/asyncapi describes. The repository must be built, its tests too.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import prettier from 'prettier';
import { asyncapiOf, dialects } from '../build/test/asyncapi/document.js';
import { root } from './root.mjs';

const folder = join(root, 'docs', 'asyncapi');
const options = await prettier.resolveConfig(join(root, 'package.json'));
await mkdir(folder, { recursive: true });
for (const dialect of dialects) {
  const text = await prettier.format(JSON.stringify(asyncapiOf(dialect)), { ...options, parser: 'json' });
  await writeFile(join(folder, `${dialect.id}.json`), text);
}
