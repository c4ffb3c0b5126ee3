import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backupSqliteStore } from '@dragoman/store-sqlite';
import { manifestName, sumsIn, type Manifest } from './backup/manifest.js';
import { copyPictures } from './backup/pictures.js';
import { picturesFolder, storeFolder } from './doctor/disk.js';
import { Ending } from './ending.js';
import { withProgress } from './progress.js';
import type { SettingsOptions } from './options.js';
import { settingsOf } from './settings.js';
import { answer, counted, type Said, type Terminal } from './terminal.js';

const shown = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`;

/** Copies the store and the pictures into a folder. */
export async function backup(folder: string, options: SettingsOptions & Said, terminal: Terminal): Promise<void> {
  const { config } = await settingsOf(options, terminal);
  const store = storeFolder(config);
  if (store === undefined) throw new Ending('noInput', 'a store in memory cannot be copied', 'take one of kind sqlite');
  if (existsSync(join(folder, 'store'))) {
    throw new Ending('cannotCreate', `${folder} holds a backup already`, 'name a folder that is not there yet');
  }
  const madeAt = new Date().toISOString();
  const bytes = await withProgress(terminal, options, 'store', (onProgress) =>
    backupSqliteStore({ path: store, to: join(folder, 'store'), onProgress }),
  );
  // After the store: a picture is there before the message that shows it.
  const pictures = await withProgress(terminal, options, 'pictures', (told) =>
    copyPictures(picturesFolder(config) ?? '', join(folder, 'files'), told),
  );
  const sums = await sumsIn(join(folder, 'store'));
  const manifest: Manifest = { madeAt, bytes, pictures: pictures.copied, sums };
  await writeFile(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  for (const name of pictures.damaged) terminal.err(`dragoman: the picture ${name} is damaged and was left out\n`);
  const words = `${folder} holds ${shown(bytes)} of chats and ${counted(pictures.copied, 'picture')}\n`;
  answer(terminal, options, { folder, ...manifest, damaged: pictures.damaged }, words);
}
