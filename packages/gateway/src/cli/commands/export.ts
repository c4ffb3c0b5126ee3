import { Command } from 'commander';
import { examples } from '../examples.js';
import type { ExportOptions } from '../export.js';
import { withReach } from '../options.js';
import type { Terminal } from '../terminal.js';

/** `dragoman export` */
export function exportCommand(terminal: Terminal): Command {
  return withReach(
    new Command('export').description(
      'Write all that is kept of a person, as he may see it, with his pictures beside.',
    ),
  )
    .argument('<participant>', 'the id of the person, as transcripts and the API have it')
    .argument('<folder>', 'where to: person.ndjson has a line for him and one for each chat')
    .option('--stopped', 'from a copy of the store, where no gateway serves it')
    .option('--json', 'say what was written as JSON')
    .addHelpText(
      'after',
      examples(['dragoman export p_3zj7j3457k47p4sni4humklg7p ./for-ada', 'with a key of the scopes privacy and read']),
    )
    .action(async (id: string, to: string, options: ExportOptions) =>
      (await import('../export.js')).exportPerson(id, { ...options, to }, terminal),
    );
}
