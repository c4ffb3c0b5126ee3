// What the scripts share: Node's own modules alone, because nothing may be installed yet.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a program in the repository, its output on ours. Ends this process with its exit code when it fails. */
export async function run(program, args, { mayFail = false } = {}) {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, FORCE_COLOR: colour() } });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const code = await new Promise((resolve) => {
    child.on('exit', (status, signal) => resolve(status ?? 128 + (constants.signals[signal] ?? 0)));
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(1);
    });
  });
  if (code !== 0 && !mayFail) process.exit(code);
  return code;
}

function colour() {
  return process.stdout.isTTY ? '1' : '0';
}

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

export function build() {
  return step('build', () => bin('tsc', ['-b']));
}

/** A program of an installed package. */
export function bin(name, args) {
  return run(join(root, 'node_modules', '.bin', name), args);
}
