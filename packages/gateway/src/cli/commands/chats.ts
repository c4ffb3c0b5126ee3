import { Command, Option } from 'commander';
import type { ChatsOptions } from '../chats.js';
import { statusNames } from '../choices.js';
import { examples } from '../examples.js';
import { parseCount, withReach } from '../options.js';
import type { Terminal } from '../terminal.js';

/** `dragoman chats` */
export function chatsCommand(terminal: Terminal): Command {
  return withReach(new Command('chats').description('List the chats that are not closed, oldest first.'))
    .addOption(new Option('--status <status>', 'only those').choices(statusNames))
    .option('--space <name>', 'only those that this adapter knows')
    .option('--limit <count>', 'the most to list', parseCount, 100)
    .option('--texts', 'show names and subjects, which are hidden otherwise')
    .option('--stopped', 'read a copy of the store, where no gateway serves it')
    .option('--json', 'chats as the API gives them')
    .addHelpText(
      'after',
      examples(
        ['dragoman chats', 'of the gateway whose config is here; the key is in DRAGOMAN_API_KEY'],
        ['dragoman chats --dev --status pending --texts', 'who waits in the development profile'],
      ),
    )
    .action(async (options: ChatsOptions) => (await import('../chats.js')).chats(options, terminal));
}
