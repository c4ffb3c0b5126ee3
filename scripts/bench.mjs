// npm run bench: every measurement, or those named: npm run bench -- queue relay.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { run } from './run.mjs';
import { build, install } from './steps.mjs';

await install();
await build();
const notCases = new Set(['measure.js']);
const all = readdirSync(join(root, 'build', 'bench'))
  .filter((name) => name.endsWith('.js') && !name.endsWith('-server.js') && !notCases.has(name))
  .map((name) => name.slice(0, -3));
const wanted = process.argv.slice(2);
for (const name of wanted.length === 0 ? all : wanted) await run(process.execPath, [`build/bench/${name}.js`]);
