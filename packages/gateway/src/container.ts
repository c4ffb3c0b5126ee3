import { join } from 'node:path';
import 'reflect-metadata';
import {
  createCore,
  memoryAttachments,
  createMemoryStore,
  systemClock,
  systemIds,
  type Attachments,
  type Clock,
  type CoreOptions,
  type Ids,
  type Log,
  type Store,
  type TokenVerifier,
} from '@dragoman/core';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { Container } from 'inversify';
import { dialectOf } from './dialects/index.js';
import { rememberCarriers, type Listeners } from './dialects/materials.js';
import { coreLimits } from './core-limits.js';
import type { Environment } from './config/secrets.js';
import type { Config } from './config/schema.js';
import { createFileAttachments, removeDrafts, type FileAttachmentsOptions } from './files.js';
import { readyFolder } from './folders.js';
import { createListener } from './listener.js';
import { createLog } from './log.js';
import type { OpenSite } from './site.js';
import { createObservers, type Observers } from './operations/observers.js';
import { tokens, type Token } from './tokens.js';

export type { Container };

/** What a program can give a gateway beside its config. */
export interface GatewayOptions {
  /** Where secrets are read from. Default: the environment of the process. */
  readonly environment?: Environment;
  /** Verifies tokens for adapters whose config has no `auth`. Absent: such a config is refused. */
  readonly verify?: TokenVerifier;
  /** Pages of its own on the first listener. Default: none. */
  readonly sites?: readonly OpenSite[];
  /** Binds other parts in place of the usual ones, and adapters beside those of the config. */
  readonly bind?: (container: Container) => void;
}

/** How long answers that are under way at a stop may take, ms. */
const lastWordsMs = 1000;

type Tokens<Needs extends unknown[]> = { [K in keyof Needs]-?: Token<Needs[K]> };

const storeOf = ({ store }: Config) => store ?? ({ kind: 'sqlite', path: './data/store' } as const);

async function openStore(config: Config, clock: Clock, ids: Ids): Promise<Store> {
  const store = storeOf(config);
  return store.kind === 'memory'
    ? createMemoryStore({ clock, ids })
    : createSqliteStore({ path: store.path, clock, ids });
}

/** Pictures last as long as the chats that show them, whether or not the config says where they are. */
function folderOf(config: Config): FileAttachmentsOptions | undefined {
  const store = storeOf(config);
  const beside = store.kind === 'memory' ? undefined : { path: join(store.path, 'files') };
  return config.attachments ?? beside;
}

async function openAttachments(config: Config): Promise<Attachments> {
  const folder = folderOf(config);
  if (folder === undefined) return memoryAttachments();
  await readyFolder(folder.path, 'attachments.path');
  await removeDrafts(folder.path);
  return createFileAttachments(folder);
}

function openListeners(config: Config, log: Log): Listeners {
  return new Map(config.listeners.map((listener) => [listener.name, createListener({ ...listener, log })]));
}

/** The adapters have said good-bye by then: what is still open a little later is cut. */
async function closeListeners(listeners: Listeners): Promise<void> {
  await Promise.all([...listeners.values()].map((listener) => listener.stop(lastWordsMs)));
}

const verifyNobody: TokenVerifier = async () => ({ ok: false, code: 'invalid' });

function coreOptions(config: Config): CoreOptions {
  return {
    workspaces: config.workspaces,
    limits: coreLimits(config),
    ...(config.restartGraceMs !== undefined && { restartGraceMs: config.restartGraceMs }),
  };
}

/** The parts of one gateway, each made when it is first asked for. */
export interface Parts {
  get<T>(token: Token<T>): Promise<T>;
  getAll<T>(token: Token<T>): Promise<readonly T[]>;
  /** Closes what was made of it; nothing when nothing was. Twice is fine. */
  close(token: Token<unknown>): Promise<void>;
}

/** Puts a gateway together; nothing is made yet. */
export function createParts(config: Config, options: GatewayOptions): Parts {
  const container = new Container({ defaultScope: 'Singleton' });
  const bind = <T, Needs extends unknown[]>(
    token: Token<T>,
    needs: Tokens<Needs>,
    make: (...needs: Needs) => T | Promise<T>,
  ) => container.bind<T>(token).toResolvedValue<Needs>(make, needs);

  bind(tokens.clock, [], () => systemClock);
  bind(tokens.ids, [], () => systemIds);
  bind(tokens.log, [], () => createLog(config.log?.level));

  bind(tokens.store, [tokens.clock, tokens.ids], (clock, ids) => openStore(config, clock, ids)).onDeactivation(
    (store) => store.close(),
  );
  // After the store, which makes its folder for its owner alone.
  bind(tokens.attachments, [tokens.store], (_store) => openAttachments(config));
  bind(tokens.listeners, [tokens.log], (log) => openListeners(config, log)).onDeactivation(closeListeners);
  bind(tokens.observers, [], createObservers);
  bind(
    tokens.core,
    [tokens.store, tokens.clock, tokens.ids, tokens.log, tokens.attachments, tokens.observers],
    (store, clock, ids, log, attachments, { observe }: Observers) =>
      createCore({ ...coreOptions(config), store, clock, ids, log, attachments, observe }),
  ).onDeactivation((core) => core.stop());
  bind(tokens.materials, [tokens.clock, tokens.log, tokens.listeners], (clock, log, listeners) => ({
    config,
    clock,
    log,
    listeners,
    environment: options.environment ?? process.env,
    verifier: options.verify ?? verifyNobody,
    carrierAt: rememberCarriers(),
  }));
  for (const adapter of config.adapters) {
    bind(tokens.adapter, [tokens.materials], (materials) => dialectOf(adapter).adapter(adapter, materials));
  }
  options.bind?.(container);
  const made = new Set<Token<unknown>>();
  return {
    async get<T>(token: Token<T>) {
      const part = await container.getAsync<T>(token);
      made.add(token);
      return part;
    },
    getAll: (token) => container.getAllAsync(token),
    // What could not be made would fail here again, and keep those after it open.
    async close(token) {
      if (made.delete(token)) await container.unbindAsync(token);
    },
  };
}
