import type { Said, Terminal } from './terminal.js';

/** Between two lines about the same work, ms. */
const everyMs = 1_000;

/** Says how far work is: now and then, to people alone. */
export function progress({ err }: Terminal, { json }: Said, what: string): (done: number, of: number) => void {
  let nextAt = Date.now() + everyMs;
  return (done, of) => {
    if (json === true || Date.now() < nextAt) return;
    nextAt = Date.now() + everyMs;
    err(`${what}: ${of === 0 ? '' : `${Math.min(100, Math.floor((100 * done) / of))} %`}\n`);
  };
}
