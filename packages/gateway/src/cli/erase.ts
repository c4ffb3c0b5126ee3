import { Ending } from './ending.js';
import { askApi } from './live/reach.js';
import { leftBehind } from './live/left.js';
import { changing } from './live/stopped.js';
import type { AnyReachOptions } from './options.js';
import { withProgress } from './progress.js';
import { answer, columns, type Said, type Terminal } from './terminal.js';

/** Which gateway is asked, and whether the person is meant. */
export interface EraseOptions extends AnyReachOptions, Said {
  readonly yes?: true;
}

/** Erases a person. */
export async function erase(id: string, options: EraseOptions, terminal: Terminal): Promise<void> {
  if (options.yes !== true) {
    throw new Ending(
      'usage',
      'it cannot be undone',
      '--yes says that you mean it; `dragoman export` first keeps a copy',
    );
  }
  await changing(options, terminal, async (reach) => {
    const path = `/participants/${encodeURIComponent(id)}`;
    const answered = await withProgress(terminal, options, 'erasing', () => askApi(reach, path, 'DELETE'));
    const report = (await answered.json()) as Readonly<Record<string, unknown>>;
    const rows = Object.entries(report).map(([what, count]) => [what, String(count)]);
    const left = await leftBehind(reach.config);
    const lines = left.map((place) => `  ${place}\n`).join('');
    answer(terminal, options, { ...report, left }, `${columns(rows)}\nWhat the gateway cannot reach:\n${lines}`);
  });
}
