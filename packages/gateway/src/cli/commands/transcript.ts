import { Command } from 'commander';
import { examples } from '../examples.js';
import { parseCount, withReach } from '../options.js';
import type { Terminal } from '../terminal.js';
import type { TranscriptOptions } from '../transcript.js';

/** `dragoman transcript` */
export function transcriptCommand(terminal: Terminal): Command {
  return withReach(
    new Command('transcript').description('Show what was said in a chat, open or closed, and what became of it.'),
  )
    .argument('<chat>', 'its id, as `dragoman chats` lists it')
    .option('--limit <count>', 'the newest so many', parseCount, 1000)
    .option('--texts', 'show words and names, which are hidden otherwise')
    .option('--stopped', 'read a copy of the store, where no gateway serves it')
    .option('--json', 'messages as the API gives them')
    .addHelpText(
      'after',
      examples(
        ['dragoman transcript 018f3b62-7c1d-7a40-9f5e-2d1c8a7b6e55', 'who said something when, and whether it arrived'],
        ['dragoman transcript 018f3b62-7c1d-7a40-9f5e-2d1c8a7b6e55 --texts', 'with the words'],
      ),
    )
    .action(async (chatId: string, options: TranscriptOptions) =>
      (await import('../transcript.js')).transcript(chatId, options, terminal),
    );
}
