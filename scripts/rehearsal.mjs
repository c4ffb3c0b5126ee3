// A release in a clone that is thrown away: nothing leaves this machine, and nothing in the repository changes.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './root.mjs';

/** What makes versions and publishes. Fetched when it is needed: it weighs more than everything else together. */
export const lerna = ['--yes', 'lerna@9.0.7'];

/** Shows the versions, the changelogs and the contents of the packages that a release would have now; needs a build. */
export async function rehearse(args) {
  const clone = mkdtempSync(join(tmpdir(), 'dragoman-release-'));
  const git = (...words) => execFileSync('git', words, { cwd: clone, encoding: 'utf8' });
  try {
    git('clone', '--quiet', root, '.');
    git('switch', '--quiet', '--force-create', 'main');
    git('config', 'user.name', 'rehearsal');
    git('config', 'user.email', 'rehearsal@localhost');
    takeOrigin(git);
    const isFirst = args.includes('from-package');
    if (!isFirst) {
      execFileSync('npx', [...lerna, 'version', '--yes', '--no-push', ...args], { cwd: clone, stdio: 'inherit' });
      console.log(git('show', '--stat', '--format=%B', 'HEAD'));
    }
    for (const name of readdirSync(join(clone, 'packages'))) show(clone, name, isFirst);
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
}

/** The clone comes from where the repository comes from, not from here. */
function takeOrigin(git) {
  git('remote', 'remove', 'origin');
  try {
    git(
      'remote',
      'add',
      'origin',
      execFileSync('git', ['remote', 'get-url', 'origin'], { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim(),
    );
  } catch {
    console.log('the repository has no origin: the packages would not say where they come from, and be refused');
  }
}

/** What is new in a package, and what would be in its tarball. */
function show(clone, name, isFirst) {
  const folder = join(clone, 'packages', name);
  for (const built of ['dist', 'build']) {
    const from = join(root, 'packages', name, built);
    if (existsSync(from)) cpSync(from, join(folder, built), { recursive: true });
  }
  const [packed] = Object.values(
    JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--silent'], { cwd: folder, encoding: 'utf8' })),
  );
  console.log(`\n${packed.id}: ${packed.entryCount} files, ${Math.ceil(packed.size / 1024)} KiB`);
  if (!isFirst) console.log(readFileSync(join(folder, 'CHANGELOG.md'), 'utf8').split('\n').slice(5, 25).join('\n'));
}
