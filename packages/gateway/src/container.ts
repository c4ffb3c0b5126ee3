import 'reflect-metadata';
import {
  createCore,
  defaultLimits,
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
import { adapterOf, rememberCarriers, type Listeners } from './adapters.js';
import type { Environment } from './secrets.js';
import type { Config } from './config-schema.js';
import { createFileAttachments } from './files.js';
import { createListener } from './listener.js';
import { createLog } from './log.js';
import { tokens, type Token } from './tokens.js';

export type { Container };

/** What a program can give a gateway beside its config. */
export interface GatewayOptions {
  /** Where secrets are read from. Default: the environment of the process. */
  readonly environment?: Environment;
  /** Verifies tokens for adapters whose config has no `auth`. Absent: such a config is refused. */
  readonly verify?: TokenVerifier;
  /** Binds other parts in place of the usual ones, and adapters beside those of the config. */
  readonly bind?: (container: Container) => void;
}

/** How long answers that are under way at a stop may take, ms. */
const lastWordsMs = 1000;

type Tokens<Needs extends unknown[]> = { [K in keyof Needs]-?: Token<Needs[K]> };

async function openStore(config: Config, clock: Clock, ids: Ids): Promise<Store> {
  const { store = { kind: 'sqlite', path: './data/store' } } = config;
  return store.kind === 'memory'
    ? createMemoryStore({ clock, ids })
    : createSqliteStore({ path: store.path, clock, ids });
}

function openAttachments(config: Config): Attachments {
  const { attachments } = config;
  return attachments === undefined ? memoryAttachments() : createFileAttachments(attachments);
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
  const { customer, operator, ...limits } = config.limits ?? {};
  const rates = {
    customer: customer ?? defaultLimits.rates.customer,
    operator: operator ?? defaultLimits.rates.operator,
  };
  return {
    workspaces: config.workspaces,
    limits: { ...limits, rates },
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
  bind(tokens.attachments, [], () => openAttachments(config));
  bind(tokens.store, [tokens.clock, tokens.ids], (clock, ids) => openStore(config, clock, ids)).onDeactivation(
    (store) => store.close(),
  );
  bind(tokens.listeners, [tokens.log], (log) => openListeners(config, log)).onDeactivation(closeListeners);
  bind(
    tokens.core,
    [tokens.store, tokens.clock, tokens.ids, tokens.log, tokens.attachments],
    (store, clock, ids, log, attachments) =>
      createCore({ ...coreOptions(config), store, clock, ids, log, attachments }),
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
    bind(tokens.adapter, [tokens.materials], (materials) => adapterOf(adapter, materials));
  }
  options.bind?.(container);
  return {
    get: (token) => container.getAsync(token),
    getAll: (token) => container.getAllAsync(token),
    close: (token) => container.unbindAsync(token),
  };
}
