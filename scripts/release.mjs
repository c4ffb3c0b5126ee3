// npm run release: versions, changelogs and publication, of what was built anew and passed every test.
// The first time, with the versions that stand in the packages: npm run release -- from-package.
// With --dry-run it only shows what would be: the versions, the changelogs, and what is in each package.
import { clean } from './outputs.mjs';
import { lerna, rehearse } from './rehearsal.mjs';
import { run } from './run.mjs';
import { build, install } from './steps.mjs';

const args = process.argv.slice(2);

if (args.includes('--dry-run')) {
  await install();
  await build();
  await rehearse(args.filter((arg) => arg !== '--dry-run'));
} else {
  await run(process.execPath, ['scripts/manifests.mjs', '--check']);
  clean();
  await run(process.execPath, ['scripts/test.mjs']);
  await run('npx', [...lerna, 'publish', ...args]);
}
