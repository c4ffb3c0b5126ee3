import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Applies a change the way the original's operator clients do: with the library they ship, its quirks included. */
export function applyPatch(state: unknown, change: unknown): unknown {
  const library: unknown = require('simperium-jsondiff');
  const applier: unknown = Reflect.apply(Reflect.get(Object(library), 'default'), undefined, []);
  const values = change === undefined ? {} : Reflect.get(Object(change), 'v');
  return Reflect.apply(Reflect.get(Object(applier), 'apply_object_diff'), applier, [state, values]);
}

/** That library shows every null as an empty object [HCS patches]. */
export function withoutNulls(value: unknown): unknown {
  if (value === null) return {};
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, withoutNulls(below)]));
}
