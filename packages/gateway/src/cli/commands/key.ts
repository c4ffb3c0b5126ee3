import { Command, Option } from 'commander';
import { scopeNames } from '../choices.js';
import { examples } from '../examples.js';
import type { KeyOptions } from '../key.js';
import { keyIdProblem, parsed } from '../options.js';
import type { Terminal } from '../terminal.js';

/** `dragoman key` */
export function keyCommand(terminal: Terminal): Command {
  return new Command('key')
    .description('Make a key for a backend, and the entry of the config that knows its hash.')
    .argument('<id>', 'what logs and events call it: a-z, 0-9 and dashes', parsed(keyIdProblem))
    .addOption(new Option('--scope <scopes...>', 'what it may do').choices(scopeNames).default([...scopeNames]))
    .option('--json', 'key and entry apart')
    .addHelpText(
      'after',
      examples(['dragoman key crm --scope read events', 'for a program that reads along and says nothing']),
    )
    .action(async (id: string, options: KeyOptions) => (await import('../key.js')).key(id, options, terminal));
}
