import type { Config } from '../config/schema.js';
import { steadyShare } from '../pace.js';
import type { Observers } from './observers.js';

const defaults = { drainMs: 20_000, acceptsPerSecond: 1000 } as const;

/** Counts the connections of all adapters, from the moment it is called. */
export function countConnections(observers: Observers): { readonly open: number } {
  const count = { open: 0 };
  observers.add(({ type }) => {
    if (type === 'connection-opened') count.open += 1;
    else if (type === 'connection-closed') count.open -= 1;
  });
  return count;
}

/** Over how long so many clients are sent away, ms: not faster than whoever takes them in lets them in. */
export function drainTime({ drainMs = defaults.drainMs, listeners }: Config, connections: number): number {
  const rates = listeners.map(({ acceptsPerSecond = defaults.acceptsPerSecond }) => acceptsPerSecond);
  return Math.min(drainMs, Math.ceil((connections / (Math.min(...rates) * steadyShare)) * 1000));
}
