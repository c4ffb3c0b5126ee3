// npm run release: versions, changelogs and publication, of what was built anew and passed every test.
// The first time, with the versions that stand in the packages: npm run release -- from-package.
import { clean } from './outputs.mjs';
import { run } from './run.mjs';

clean();
await run(process.execPath, ['scripts/test.mjs']);
await run('npx', ['--yes', 'lerna@9.0.7', 'publish', ...process.argv.slice(2)]);
