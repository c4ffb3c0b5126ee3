import type { Adapter, Cancel } from '@dragoman/core';
import type { Environment } from '../config/secrets.js';
import { secretOf } from '../config/secrets.js';
import type { Config } from '../config/schema.js';
import type { Listeners } from '../dialects/materials.js';
import { createMetrics, type AdapterState } from './metrics.js';
import type { Observers } from './observers.js';
import { serveOperations } from './serve-operations.js';
import { createSightingStream } from './sighting-stream.js';

export interface OperationsSurroundings {
  readonly config: Config;
  readonly environment: Environment;
  readonly listeners: Listeners;
  readonly observers: Observers;
  readonly adapters: () => readonly Adapter[];
}

/** Serves what the config asks for; nothing is watched that nobody may read. Nothing is open after the cancel. */
export function openOperations(around: OperationsSurroundings): Cancel {
  const { config, environment, listeners, observers, adapters } = around;
  const { operations } = config;
  const web = listeners.get(operations?.listener ?? config.listeners[0]?.name ?? '');
  if (operations === undefined || web === undefined) return () => undefined;
  const metrics = operations.metrics === false ? undefined : createMetrics(() => adapters().map(stateOf));
  const unwatch = metrics && observers.add(metrics.observe);
  const release = serveOperations(web, {
    key: operations.key && secretOf(operations.key, environment),
    metrics,
    sightings: operations.sightings === true ? createSightingStream(observers) : undefined,
  });
  return () => {
    release();
    unwatch?.();
    metrics?.stop();
  };
}

/** Who says nothing of it is well and keeps nothing. */
export function stateOf(adapter: Adapter): AdapterState {
  return { waiting: 0, lagMs: 0, problems: [], ...adapter.health?.(), name: adapter.name };
}
