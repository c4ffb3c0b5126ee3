/** Whether a value is what is expected of it: objects may have more fields than asked for, lists no more elements. */
export function likeness(actual: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((part, index) => likeness(actual[index], part))
    );
  }
  if (typeof expected !== 'object' || expected === null) return Object.is(actual, expected);
  if (typeof actual !== 'object' || actual === null) return false;
  const fields = new Map<string, unknown>(Object.entries(actual));
  return Object.entries(expected).every(([key, part]) => fields.has(key) && likeness(fields.get(key), part));
}
