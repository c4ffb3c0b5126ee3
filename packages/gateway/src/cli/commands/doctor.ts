import { Command } from 'commander';
import { examples } from '../examples.js';
import { withSettings, type SettingsOptions } from '../options.js';
import type { Said, Terminal } from '../terminal.js';

/** `dragoman doctor` */
export function doctorCommand(terminal: Terminal): Command {
  return withSettings(
    new Command('doctor').description(
      'Look at everything a config needs around it: ports, store, disk, broker, secrets, clock, limits. Changes nothing.',
    ),
  )
    .option('--json', 'the findings as JSON, each with its remedy')
    .addHelpText(
      'after',
      examples(
        ['dragoman doctor', 'before the first start, and when something is strange; also while it serves'],
        [`dragoman doctor --json | jq '.findings[] | select(.level == "fault")'`, 'what keeps it from serving'],
      ),
    )
    .action(async (options: SettingsOptions & Said) => (await import('../doctor.js')).doctor(options, terminal));
}
