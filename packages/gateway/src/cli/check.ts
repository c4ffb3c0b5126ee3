import { Command } from 'commander';
import { examples } from './examples.js';
import { ConfigEnding } from './ending.js';
import { settingsOf, withSettings, type SettingsOptions } from './settings.js';
import { answer, type Said, type Terminal } from './terminal.js';

async function check(options: SettingsOptions & Said, terminal: Terminal): Promise<void> {
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

/** `dragoman check` */
export function checkCommand(terminal: Terminal): Command {
  return withSettings(
    new Command('check').description('Say everything that is wrong with a config and its secrets, without serving it.'),
  )
    .option('--json', 'the problems as JSON, each with its path')
    .addHelpText(
      'after',
      examples(
        ['dragoman check', 'the config here'],
        ['dragoman check --config new.jsonc --json', 'before you take it over with SIGHUP'],
      ),
    )
    .action((options: SettingsOptions & Said) => check(options, terminal));
}
