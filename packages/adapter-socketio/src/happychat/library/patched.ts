import type { Fields } from '@dragoman/core';
import { isRecord } from '../frames.js';
import type { Change } from '../tree.js';

/** The same thing after a change; what the change does not touch is the very same. */
export function patched<Thing>(thing: Thing, change: Change): Thing {
  return applied(thing, change) as Thing;
}

function applied(value: unknown, change: Change): unknown {
  switch (change.o) {
    case '+':
    case 'r':
      return change.v;
    case '-':
      return undefined;
    case 'O':
      return descended(isRecord(value) ? value : {}, change.v);
  }
}

function descended(value: Fields, changes: Readonly<Record<string, Change>>): Fields {
  const next: Record<string, unknown> = { ...value };
  for (const [key, change] of Object.entries(changes)) {
    if (change.o === '-') delete next[key];
    else define(next, key, applied(Object.hasOwn(next, key) ? next[key] : undefined, change));
  }
  return next;
}

/** Keys come from the wire: an assignment to `__proto__` would set something else. */
function define(on: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(on, key, { value, enumerable: true, configurable: true, writable: true });
}
