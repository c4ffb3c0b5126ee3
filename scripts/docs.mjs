// npm run docs: the documentation as a site, on http://127.0.0.1:4400. With -- build, as files in build/site; with
// -- check, these in a real browser as well. What makes it is large and installed here, on first use.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { run } from './run.mjs';
import { step } from './steps.mjs';

const vitepress = join(root, 'docs', 'node_modules', '.bin', 'vitepress');
if (!existsSync(vitepress)) {
  await step('npm install (in docs)', () => run('npm', ['install', '--prefix', 'docs', '--no-audit', '--no-fund']));
}
const asked = process.argv[2];
if (asked === 'build' || asked === 'check') {
  process.exitCode = await run(vitepress, ['build', 'docs'], { mayFail: true });
  if (asked === 'check' && process.exitCode === 0) {
    process.exitCode = await run(process.execPath, [join(root, 'scripts', 'docs-check.mjs')], { mayFail: true });
  }
} else process.exitCode = await run(vitepress, ['dev', 'docs', '--port', '4400'], { mayFail: true });
