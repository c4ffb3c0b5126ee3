import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Fault } from '@dragoman/core';
import { createSqliteStore } from '@dragoman/store-sqlite';
import type { Config } from '../../config/schema.js';
import { remedies } from '../../remedies.js';
import { codeOf, findings, type Check, type Finding, type Patient } from './finding.js';
import { isServed } from './ports.js';

/** Below this a gateway may stop at any time; below the second it should be thought of. Bytes. */
const tightBytes = 256 * 1_048_576;
const lowBytes = 2 * 1_073_741_824;

/** Where the store is; undefined: in memory. */
export function storeFolder({ store }: Config): string | undefined {
  if (store === undefined) return './data/store';
  return store.kind === 'sqlite' ? store.path : undefined;
}

/** Where pictures are; undefined: in memory. */
export function picturesFolder(config: Config): string | undefined {
  const store = storeFolder(config);
  return config.attachments?.path ?? (store === undefined ? undefined : join(store, 'files'));
}

/** The folder, or the nearest one above it that is there. */
async function nearest(folder: string): Promise<string> {
  const path = resolve(folder);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere || path === dirname(path) ? path : nearest(dirname(path));
}

async function canWrite(folder: string): Promise<string | undefined> {
  const place = await nearest(folder);
  try {
    if (!(await stat(place)).isDirectory()) return `${place} is a file`;
    await access(place, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return `${place}: ${codeOf(error)}`;
  }
}

async function folderFindings(check: string, folder: string): Promise<readonly Finding[]> {
  const { fault, fine } = findings(check);
  const why = await canWrite(folder);
  return why === undefined
    ? [fine(`${folder} can be written`)]
    : [
        fault(
          `${folder} cannot be written (${why})`,
          'name another folder, or give this one to the user of the gateway',
        ),
      ];
}

async function isOpened(folder: string): Promise<Fault | undefined> {
  try {
    const store = await createSqliteStore({ path: folder, checkIntegrity: true });
    await store.close();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

/** A file from the future shows a clock that has gone back. */
async function whatIsThere(folder: string, { config, machine }: Patient): Promise<readonly Finding[]> {
  const { fault, fine } = findings('store');
  const file = await stat(join(folder, 'dragoman.db')).catch(() => undefined);
  if (file === undefined) return [fine('the store will be made')];
  const refused = await isOpened(folder);
  const isOurs = refused?.code === 'STORE_LOCKED' && (await Promise.all(config.listeners.map(isServed))).includes(true);
  const rights = (await stat(folder)).mode & 0o077;
  return [
    ...(refused === undefined || isOurs ? [fine(isOurs ? 'a gateway serves it' : 'the store is sound')] : []),
    ...(refused !== undefined && !isOurs ? [fault(`${refused.code}: ${refused.message}`, remedies[refused.code])] : []),
    ...(rights === 0
      ? []
      : [fault(`others may enter ${folder}, where conversations lie in the clear`, `chmod 700 ${folder}`)]),
    ...(file.mtimeMs > machine.now() + 60_000
      ? [
          {
            ...fault(
              'the store was written in the future: the clock has gone back',
              'set the clock: timedatectl set-ntp true',
            ),
            check: 'clock',
          },
        ]
      : []),
  ];
}

/** The store can be opened, and is sound. */
export const checkStore: Check = async (patient) => {
  const folder = storeFolder(patient.config);
  const { hint } = findings('store');
  if (folder === undefined) return [hint('chats are forgotten when the process ends', 'take a store of kind sqlite')];
  const [writable] = await folderFindings('store', folder);
  if (writable?.level === 'fault') return [writable];
  return whatIsThere(folder, patient);
};

/** Pictures can be kept. */
export const checkPictures: Check = async ({ config }) => {
  const folder = picturesFolder(config);
  return folder === undefined ? [] : folderFindings('pictures', folder);
};

const shown = (bytes: number): string => `${(bytes / 1_073_741_824).toFixed(1)} GiB`;

/** There is room. */
export const checkSpace: Check = async ({ config, machine }) => {
  const { fault, hint, fine } = findings('disk');
  const folders = [storeFolder(config), picturesFolder(config)].flatMap((folder) => folder ?? []);
  const places = new Set(await Promise.all(folders.map(nearest)));
  const remedy = 'free some, or put the store on a larger disk; archiveAfterMs and eraseAfterMs let old chats go';
  return Promise.all(
    [...places].map(async (place) => {
      const free = await machine.freeBytes(place);
      if (free < tightBytes) return fault(`${shown(free)} are free at ${place}`, remedy);
      return free < lowBytes
        ? hint(`${shown(free)} are free at ${place}`, remedy)
        : fine(`${shown(free)} are free at ${place}`);
    }),
  );
};
