// npm start: everything needed to serve the development profile, from a fresh clone.
import { build, install, run } from './steps.mjs';

await install();
await build();
process.exitCode = await run(
  process.execPath,
  ['packages/gateway/dist/main.js', 'serve', '--dev', ...process.argv.slice(2)],
  {
    mayFail: true,
  },
);
