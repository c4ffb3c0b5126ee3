import { Command } from 'commander';
import { examples } from '../examples.js';
import { parsePort, withSettings } from '../options.js';
import type { ServeOptions } from '../serve.js';
import type { Terminal } from '../terminal.js';

/** `dragoman serve` */
export function serveCommand(terminal: Terminal): Command {
  return withSettings(new Command('serve').description('Serve until SIGTERM or SIGINT; SIGHUP reads the config again.'))
    .option('--dev', 'every protocol on one local port, with fixed public credentials')
    .option('--port <number>', 'with --dev: the port, 4000 unless given', parsePort)
    .option('--host <address>', 'with --dev: 127.0.0.1, and nothing else')
    .option('--data <folder>', 'with --dev: where data is kept, ./data unless given')
    .option('--json', 'say where it listens, as one line of JSON, when clients can connect')
    .addHelpText(
      'after',
      examples(
        ['dragoman serve', 'what `dragoman init` wrote here'],
        ['dragoman serve --config /etc/dragoman/dragoman.jsonc', 'a config of your own'],
        ['dragoman serve --dev', 'to try every protocol, with a playground in the browser'],
        ['kill -HUP <pid>', 'take over what can change while everybody stays connected'],
      ),
    )
    .action(async (options: ServeOptions) => (await import('../serve.js')).serve(options, terminal));
}
