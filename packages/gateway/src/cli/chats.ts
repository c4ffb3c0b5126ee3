import type { WireChat } from '@dragoman/adapter-http';
import { askApi, queryOf, type Reach } from './live/reach.js';
import { chatWithoutTexts } from './live/redaction.js';
import { reading } from './live/stopped.js';
import type { AnyReachOptions } from './options.js';
import { answer, columns, type Said, type Terminal } from './terminal.js';

/** Which chats are listed, and how. */
export interface ChatsOptions extends AnyReachOptions, Said {
  readonly status?: string;
  readonly space?: string;
  readonly limit: number;
  readonly texts?: true;
}

interface Page {
  readonly chats: readonly WireChat[];
  readonly nextCursor: string | null;
}

async function found(reach: Reach, { status, space, limit }: ChatsOptions): Promise<readonly WireChat[]> {
  const all: WireChat[] = [];
  let cursor: string | null = '';
  while (cursor !== null && all.length < limit) {
    const query = queryOf({ status, space, limit: String(Math.min(200, limit - all.length)), cursor });
    const page = (await (await askApi(reach, `/chats?${query}`)).json()) as Page;
    all.push(...page.chats);
    cursor = page.nextCursor;
  }
  return all;
}

function shown(listed: readonly WireChat[]): string {
  const rows = listed.map(({ id, status, control, unreadByDesk, displayName, subject, changedAt }) => {
    return [id, status, control, String(unreadByDesk), changedAt, displayName, subject];
  });
  return columns([['CHAT', 'STATUS', 'CONTROL', 'UNREAD', 'SINCE', 'CUSTOMER', 'SUBJECT'], ...rows]);
}

/** Lists chats. */
export async function chats(options: ChatsOptions, terminal: Terminal): Promise<void> {
  await reading(options, terminal, async (reach) => {
    const all = await found(reach, options);
    const some = options.texts === true ? all : all.map(chatWithoutTexts);
    answer(terminal, options, { chats: some }, shown(some));
  });
}
