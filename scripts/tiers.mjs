// The tests, folder by folder of test/.
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { root } from './root.mjs';
import { bin } from './run.mjs';

/** Those that take longest begin first, so that none is left alone at the end. */
const longest = ['browser', 'adapter-amqp', 'house', 'gateway', 'e2e', 'adapter-socketio', 'adapter-http'];

/** Every folder that has tests, as work for the lanes. */
export function tiers() {
  const files = readdirSync(join(root, 'build', 'test'), { recursive: true }).filter((file) =>
    file.endsWith('.test.js'),
  );
  const names = new Set([...longest, ...files.map((file) => file.split(sep)[0])]);
  return [...names].map((name) => ({ name, run: () => mocha([name], { mayFail: true, isHeldBack: true }) }));
}

/** Runs the tests in these folders; `how` as for `run`. */
export function mocha(folders, how) {
  return bin(
    'mocha',
    folders.map((name) => `build/test/${name}/**/*.test.js`),
    how,
  );
}
