import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the repository, with a slash at its end; this file runs from build/test/house. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A file and its path from the top. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What the rules need of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly engines?: { readonly node?: string };
  readonly files?: readonly string[];
  readonly repository?: { readonly type?: string; readonly directory?: string };
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean };
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A folder of packages/, by its path from the top, and its manifest. */
export interface Package {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** A file by its path from the top. */
export function read(path: string): SourceFile {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/** The names in a folder that are folders, or that are files. */
export function names(folder: string, kind: 'folders' | 'files'): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => (kind === 'files' ? entry.isFile() : entry.isDirectory()))
    .map(({ name }) => name)
    .toSorted();
}

/** Every file below a folder whose name ends so, but for what is installed or built. */
export function filesBelow(folder: string, ending: string): readonly SourceFile[] {
  const here = names(folder, 'files').filter((name) => name.endsWith(ending));
  const below = names(folder, 'folders').filter((name) => !['node_modules', 'dist', 'build', '.git'].includes(name));
  return [
    ...here.map((name) => read(join(folder, name))),
    ...below.flatMap((name) => filesBelow(join(folder, name), ending)),
  ];
}

export function manifestIn(folder: string): Manifest {
  return JSON.parse(read(join(folder, 'package.json')).text);
}

export const packages: readonly Package[] = names('packages', 'folders').map((name) => ({
  folder: `packages/${name}`,
  manifest: manifestIn(`packages/${name}`),
}));

/** Packages that are published; the others only keep their place. */
export const published: readonly Package[] = packages.filter(({ manifest }) => manifest.private !== true);

/** The TypeScript of every package. */
export const sources: readonly SourceFile[] = published.flatMap(({ folder }) => filesBelow(`${folder}/src`, '.ts'));
