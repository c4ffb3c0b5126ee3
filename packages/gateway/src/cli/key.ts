import { createKey, type Scope } from '@dragoman/adapter-http';
import { answer, type Said, type Terminal } from './terminal.js';

/** What can be said of a key. */
export interface KeyOptions extends Said {
  readonly scope: readonly Scope[];
}

/** Makes a key for a backend. */
export function key(id: string, options: KeyOptions, terminal: Terminal): void {
  const { key: made, hash } = createKey();
  const entry = { id, hash, scopes: options.scope };
  const words = `${made}\n\nIt is shown this once. What goes into "keys" of the adapter http:\n${JSON.stringify(entry)}\n`;
  answer(terminal, options, { key: made, entry }, words);
}
