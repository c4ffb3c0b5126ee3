import { Command } from 'commander';
import { parseCount } from './chats.js';
import { examples } from './examples.js';
import { askApi, withReach, type Reach } from './live/reach.js';
import { entryWithoutTexts, lineOf } from './live/redaction.js';
import { reading, type AnyReachOptions } from './live/stopped.js';
import type { MessagePage, WireEntry } from './live/wire.js';
import { answer, columns, type Said, type Terminal } from './terminal.js';

interface TranscriptOptions extends AnyReachOptions, Said {
  readonly limit: number;
  readonly texts?: true;
}

/** The newest messages, oldest first. */
async function newest(reach: Reach, chatId: string, limit: number): Promise<readonly WireEntry[]> {
  const pages: (readonly WireEntry[])[] = [];
  let [count, cursor]: [number, string | null] = [0, ''];
  while (cursor !== null && count < limit) {
    const query = `limit=${Math.min(200, limit - count)}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const asked = await askApi(reach, `/chats/${encodeURIComponent(chatId)}/messages?${query}`);
    const page = (await asked.json()) as MessagePage;
    pages.unshift(page.messages);
    count += page.messages.length;
    cursor = page.nextCursor;
  }
  return pages.flat();
}

function shown(entries: readonly WireEntry[], wantsTexts: boolean): string {
  return columns(
    entries.map((entry) => {
      const { at, seq, authorRole, authorName, visibility } = entry.message;
      const who = wantsTexts && authorName !== '' ? `${authorRole} ${authorName}` : authorRole;
      const whom = visibility === 'all' ? '' : `(for the ${visibility})`;
      return [at, String(seq), who, entry.receipt.state, `${lineOf(entry, wantsTexts)} ${whom}`];
    }),
  );
}

async function transcript(chatId: string, options: TranscriptOptions, terminal: Terminal): Promise<void> {
  await reading(options, terminal, async (reach) => {
    const entries = await newest(reach, chatId, options.limit);
    const messages = options.texts === true ? entries : entries.map(entryWithoutTexts);
    answer(terminal, options, { chatId, messages }, shown(entries, options.texts === true));
  });
}

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
    .action((chatId: string, options: TranscriptOptions) => transcript(chatId, options, terminal));
}
