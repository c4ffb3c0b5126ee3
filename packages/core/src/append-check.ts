import type { AppendRequest } from './store.js';

/**
 * Throws a TypeError for what only a mistake of the program can ask for: a stream that is written twice, a time that is
 * not a number. Every store asks first: in the middle of a transaction it would be its neighbours' trouble, too.
 */
export function checkAppend({ context, writes, setTimers, remember }: AppendRequest): void {
  if (writes.length > 1 && new Set(writes.map(({ stream }) => stream)).size < writes.length) {
    throw new TypeError('a request writes each stream at most once');
  }
  if (Number.isNaN(context.at)) throw new TypeError('the time of a command is not a number');
  if (Number.isNaN(remember?.keepMs)) throw new TypeError('the time to remember a command is not a number');
  for (const { key, dueAt } of setTimers) {
    if (Number.isNaN(dueAt)) throw new TypeError(`the time of timer ${key} is not a number`);
  }
}
