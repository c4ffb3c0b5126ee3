import { createKey, scopes } from '@dragoman/adapter-http';
import { Command, Option } from 'commander';
import { examples } from './examples.js';
import { answer, type Said, type Terminal } from './terminal.js';

interface KeyOptions extends Said {
  readonly scope: readonly (typeof scopes)[number][];
}

function key(id: string, options: KeyOptions, terminal: Terminal): void {
  const { key: made, hash } = createKey();
  const entry = { id, hash, scopes: options.scope };
  const words = `${made}\n\nIt is shown this once. What goes into "keys" of the adapter http:\n${JSON.stringify(entry)}\n`;
  answer(terminal, options, { key: made, entry }, words);
}

/** `dragoman key` */
export function keyCommand(terminal: Terminal): Command {
  return new Command('key')
    .description('Make a key for a backend, and the entry of the config that knows its hash.')
    .argument('<id>', 'what logs and events call it: a-z, 0-9 and dashes')
    .addOption(new Option('--scope <scopes...>', 'what it may do').choices(scopes).default([...scopes]))
    .option('--json', 'key and entry apart')
    .addHelpText(
      'after',
      examples(['dragoman key crm --scope read events', 'for a program that reads along and says nothing']),
    )
    .action((id: string, options: KeyOptions) => key(id, options, terminal));
}
