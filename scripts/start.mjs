// npm start: everything needed to serve the development profile, from a fresh clone.
import { run } from './run.mjs';
import { build, install } from './steps.mjs';

await install();
await build();
const command = ['packages/gateway/dist/main.js', 'serve', '--dev', ...process.argv.slice(2)];
process.exitCode = await run(process.execPath, command, { mayFail: true, isApart: true });
