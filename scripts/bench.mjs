// npm run bench: every benchmark, one after the other. With names, those alone: npm run bench -- store.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, root, run, step } from './steps.mjs';

const only = process.argv.slice(2);
await install();
await build();
const all = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.ts') && file !== 'measure.ts')
  .map((file) => file.slice(0, -'.ts'.length));
for (const name of only.length === 0 ? all : only) {
  await step(`bench ${name}`, () => run(process.execPath, [join(root, 'build', 'bench', `${name}.js`)]));
}
