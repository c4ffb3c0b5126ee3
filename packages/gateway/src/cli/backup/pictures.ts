import { constants } from 'node:fs';
import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../folders.js';
import { sumOf } from './manifest.js';

/** What became of the pictures in a folder. */
export interface CopiedPictures {
  readonly copied: number;
  /** Names of those that were not what their names say. */
  readonly damaged: readonly string[];
}

async function listed(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

/** Pictures by `<workspace>/<sha256>`; what else lies there is none of ours. */
async function picturesIn(folder: string): Promise<readonly (readonly [workspace: string, name: string])[]> {
  const workspaces = (await listed(folder)).filter((name) => /^[a-z0-9-]{1,40}$/.test(name));
  const all = workspaces.map(async (workspace) =>
    (await listed(join(folder, workspace)))
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .map((name) => [workspace, name] as const),
  );
  return (await Promise.all(all)).flat();
}

/** Copies pictures and looks at each: its name is the sum of what must be in it. */
export async function copyPictures(
  from: string,
  to: string,
  onProgress: (done: number, of: number) => void,
): Promise<CopiedPictures> {
  const all = await picturesIn(from);
  const damaged: string[] = [];
  for (const [index, [workspace, name]] of all.entries()) {
    await makeFolder(join(to, workspace));
    const file = join(to, workspace, name);
    await copyFile(join(from, workspace, name), file, constants.COPYFILE_FICLONE);
    if ((await sumOf(file)) !== name) {
      damaged.push(`${workspace}/${name}`);
      await rm(file);
    }
    onProgress(index + 1, all.length);
  }
  return { copied: all.length - damaged.length, damaged };
}
