// npm test: everything, from a fresh clone. With names of tiers or folders of test/, those alone: npm test -- core.
import { bin, build, install, step } from './steps.mjs';

const only = process.argv.slice(2);
await install();
await build();
if (only.length === 0) {
  await step('lint', async () => {
    await bin('oxlint', ['--deny-warnings']);
    await bin('prettier', ['--check', '--log-level', 'warn', '.']);
  });
}
const specs = only.map((name) => `build/test/${name}/**/*.test.js`);
await step('test', () => bin('mocha', specs.length === 0 ? ['build/test/**/*.test.js'] : specs));
