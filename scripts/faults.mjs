// npm run faults: what the tests do a few times, to a process that is killed or that is talked to in noise, many times,
// and their days in full. With names of folders of test/ or of dialects: npm run faults -- store happychat.
import { bin } from './run.mjs';
import { build, install, step } from './steps.mjs';

const rounds = '200';
const frames = '10000';
const only = process.argv.slice(2);
await install();
await build();
process.env['FAULT_ROUNDS'] ??= rounds;
process.env['FAULT_FRAMES'] ??= frames;
const names = only.length === 0 ? [''] : only;
await step('faults', () =>
  bin(
    'mocha',
    names.flatMap((name) => [
      `build/test/*${name}*/**/{kill,noise,day}.test.js`,
      `build/test/**/*${name}*.{noise,day}.test.js`,
    ]),
  ),
);
