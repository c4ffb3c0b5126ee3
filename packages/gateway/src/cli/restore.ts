import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '@dragoman/core';
import { createSqliteStore, storeFiles } from '@dragoman/store-sqlite';
import { makeFolder } from '../folders.js';
import { readManifest } from './backup/manifest.js';
import { copyPictures } from './backup/pictures.js';
import { picturesFolder, storeFolder } from './doctor/disk.js';
import { Ending } from './ending.js';
import { withProgress } from './progress.js';
import type { SettingsOptions } from './options.js';
import { settingsOf } from './settings.js';
import { answer, counted, type Said, type Terminal } from './terminal.js';

/** What can be said of a restore. */
export interface RestoreOptions extends SettingsOptions, Said {
  readonly force?: true;
}

/** Opens a store and closes it; throws when another process has it, or when it is not sound. */
async function tryStore(path: string, checkIntegrity: boolean): Promise<void> {
  await (await createSqliteStore({ path, checkIntegrity })).close();
}

/** Puts the store that is there aside; resolves with where it is now, null when there was none. */
async function putAside(path: string, { force }: RestoreOptions): Promise<string | null> {
  if (!existsSync(path)) return null;
  if (existsSync(join(path, 'dragoman.db'))) {
    if (force !== true) {
      throw new Ending('cannotCreate', `${path} holds a store already`, '--force puts it aside and keeps it');
    }
    await tryStore(path, false).catch((error: unknown) => {
      // What is damaged is what a backup is for.
      if (!(error instanceof Fault) || error.code === 'STORE_LOCKED') throw error;
    });
  }
  const aside = `${path}.before-${new Date().toISOString().replaceAll(':', '')}`;
  await rename(path, aside);
  return aside;
}

/** The store of a backup, looked at before it takes its place: a restore that fails leaves nothing half done. */
async function laidOut(backup: string, path: string): Promise<string> {
  const draft = `${path}.restoring`;
  await rm(draft, { recursive: true, force: true });
  await makeFolder(dirname(path));
  await mkdir(draft, { mode: 0o700 });
  for (const name of storeFiles) {
    await copyFile(join(backup, 'store', name), join(draft, name));
    await chmod(join(draft, name), 0o600);
  }
  await tryStore(draft, true);
  return draft;
}

/** Puts a backup in the place of the store and its pictures. */
export async function restore(folder: string, options: RestoreOptions, terminal: Terminal): Promise<void> {
  const { config } = await settingsOf(options, terminal);
  const path = storeFolder(config);
  if (path === undefined) throw new Ending('usage', 'the config has its store in memory', 'take one of kind sqlite');
  const manifest = await readManifest(folder);
  const draft = await withProgress(terminal, options, 'store', () => laidOut(folder, path));
  const aside = await putAside(path, options).catch(async (error: unknown) => {
    await rm(draft, { recursive: true });
    throw error;
  });
  await rename(draft, path);
  const pictures = await withProgress(terminal, options, 'pictures', (told) =>
    copyPictures(join(folder, 'files'), picturesFolder(config) ?? '', told),
  );
  for (const name of pictures.damaged) terminal.err(`dragoman: the picture ${name} of the backup is damaged\n`);
  const kept = aside === null ? '' : `what was there is kept in ${aside}\n`;
  const words = `${path} is as it was at ${manifest.madeAt}, with ${counted(pictures.copied, 'picture')}\n${kept}`;
  answer(terminal, options, { store: path, madeAt: manifest.madeAt, aside, ...pictures }, words);
}
