import { Command } from 'commander';
import { examples } from '../examples.js';
import { withSettings } from '../options.js';
import type { RestoreOptions } from '../restore.js';
import type { Terminal } from '../terminal.js';

/** `dragoman restore` */
export function restoreCommand(terminal: Terminal): Command {
  return withSettings(
    new Command('restore')
      .description('Put a backup in the place of the store and its pictures, while no gateway serves them.')
      .argument('<folder>', 'the backup'),
  )
    .option('--force', 'put aside the store that is there; it is kept beside')
    .option('--json', 'say what was done as JSON')
    .addHelpText(
      'after',
      examples(
        ['dragoman restore /backups/2026-03-01', 'on a new machine'],
        ['dragoman restore /backups/2026-03-01 --force', 'in place of what is there'],
      ),
    )
    .action(async (folder: string, options: RestoreOptions) =>
      (await import('../restore.js')).restore(folder, options, terminal),
    );
}
