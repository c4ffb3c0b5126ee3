// npm run faults: what the tests do a few times to a process that is killed, many times, and their days in full. With
// names of folders of test/, or parts of them: npm run faults -- store faye.
import { bin, build, install, step } from './steps.mjs';

const rounds = '200';
const only = process.argv.slice(2);
await install();
await build();
process.env['FAULT_ROUNDS'] ??= rounds;
const names = only.length === 0 ? [''] : only;
await step('faults', () =>
  bin(
    'mocha',
    names.map((name) => `build/test/*${name}*/**/{kill,day}.test.js`),
  ),
);
