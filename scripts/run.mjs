// How the scripts run a program: Node's own modules alone, because nothing may be installed yet.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { root } from './root.mjs';

/**
 * Runs a program in the repository, its output on ours. Ends this process with its exit code when it fails, unless it
 * may. With `isApart` the terminal's Ctrl-C reaches it through us alone; with `isHeldBack` its output comes when it ends,
 * so that two at once can be read.
 */
export async function run(program, args, { mayFail = false, isApart = false, isHeldBack = false } = {}) {
  const stdio = isHeldBack ? ['inherit', 'pipe', 'pipe'] : 'inherit';
  const child = spawn(program, args, { cwd: root, stdio, detached: isApart });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => said.push(part));
  const stopForwarding = forwardSignals(child);
  const code = await new Promise((resolve) => {
    child.on('close', (status, signal) => resolve(status ?? 128 + (constants.signals[signal] ?? 0)));
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(1);
    });
  });
  stopForwarding();
  process.stdout.write(Buffer.concat(said));
  if (code !== 0 && !mayFail) process.exit(code);
  return code;
}

/** A Ctrl-C comes twice, from the terminal and from npm; a program that is told twice may take it for "at once". */
const sameSignalMs = 200;
const parentMs = 500;

function forwardSignals(child) {
  let lastAt = -Infinity;
  const forward = (signal) => {
    if (performance.now() - lastAt > sameSignalMs) child.kill(signal);
    lastAt = performance.now();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  const watch = endWithParent(() => forward('SIGTERM'));
  return () => {
    clearInterval(watch);
    for (const signal of signals) process.off(signal, forward);
  };
}

/** npm tells its shell of a SIGTERM, and the shell ends without a word to us: what is left to see is a new parent. */
function endWithParent(end) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, parentMs);
  return watch;
}

/** A program of an installed package; `how` as for `run`. */
export function bin(name, args, how) {
  return run(join(root, 'node_modules', '.bin', name), args, how);
}
