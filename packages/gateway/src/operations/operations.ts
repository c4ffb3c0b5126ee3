import type { Adapter } from '@dragoman/core';
import { secretOf } from '../config/secrets.js';
import type { Materials } from '../dialects/materials.js';
import { legsOf } from '../probe/legs-of.js';
import type { Passage } from '../probe/meeting.js';
import { createProbe } from '../probe/probe.js';
import { createMetrics, type AdapterState } from './metrics.js';
import type { Observers } from './observers.js';
import { serveOperations } from './serve-operations.js';
import { createSightingStream } from './sighting-stream.js';

export interface OperationsSurroundings {
  readonly materials: Materials;
  readonly observers: Observers;
  readonly adapters: readonly Adapter[];
}

/** What operators of the gateway have, as far as the config asks for it. */
export interface Operations {
  /** Why words do not pass through an adapter; empty where nobody looks. */
  problemsOf(adapter: string): readonly string[];
  /** When clients can connect: the probe is one of them. */
  startProbe(): void;
  /** A round under way is given up. */
  stopProbe(): void;
  /** Nothing is open or under way afterwards. */
  close(): Promise<void>;
}

const probeDefaults = { everyMs: 30_000, timeoutMs: 5000 } as const;

/** Serves what the config asks for; nothing is watched that nobody may read. */
export function openOperations({ materials, observers, adapters }: OperationsSurroundings): Operations | undefined {
  const { config, environment, listeners, log } = materials;
  const { operations } = config;
  const web = listeners.get(operations?.listener ?? config.listeners[0]?.name ?? '');
  if (operations === undefined || web === undefined) return undefined;
  const metrics = operations.metrics === false ? undefined : createMetrics(() => adapters.map(stateOf));
  const unwatch = metrics && observers.add(metrics.observe);
  const release = serveOperations(web, {
    key: operations.key && secretOf(operations.key, environment),
    metrics,
    sightings: operations.sightings === true ? createSightingStream(observers) : undefined,
  });
  const legs = legsOf(materials, adapters);
  const told = (passages: readonly Passage[]): void => metrics?.probed(passages);
  const probe = operations.probe && createProbe({ ...probeDefaults, ...operations.probe, legs: () => legs, log, told });
  return {
    problemsOf: (adapter) => probe?.problemsOf(adapter) ?? [],
    startProbe: () => probe?.start(),
    stopProbe: () => void probe?.stop(),
    async close() {
      await probe?.stop();
      release();
      unwatch?.();
      metrics?.stop();
    },
  };
}

/** Who says nothing of it is well and keeps nothing. */
export function stateOf(adapter: Adapter): AdapterState {
  return { waiting: 0, lagMs: 0, problems: [], counts: {}, figures: {}, ...adapter.health?.(), name: adapter.name };
}
