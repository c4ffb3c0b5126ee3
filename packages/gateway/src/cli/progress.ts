import type { Said, Terminal } from './terminal.js';

/** How often the line about long work is written anew, ms; what takes less has none. */
const everyMs = 1_000;

/** So much of so much is done; of 0 when nobody knows how much there is. */
export type Told = (done: number, of: number) => void;

/** Does what may take long. Who sits at a terminal sees how far it is, on one line that goes with it; programs see nothing. */
export async function withProgress<T>(
  { err, isWatched }: Terminal,
  { json }: Said,
  what: string,
  work: (told: Told) => Promise<T>,
): Promise<T> {
  if (json === true || !isWatched) return work(() => undefined);
  const from = Date.now();
  let [share, shown] = ['', ''];
  const show = (line: string): void => {
    err(`\r${line.padEnd(shown.length)}`);
    shown = line;
  };
  const watch = setInterval(() => show(`${what}: ${share}${Math.round((Date.now() - from) / 1_000)} s`), everyMs);
  try {
    return await work((done, of) => {
      share = of === 0 ? '' : `${Math.min(100, Math.floor((100 * done) / of))} %, `;
    });
  } finally {
    clearInterval(watch);
    if (shown !== '') err(`\r${' '.repeat(shown.length)}\r`);
  }
}
