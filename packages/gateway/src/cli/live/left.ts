import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Config } from '../../config/schema.js';
import { storeFolder } from '../doctor/disk.js';

/** Stores that `dragoman restore --force` has put aside. */
async function storesAside(config: Config): Promise<readonly string[]> {
  const path = storeFolder(config);
  if (path === undefined) return [];
  const names = await readdir(dirname(path)).catch(() => []);
  return names.filter((name) => name.startsWith(`${basename(path)}.before-`)).map((name) => join(dirname(path), name));
}

/** Where words of a person can still be once the gateway has erased him, for who has to see to it. */
export async function leftBehind(config: Config | undefined): Promise<readonly string[]> {
  const adapters = config?.adapters ?? [];
  const isBrokered = config === undefined || adapters.some(({ dialect }) => dialect === 'sermo');
  const isTold = config === undefined || adapters.some(({ dialect }) => dialect === 'http');
  const aside = config === undefined ? [] : await storesAside(config);
  return [
    ...aside.map((folder) => `${folder}, which a restore has put aside: delete it`),
    'backups that were made before: delete them in their time',
    ...(isBrokered
      ? ['letters that wait on queues of a broker, ours and those of others; see gw.parked and gw.dead']
      : []),
    ...(isBrokered ? ['desks and front ends behind a broker, which have kept what they were sent'] : []),
    ...(isTold ? ['backends that were told, by webhook, feed or answer'] : []),
    'pages and apps of those who took part, which show what they have loaded',
  ];
}
