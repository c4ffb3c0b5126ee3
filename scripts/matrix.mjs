// npm run matrix: every customer protocol with every operator's, by real clients, and what crosses between them. With
// --drops each side is cut off at a random moment, by ten seeds; --drops tickets-convead plays one cell.
import { missingPrograms } from './programs.mjs';
import { run } from './run.mjs';
import { build, install } from './steps.mjs';

await install();
await build();
const missing = await missingPrograms(['e2e'], []);
for (const { name, remedy } of missing) console.error(`\nThe table is not whole without ${name}: ${remedy}.`);
if (missing.length > 0) process.exit(1);
const isDrops = process.argv.includes('--drops');
const program = `build/test/e2e/matrix/${isDrops ? 'run-drops' : 'run'}.js`;
process.exitCode = await run(process.execPath, [program, ...process.argv.slice(2)], { mayFail: true });
