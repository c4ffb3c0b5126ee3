import { Command } from 'commander';
import type { EraseOptions } from '../erase.js';
import { examples } from '../examples.js';
import { withReach } from '../options.js';
import type { Terminal } from '../terminal.js';

/** `dragoman erase` */
export function eraseCommand(terminal: Terminal): Command {
  return withReach(new Command('erase').description('Erase a person, with everything he said. It cannot be undone.'))
    .argument('<participant>', 'the id of the person, as transcripts and the API have it')
    .option('--yes', 'he is meant')
    .option('--stopped', 'in the store itself, where no gateway serves it')
    .option('--json', 'the report as JSON: what is gone, what is kept because it is others’ too, what is out of reach')
    .addHelpText(
      'after',
      examples(
        ['dragoman person convead 17', 'which id the visitor has whom his widget calls 17'],
        ['dragoman erase p_3zj7j3457k47p4sni4humklg7p --yes', 'with a key of the scope privacy'],
      ),
    )
    .action(async (id: string, options: EraseOptions) => (await import('../erase.js')).erase(id, options, terminal));
}
