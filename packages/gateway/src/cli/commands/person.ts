import { Command, Option } from 'commander';
import { examples } from '../examples.js';
import { withReach } from '../options.js';
import type { PersonOptions } from '../person.js';
import type { Terminal } from '../terminal.js';

/** `dragoman person` */
export function personCommand(terminal: Terminal): Command {
  return withReach(new Command('person').description('Say which id somebody has: `export` and `erase` ask for it.'))
    .argument('<space>', 'the adapter that knows him, by the name of the config')
    .argument('<id>', 'what his client calls him')
    .addOption(
      new Option('--side <side>', 'as what he is known').choices(['customer', 'operator', 'bot']).default('customer'),
    )
    .option('--realm <name>', 'a tenant of that protocol, where it has some')
    .option('--texts', 'show his name, which is hidden otherwise')
    .option('--stopped', 'read a copy of the store, where no gateway serves it')
    .option('--json', 'the person as the API gives him; without --texts his id alone')
    .addHelpText(
      'after',
      examples(
        ['dragoman person convead 17', 'the visitor whom his widget calls 17'],
        ['dragoman erase "$(dragoman person convead 17)" --yes', 'who wants to be forgotten'],
      ),
    )
    .action(async (space: string, id: string, options: PersonOptions) =>
      (await import('../person.js')).person(space, id, options, terminal),
    );
}
