// npm run demo: two protocols talk through a gateway that is killed in the middle. With -- --frames, the wire as well.
import { run } from './run.mjs';
import { build, install } from './steps.mjs';

await install();
await build();
process.exitCode = await run(process.execPath, ['build/examples/demo/demo.js', ...process.argv.slice(2)], {
  mayFail: true,
});
