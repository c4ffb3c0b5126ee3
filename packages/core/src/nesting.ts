import type { Fields } from './participant.js';

/**
 * Levels of lists and objects in anything that comes from outside. Some thousand fit into a small packet; they can be
 * read, but whoever walks through them, or writes them again, runs out of stack.
 */
export const maxNesting = 100;

/** True as soon as there are more levels than so many; bytes count as none. Nothing deeper is looked at. */
export function isNestedBeyond(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  if (levels === 0) return true;
  for (const key in value) if (isNestedBeyond(levels - 1, (value as Fields)[key])) return true;
  return false;
}
