// npm run docs: the documentation as a site, on http://127.0.0.1:4400. With -- build, as files in build/site.
import { bin, install } from './steps.mjs';

await install();
const isBuild = process.argv[2] === 'build';
process.exitCode = await bin('vitepress', isBuild ? ['build', 'docs'] : ['dev', 'docs', '--port', '4400'], {
  mayFail: true,
});
