import type { Note } from './store.js';
import { StoreError } from './store.js';

/** Longest value of a note as JSON, in UTF-16 units. */
const noteUnits = 8_192;

/** The value of a note as text; null for one that goes. Throws TooLarge, and a TypeError for what JSON does not know. */
export function noteText({ key, value }: Note): string | null {
  if (value === null) return null;
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`note ${key} is nothing that JSON knows`);
  if (text.length > noteUnits) throw new StoreError('TooLarge', `note ${key} has ${text.length} units`);
  return text;
}
