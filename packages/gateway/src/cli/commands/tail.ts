import { Command, Option } from 'commander';
import { sightingNames } from '../choices.js';
import { examples } from '../examples.js';
import { withReach } from '../options.js';
import type { TailOptions } from '../tail.js';
import type { Terminal } from '../terminal.js';

/** `dragoman tail` */
export function tailCommand(terminal: Terminal): Command {
  return withReach(
    new Command('tail').description(
      'Look on while a gateway serves: connections, frames, commands, deliveries, commits.',
    ),
  )
    .addOption(new Option('--type <types...>', 'only these').choices(sightingNames))
    .option('--space <name>', 'only what happens at this adapter')
    .option('--chat <id>', 'only what is about this chat')
    .option(
      '--texts',
      'show what people write and the frames themselves, which are hidden otherwise; never credentials',
    )
    .option('--json', 'one JSON object for each line')
    .addHelpText(
      'after',
      `${examples(
        ['dragoman tail --type command delivery', 'who does what, and who hears of it'],
        ['dragoman tail --dev --type frame --space convead --texts', 'every byte on a wire'],
        ['dragoman tail --json | jq \'select(.outcome != "OK")\'', 'what is refused'],
      )}

The config needs "operations": { "sightings": true } and a key; the key is read from where the config says it is.`,
    )
    .action(async (options: TailOptions) => (await import('../tail.js')).tail(options, terminal));
}
