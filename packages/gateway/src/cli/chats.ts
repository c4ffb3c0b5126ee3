import type { WireChat } from '@dragoman/adapter-http';
import { chatStatuses } from '@dragoman/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { examples } from './examples.js';
import { askApi, queryOf, withReach, type Reach } from './live/reach.js';
import { chatWithoutTexts } from './live/redaction.js';
import { reading, type AnyReachOptions } from './live/stopped.js';
import { answer, columns, type Said, type Terminal } from './terminal.js';

interface ChatsOptions extends AnyReachOptions, Said {
  readonly status?: string;
  readonly space?: string;
  readonly limit: number;
  readonly texts?: true;
}

interface Page {
  readonly chats: readonly WireChat[];
  readonly nextCursor: string | null;
}

/** A number of things of the command line, at least one. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('A count is a number from 1 to 9999999.');
  return Number(text);
}

async function found(reach: Reach, { status, space, limit }: ChatsOptions): Promise<readonly WireChat[]> {
  const chats: WireChat[] = [];
  let cursor: string | null = '';
  while (cursor !== null && chats.length < limit) {
    const query = queryOf({ status, space, limit: String(Math.min(200, limit - chats.length)), cursor });
    const page = (await (await askApi(reach, `/chats?${query}`)).json()) as Page;
    chats.push(...page.chats);
    cursor = page.nextCursor;
  }
  return chats;
}

function shown(listed: readonly WireChat[]): string {
  const rows = listed.map(({ id, status, control, unreadByDesk, displayName, subject, changedAt }) => {
    return [id, status, control, String(unreadByDesk), changedAt, displayName, subject];
  });
  return columns([['CHAT', 'STATUS', 'CONTROL', 'UNREAD', 'SINCE', 'CUSTOMER', 'SUBJECT'], ...rows]);
}

async function list(options: ChatsOptions, terminal: Terminal): Promise<void> {
  await reading(options, terminal, async (reach) => {
    const all = await found(reach, options);
    const some = options.texts === true ? all : all.map(chatWithoutTexts);
    answer(terminal, options, { chats: some }, shown(some));
  });
}

/** `dragoman chats` */
export function chatsCommand(terminal: Terminal): Command {
  return withReach(new Command('chats').description('List the chats that are not closed, oldest first.'))
    .addOption(new Option('--status <status>', 'only those').choices(chatStatuses))
    .option('--space <name>', 'only those that this adapter knows')
    .option('--limit <count>', 'the most to list', parseCount, 100)
    .option('--texts', 'show names and subjects, which are hidden otherwise')
    .option('--stopped', 'read a copy of the store, where no gateway serves it')
    .option('--json', 'chats as the API gives them')
    .addHelpText(
      'after',
      examples(
        ['dragoman chats', 'of the gateway whose config is here; the key is in DRAGOMAN_API_KEY'],
        ['dragoman chats --dev --status pending --texts', 'who waits in the development profile'],
      ),
    )
    .action((options: ChatsOptions) => list(options, terminal));
}
