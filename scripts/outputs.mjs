// What the compiler has written: where it lies, and what of it is left of sources that are gone.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name));

/** Each folder of outputs beside the folder of its sources. */
const outputs = [
  ...packages.map((folder) => [join(folder, 'dist'), join(folder, 'src')]),
  ...['test', 'examples', 'bench'].map((name) => [join(root, 'build', name), join(root, name)]),
];

/** Removes what was compiled from sources that are gone: the compiler leaves it, and it would be tested and published. */
export function sweep() {
  for (const [built, source] of outputs.filter(([folder]) => existsSync(folder))) {
    for (const name of readdirSync(built, { recursive: true })) {
      const [, base] = /^(.+?)(?:\.d\.ts|\.js)(?:\.map)?$/.exec(name) ?? [];
      if (base !== undefined && !existsSync(join(source, `${base}.ts`))) rmSync(join(built, name));
    }
  }
}

/** Removes all of it, and what the compiler remembers. */
export function clean() {
  for (const folder of [...outputs.map(([built]) => built), join(root, 'build')]) {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const folder of packages) {
    rmSync(join(folder, 'build'), { recursive: true, force: true });
    rmSync(join(folder, 'tsconfig.tsbuildinfo'), { force: true });
  }
}
