// The tests in two processes at once: one mostly waits, for a broker, a browser, other processes; the other computes.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { bin } from './run.mjs';

const waiting = ['adapter-amqp', 'browser', 'e2e', 'examples', 'gateway', 'inspector', 'playground'];

/** Runs the tests in these folders of test/, or all, and ends this process with 1 when one fails. */
export async function runTests(folders) {
  if (folders.length > 0) return mocha(folders);
  const all = readdirSync(join(root, 'build', 'test'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const computing = all.map(({ name }) => name).filter((name) => name !== 'fixtures' && !waiting.includes(name));
  const codes = await Promise.all([
    mocha(waiting, { mayFail: true }),
    mocha(computing, { mayFail: true, isHeldBack: true }),
  ]);
  if (codes.some((code) => code !== 0)) process.exit(1);
}

function mocha(folders, how) {
  return bin(
    'mocha',
    folders.map((name) => `build/test/${name}/**/*.test.js`),
    how,
  );
}
