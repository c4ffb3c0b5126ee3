import { ConfigEnding } from './ending.js';
import type { SettingsOptions } from './options.js';
import { settingsOf } from './settings.js';
import { answer, type Said, type Terminal } from './terminal.js';

/** Says everything that is wrong with a config. */
export async function check(options: SettingsOptions & Said, terminal: Terminal): Promise<void> {
  try {
    const { file } = await settingsOf(options, terminal);
    answer(terminal, options, { file, ok: true, problems: [] }, `${file} is fine\n`);
  } catch (error) {
    if (options.json === true && error instanceof ConfigEnding) {
      answer(terminal, options, { ok: false, problems: error.problems }, '');
    }
    throw error;
  }
}
