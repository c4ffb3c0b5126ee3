// npm test: everything, from a fresh clone. With names of folders of test/, those alone: npm test -- core. With
// --without=rabbitmq,chromium it goes without the tests that talk to these.
import { runInLanes } from './lanes.mjs';
import { missingPrograms } from './programs.mjs';
import { bin } from './run.mjs';
import { build, install, step } from './steps.mjs';
import { mocha, tiers } from './tiers.mjs';

const only = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const without = process.argv.slice(2).flatMap((word) => word.match(/^--without=(.+)$/)?.[1].split(',') ?? []);
/** Whether every file is laid out by the rules: half a minute for one processor. */
const layout = {
  name: 'layout',
  run: () => bin('prettier', ['--check', '--log-level', 'warn', '.'], { mayFail: true, isHeldBack: true }),
};

await install();
await build();
if (only.length === 0) await step('lint', () => bin('oxlint', ['--deny-warnings']));
const missing = await missingPrograms(only, without);
process.env.DRAGOMAN_TESTS_WITHOUT = missing.map(({ name }) => name).join();
await step('test', () => (only.length > 0 ? mocha(only) : runInLanes([layout, ...tiers()])));

const unasked = missing.filter(({ name }) => !without.includes(name));
for (const { name, remedy } of unasked) {
  console.error(`\nTests that talk to ${name} were not run: ${remedy}, or ask for --without=${name}.`);
}
if (unasked.length > 0) process.exit(1);
