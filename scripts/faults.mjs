// npm run faults: what the tests do a few times to a process that is killed, many times. With names: npm run faults -- store.
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
    names.map((name) => `build/test/*${name}*/**/kill.test.js`),
  ),
);
