import { Command, Option } from 'commander';
import { roleNames } from '../choices.js';
import { examples } from '../examples.js';
import { parseSpan, withSettings } from '../options.js';
import type { Terminal } from '../terminal.js';
import type { TokenOptions } from '../token.js';

/** `dragoman token` */
export function tokenCommand(terminal: Terminal): Command {
  return withSettings(
    new Command('token')
      .description('Mint a token that proves somebody: a JSON Web Token, or a personal token of Convead.')
      .argument('<id>', 'who it is for'),
  )
    .addOption(new Option('--role <role>', 'what it lets its bearer be').choices(roleNames).default('customer'))
    .option('--name <name>', 'as people read it; the id unless given')
    .option(
      '--expires <span>',
      'how long it is good, as 15m, 8h, 30d; a personal token never ends',
      parseSpan,
      3_600_000,
    )
    .option('--space <name>', 'for which adapter; the first that tokens can be signed for')
    .option('--dev', 'for the development profile')
    .option('--json', 'with whom it is for')
    .addHelpText(
      'after',
      examples(
        ['dragoman token ada', 'a customer, for an hour'],
        ['dragoman token oscar --role operator --expires 8h --space happychat', 'an operator of one adapter'],
        ['dragoman token v-17 --space convead', 'a visitor of Convead who must prove himself'],
        ['dragoman token ada --dev', 'of the development profile'],
      ),
    )
    .action(async (id: string, options: TokenOptions) => (await import('../token.js')).token(id, options, terminal));
}
