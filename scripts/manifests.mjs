// What the manifests of the packages say of each other and of the repository. lerna calls it while it makes a release, between
// the new versions and the commit; before the first one it is called by hand. With --check it changes nothing, and fails
// where a package could not be published.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const core = '@dragoman/core';
/** What brings its own core; everything else takes that of its user, so that there is one. */
const whole = [core, '@dragoman/gateway'];

/** Where the repository is, as npm wants it: provenance is refused when it is another than that of the build. */
function origin() {
  try {
    const url = execFileSync('git', ['remote', 'get-url', 'origin'], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
    const [, host, path] = /^(?:https:\/\/|(?:ssh:\/\/)?git@)([^/:]+)[/:](.+?)(?:\.git)?$/.exec(url) ?? [];
    return host === undefined ? undefined : `git+https://${host}/${path}.git`;
  } catch {
    return undefined;
  }
}

const url = origin();
const files = readdirSync(join(root, 'packages')).map((name) => [
  `packages/${name}`,
  join(root, 'packages', name, 'package.json'),
]);
const manifests = files.map(([directory, file]) => [directory, file, JSON.parse(readFileSync(file, 'utf8'))]);
const version = manifests.find(([, , { name }]) => name === core)[2].version;

/** A manifest as it must be. */
function settled(directory, manifest) {
  const { type = 'git', ...known } = manifest.repository ?? {};
  const repository = { type, ...known, ...(url !== undefined && { url }), directory };
  const peers = whole.includes(manifest.name) ? {} : { [core]: `^${version}` };
  const peerDependencies = { ...manifest.peerDependencies, ...peers };
  return { ...manifest, repository, ...(Object.keys(peerDependencies).length > 0 && { peerDependencies }) };
}

const stale = manifests.filter(
  ([directory, , manifest]) => JSON.stringify(settled(directory, manifest)) !== JSON.stringify(manifest),
);
const nowhere = manifests.filter(
  ([directory, , manifest]) => settled(directory, manifest).repository.url === undefined,
);

if (process.argv.includes('--check')) {
  for (const [directory] of stale)
    console.error(`${directory}/package.json is stale: node scripts/manifests.mjs, then commit`);
  for (const [directory] of nowhere)
    console.error(`${directory}/package.json does not say where it comes from: git remote add origin URL`);
  process.exitCode = stale.length + nowhere.length === 0 ? 0 : 1;
} else if (stale.length > 0) {
  for (const [directory, file, manifest] of stale) {
    writeFileSync(file, `${JSON.stringify(settled(directory, manifest), null, 2)}\n`);
  }
  execFileSync('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: root });
  execFileSync('git', ['add', 'package-lock.json', ...stale.map(([directory]) => `${directory}/package.json`)], {
    cwd: root,
  });
}
