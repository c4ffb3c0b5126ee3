/**
 * How far lists and objects may be nested in an argument. Some thousand levels fit into a small packet; they can be read,
 * but whoever walks through them, or writes them again, runs out of stack.
 */
export const maxNesting = 100;

/** True as soon as there is more below than so many levels. */
export function isNestedBeyond(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  if (levels === 0) return true;
  return partsOf(value).some((part) => isNestedBeyond(levels - 1, part));
}

/** Whether there are bytes in it, at whatever place; for values that are not nested too far. */
export function holdsBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ArrayBuffer.isView(value) || partsOf(value).some(holdsBytes);
}

function partsOf(value: object): readonly unknown[] {
  return Array.isArray(value) ? value : Object.values(value);
}
