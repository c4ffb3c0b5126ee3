// npm run demo: two protocols talk through a gateway that is killed in the middle. With -- --frames, the wire as well.
import { build, install, run } from './steps.mjs';

await install();
await build();
process.exitCode = await run(process.execPath, ['build/examples/demo/demo.js', ...process.argv.slice(2)], {
  mayFail: true,
});
