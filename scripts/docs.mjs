// npm run docs: the documentation as a site, on http://127.0.0.1:4400. With -- build, as files in build/site. What makes it
// is large and installed here, on first use: nothing else needs it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { run } from './run.mjs';
import { step } from './steps.mjs';

const vitepress = join(root, 'docs', 'node_modules', '.bin', 'vitepress');
if (!existsSync(vitepress)) {
  await step('npm install (in docs)', () => run('npm', ['install', '--prefix', 'docs', '--no-audit', '--no-fund']));
}
const isBuild = process.argv[2] === 'build';
const ask = isBuild ? ['build', 'docs'] : ['dev', 'docs', '--port', '4400'];
process.exitCode = await run(vitepress, ask, { mayFail: true });
