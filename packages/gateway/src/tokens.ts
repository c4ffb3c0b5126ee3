import type { Adapter, Attachments, Clock, Ids, Log, RunningCore, Store } from '@dragoman/core';
import type { Listeners, Materials } from './dialects/materials.js';
import type { Observers } from './operations/observers.js';

declare const part: unique symbol;

/** Names a part of the gateway in its container; carries the type of that part. */
export type Token<T> = symbol & { readonly [part]?: T };

const token = <T>(name: string): Token<T> => Symbol(`dragoman.${name}`);

/** The parts of a gateway. Each can be replaced before the start; of `adapter` there may be many. */
export const tokens = {
  clock: token<Clock>('clock'),
  ids: token<Ids>('ids'),
  log: token<Log>('log'),
  store: token<Store>('store'),
  /** Everybody who looks on. */
  observers: token<Observers>('observers'),
  attachments: token<Attachments>('attachments'),
  core: token<RunningCore>('core'),
  listeners: token<Listeners>('listeners'),
  /** What the adapters of the config are made from. */
  materials: token<Materials>('materials'),
  adapter: token<Adapter>('adapter'),
} as const;
