import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKey } from '@dragoman/adapter-http';
import { backupSqliteStore, type BackupOptions } from '@dragoman/store-sqlite';
import type { Config } from '../../config/schema.js';
import { createGateway } from '../../gateway.js';
import { picturesFolder, storeFolder } from '../doctor/disk.js';
import { Ending } from '../ending.js';
import type { AnyReachOptions } from '../options.js';
import { withProgress } from '../progress.js';
import { settingsOf } from '../settings.js';
import type { Said, Terminal } from '../terminal.js';
import { reachOf, type Reach } from './reach.js';

type Work = (reach: Reach) => Promise<void>;

interface Opened {
  readonly config: Config;
  /** Where the store is that is asked. */
  readonly store: string;
}

function storeOf(config: Config): string {
  const path = storeFolder(config);
  if (path !== undefined) return path;
  throw new Ending('noInput', 'a store in memory is gone when its gateway has stopped');
}

/** A gateway of one API, for us alone. */
async function serveFor({ config, store }: Opened, work: Work): Promise<void> {
  const { key, hash } = createKey();
  const pictures = picturesFolder(config);
  const asked = config.adapters.find(({ dialect }) => dialect === 'http') ?? config.adapters[0];
  const gateway = createGateway({
    listeners: [{ name: 'asked', port: 0 }],
    store: { kind: 'sqlite', path: store },
    ...(pictures !== undefined && { attachments: { path: pictures } }),
    workspaces: config.workspaces,
    adapters: [
      {
        dialect: 'http',
        workspace: asked?.workspace ?? '',
        ...(asked?.dialect === 'http' && asked.space !== undefined && { space: asked.space }),
        keys: [{ id: 'command', hash, scopes: ['read', 'privacy'] }],
      },
    ],
    drainMs: 0,
    log: { level: 'error' },
  });
  await gateway.start();
  try {
    const url = gateway.url() ?? '';
    await work({ api: `${url}/v1`, operations: url, apiKey: key, operationsKey: undefined, config });
  } finally {
    await gateway.stop();
  }
}

/** Asks a copy of the store, so that nothing changes in it: a gateway that starts goes on with what it finds. */
async function serveCopy(config: Config, copied: (how: BackupOptions) => Promise<unknown>, work: Work): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dragoman-copy-'));
  const store = join(folder, 'store');
  try {
    await copied({ path: storeOf(config), to: store });
    await serveFor({ config, store }, work);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reads from the gateway that serves, or with `--stopped` from a copy of its store. */
export async function reading(options: AnyReachOptions & Said, terminal: Terminal, work: Work): Promise<void> {
  if (options.stopped !== true) return work(await reachOf(options, terminal));
  const { config } = await settingsOf(options, terminal);
  const copied = (how: BackupOptions): Promise<unknown> =>
    withProgress(terminal, options, 'copy of the store', (onProgress) => backupSqliteStore({ ...how, onProgress }));
  return serveCopy(config, copied, work);
}

/** Changes what the gateway that serves keeps, or with `--stopped` the store itself. */
export async function changing(options: AnyReachOptions, terminal: Terminal, work: Work): Promise<void> {
  if (options.stopped !== true) return work(await reachOf(options, terminal));
  const { config } = await settingsOf(options, terminal);
  return serveFor({ config, store: storeOf(config) }, work);
}
