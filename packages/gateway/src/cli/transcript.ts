import { askApi, type Reach } from './live/reach.js';
import { entryWithoutTexts, lineOf } from './live/redaction.js';
import { reading } from './live/stopped.js';
import type { MessagePage, WireEntry } from './live/wire.js';
import type { AnyReachOptions } from './options.js';
import { answer, columns, type Said, type Terminal } from './terminal.js';

/** How much of a chat is shown. */
export interface TranscriptOptions extends AnyReachOptions, Said {
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

/** Shows what was said in a chat. */
export async function transcript(chatId: string, options: TranscriptOptions, terminal: Terminal): Promise<void> {
  await reading(options, terminal, async (reach) => {
    const entries = await newest(reach, chatId, options.limit);
    const messages = options.texts === true ? entries : entries.map(entryWithoutTexts);
    answer(terminal, options, { chatId, messages }, shown(entries, options.texts === true));
  });
}
