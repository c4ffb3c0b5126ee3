/** Whether there are bytes in it, at whatever place; for values that are not nested too far. */
export function holdsBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ArrayBuffer.isView(value) || (Array.isArray(value) ? value : Object.values(value)).some(holdsBytes);
}
