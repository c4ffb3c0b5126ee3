// The pages that packages serve: made of packages/*/page by vite, where something has changed since.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name));
const pages = packages.filter((folder) => existsSync(join(folder, 'page')));

const timeOf = (path) => statSync(path).mtimeMs;

function newestOf(folder) {
  return Math.max(...readdirSync(folder, { recursive: true }).map((name) => timeOf(join(folder, name))));
}

/** Pages may share files; and what they are made with may have changed. */
function isCurrent(folder) {
  const built = join(folder, 'build', 'index.html');
  const installed = join(root, 'node_modules', '.package-lock.json');
  return (
    existsSync(built) &&
    timeOf(built) >= Math.max(...pages.map((one) => newestOf(join(one, 'page'))), timeOf(installed))
  );
}

/** Makes those that are not current. */
export async function buildPages() {
  const stale = pages.filter((folder) => !isCurrent(folder));
  if (stale.length === 0) return;
  const { build } = await import('vite');
  for (const folder of stale) {
    await build({
      configFile: false,
      root: join(folder, 'page'),
      base: './',
      logLevel: 'warn',
      // One file each, and none of it in the page itself, which its security policy would not run.
      build: { outDir: join(folder, 'build'), emptyOutDir: true, modulePreload: false, assetsInlineLimit: 0 },
    });
  }
}
