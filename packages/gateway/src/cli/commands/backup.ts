import { Command } from 'commander';
import { examples } from '../examples.js';
import { withSettings, type SettingsOptions } from '../options.js';
import type { Said, Terminal } from '../terminal.js';

/** `dragoman backup` */
export function backupCommand(terminal: Terminal): Command {
  return withSettings(
    new Command('backup')
      .description('Copy the store and the pictures, as they are at one moment, also while a gateway serves them.')
      .argument('<folder>', 'where to; it may not be there yet'),
  )
    .option('--json', 'say what was copied as JSON')
    .addHelpText(
      'after',
      `${examples(
        ['dragoman backup /backups/$(date +%F)', 'every night'],
        ['dragoman restore /backups/2026-03-01', 'and back'],
      )}

A backup holds conversations in the clear, and people who are erased later: keep it as you keep the store, and not for ever.`,
    )
    .action(async (folder: string, options: SettingsOptions & Said) =>
      (await import('../backup.js')).backup(folder, options, terminal),
    );
}
