import { Command, Option } from 'commander';
import { dialectNames } from '../choices.js';
import { examples } from '../examples.js';
import type { InitOptions } from '../init.js';
import { brokerProblem, configName, envName, originProblem, parsed, parsedEach, parsePort } from '../options.js';
import type { Terminal } from '../terminal.js';

/** `dragoman init` */
export function initCommand(terminal: Terminal): Command {
  return new Command('init')
    .description(
      `Write a config with comments, ${configName}, and fresh secrets, ${envName}. Asks, unless flags say it.`,
    )
    .addOption(
      new Option('--dialect <names...>', `what to speak; all that need no broker unless given`).choices(dialectNames),
    )
    .option('--folder <folder>', 'where to write', '.')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on', parsePort, 4000)
    .option('--origin <origins...>', 'origins of web pages that may connect', parsedEach(originProblem), [])
    .option('--broker <url>', 'of Sermo', parsed(brokerProblem), 'amqp://guest:guest@127.0.0.1:5672')
    .option('--yes', 'ask nothing')
    .option('--force', 'write over what is there, secrets too')
    .option('--json', 'say what was written as JSON; asks nothing')
    .addHelpText(
      'after',
      examples(
        ['dragoman init', 'asks what to speak'],
        ['dragoman init --dialect happychat http --origin https://shop.example', 'asks nothing'],
        ['dragoman init --dialect sermo --broker amqps://user:password@broker.example', 'with a broker'],
      ),
    )
    .action(async (options: InitOptions) => (await import('../init.js')).init(options, terminal));
}
