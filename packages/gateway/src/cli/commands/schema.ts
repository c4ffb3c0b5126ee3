import { Command } from 'commander';
import { examples } from '../examples.js';
import type { Terminal } from '../terminal.js';

/** `dragoman schema` */
export function schemaCommand({ out }: Terminal): Command {
  return new Command('schema')
    .description('Print the JSON Schema of the config file; an editor that knows it explains every key.')
    .option('--json', 'the same: it is JSON always')
    .addHelpText('after', examples(['dragoman schema > config.schema.json', 'for an editor']))
    .action(async () => {
      const { configSchemaFile } = await import('../../config/schema.js');
      out(`${JSON.stringify(configSchemaFile(), null, 2)}\n`);
    });
}
