// npm test: everything, from a fresh clone. With names of folders of test/, those alone: npm test -- core. With
// --without=rabbitmq,chromium it goes without the tests that talk to these.
import { runTests } from './lanes.mjs';
import { missingPrograms } from './programs.mjs';
import { bin } from './run.mjs';
import { build, install, step } from './steps.mjs';

const only = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const without = process.argv.slice(2).flatMap((word) => word.match(/^--without=(.+)$/)?.[1].split(',') ?? []);
await install();
await build();
if (only.length === 0) {
  await step('lint', async () => {
    await bin('oxlint', ['--deny-warnings']);
    await bin('prettier', ['--check', '--log-level', 'warn', '.']);
  });
}
const missing = await missingPrograms(only, without);
process.env.DRAGOMAN_TESTS_WITHOUT = missing.map(({ name }) => name).join();
await step('test', () => runTests(only));

const unasked = missing.filter(({ name }) => !without.includes(name));
for (const { name, remedy } of unasked) {
  console.error(`\nTests that talk to ${name} were not run: ${remedy}, or ask for --without=${name}.`);
}
if (unasked.length > 0) process.exit(1);
