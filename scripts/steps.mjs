// What the scripts do before their own work: Node's own modules alone, because nothing may be installed yet.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sweep } from './outputs.mjs';
import { buildPages } from './pages.mjs';
import { root } from './root.mjs';
import { bin, run } from './run.mjs';

/** A step with a name and the time it took. */
export async function step(name, work) {
  const startedAt = Date.now();
  console.log(`\n> ${name}`);
  await work();
  console.log(`  ${name}: ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** Installs what the lock file says when it is not there, or older than the lock file. */
export async function install() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node.js 20.19 or newer is needed; this is ${process.versions.node}.`);
    process.exit(1);
  }
  if (isInstalled()) return;
  await step('npm ci (dependencies are missing, or older than the lock file)', () =>
    run('npm', ['ci', '--no-audit', '--no-fund']),
  );
}

function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

/** Compiles what has changed. */
export function build() {
  return step('build', async () => {
    sweep();
    await bin('tsc', ['-b']);
    await buildPages();
  });
}
