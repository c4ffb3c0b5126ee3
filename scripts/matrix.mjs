// npm run matrix: every customer protocol with every operator's, by real clients, and what crosses between them.
import { missingPrograms } from './programs.mjs';
import { build, install, run } from './steps.mjs';

await install();
await build();
const missing = await missingPrograms(['e2e'], []);
for (const { name, remedy } of missing) console.error(`\nThe table is not whole without ${name}: ${remedy}.`);
if (missing.length > 0) process.exit(1);
process.exitCode = await run(process.execPath, ['build/test/e2e/matrix/run.js', ...process.argv.slice(2)], {
  mayFail: true,
});
