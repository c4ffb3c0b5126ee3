import { Command } from 'commander';
import { Ending } from './ending.js';
import { examples } from './examples.js';
import { askApi, withReach } from './live/reach.js';
import { changing, type AnyReachOptions } from './live/stopped.js';
import { answer, columns, type Said, type Terminal } from './terminal.js';

interface EraseOptions extends AnyReachOptions, Said {
  readonly yes?: true;
}

async function erase(id: string, options: EraseOptions, terminal: Terminal): Promise<void> {
  if (options.yes !== true) {
    throw new Ending(
      'usage',
      'it cannot be undone',
      '--yes says that you mean it; `dragoman export` first keeps a copy',
    );
  }
  await changing(options, terminal, async (reach) => {
    const answered = await askApi(reach, `/participants/${encodeURIComponent(id)}`, 'DELETE');
    const report = (await answered.json()) as Readonly<Record<string, unknown>>;
    const rows = Object.entries(report).map(([what, count]) => [what, String(count)]);
    answer(terminal, options, report, `${columns(rows)}Backups that were made before still hold all of it.\n`);
  });
}

/** `dragoman erase` */
export function eraseCommand(terminal: Terminal): Command {
  return withReach(new Command('erase').description('Erase a person, with everything he said. It cannot be undone.'))
    .argument('<participant>', 'the id of the person, as transcripts and the API have it')
    .option('--yes', 'he is meant')
    .option('--stopped', 'in the store itself, where no gateway serves it')
    .option('--json', 'the report as JSON: what is gone, and what is kept because it is others’ too')
    .addHelpText('after', examples(['dragoman erase 3f1c2b9a --yes', 'with a key of the scope privacy']))
    .action((id: string, options: EraseOptions) => erase(id, options, terminal));
}
