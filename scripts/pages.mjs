// The pages that packages serve: made of packages/*/page by vite, where something has changed since.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { bin } from './run.mjs';

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

/** Makes those that are not current: in a process of its own, since vite says to the whole process that it is in production. */
export async function buildPages() {
  const config = join(root, 'scripts', 'vite.config.mjs');
  for (const folder of pages.filter((page) => !isCurrent(page))) {
    await bin('vite', ['build', '--config', config, join(folder, 'page')]);
  }
}
