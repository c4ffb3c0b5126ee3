import { setTimeout as pause } from 'node:timers/promises';

/** Looks again and again until it is so. Rejects after `withinMs`, default 5 s, saying what was waited for. */
export async function eventually(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  withinMs: number = 5_000,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await pause(1);
  }
}
