import { Command } from 'commander';
import { examples } from '../examples.js';
import { withSettings, type SettingsOptions } from '../options.js';
import type { Said, Terminal } from '../terminal.js';

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
    .action(async (options: SettingsOptions & Said) => (await import('../check.js')).check(options, terminal));
}
