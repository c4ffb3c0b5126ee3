import type { QueueEntry } from '../event.js';
import type { ChatId } from '../participant.js';

/**
 * The waiting chats, in one ordered line per wish: whoever can take the head of a line can take all of it, so serving
 * the queue looks at heads alone, however long the lines are. Missed chats stand in lines of their own.
 */
export interface Lines {
  readonly entries: Map<ChatId, QueueEntry>;
  /** Never an empty one. */
  readonly byWish: Map<string, QueueEntry[]>;
}

export function noLines(): Lines {
  return { entries: new Map(), byWish: new Map() };
}

/** What decides whose turn it is. */
export type Turn = Pick<QueueEntry, 'priority' | 'place' | 'chatId'>;

/**
 * The order of the queue: higher priority first, then the smaller ticket number; two alike (a desk's chats draw none) by
 * their names. Less than 0: `a` is before `b`.
 */
export function inTurn(a: Turn, b: Turn): number {
  return b.priority - a.priority || a.place - b.place || Number(a.chatId > b.chatId) - Number(a.chatId < b.chatId);
}

export function enter(lines: Lines, entry: QueueEntry): void {
  leave(lines, entry.chatId);
  lines.entries.set(entry.chatId, entry);
  const wish = lineOf(entry);
  const line = lines.byWish.get(wish);
  if (line === undefined) lines.byWish.set(wish, [entry]);
  else line.splice(indexIn(line, entry), 0, entry);
}

export function leave(lines: Lines, chatId: ChatId): void {
  const entry = lines.entries.get(chatId);
  if (entry === undefined) return;
  lines.entries.delete(chatId);
  const wish = lineOf(entry);
  const line = lines.byWish.get(wish) ?? [];
  line.splice(indexIn(line, entry), 1);
  if (line.length === 0) lines.byWish.delete(wish);
}

/** The oldest of every line, the one whose turn it is first. Without the missed ones unless asked for. */
export function heads(lines: Lines, withMissed: 'with-missed' | 'waiting-only'): QueueEntry[] {
  return [...lines.byWish.values()]
    .flatMap((line) => line[0] ?? [])
    .filter((entry) => withMissed === 'with-missed' || !entry.isMissed)
    .sort(inTurn);
}

/** Whether somebody with just these wishes waits already. */
export function isAwaited(lines: Lines, wishes: Pick<QueueEntry, 'locale' | 'groups'>): boolean {
  return lines.byWish.has(lineOf({ ...wishes, isMissed: false }));
}

/** Every waiting chat's position among those that ask for the same: 1 is next. */
export function positions(lines: Lines): Map<ChatId, number> {
  const ahead = new Map<string, number>();
  const found = new Map<ChatId, number>();
  for (const entry of [...lines.entries.values()].sort(inTurn)) {
    const position = (ahead.get(wishOf(entry)) ?? 0) + 1;
    ahead.set(wishOf(entry), position);
    found.set(entry.chatId, position);
  }
  return found;
}

function wishOf(entry: Pick<QueueEntry, 'locale' | 'groups'>): string {
  return `${entry.locale}\n${entry.groups.join('\n')}`;
}

function lineOf(entry: Pick<QueueEntry, 'locale' | 'groups' | 'isMissed'>): string {
  return `${entry.isMissed ? 'missed' : 'waiting'}\n${wishOf(entry)}`;
}

/** Where the entry stands, or would stand, in its line. */
function indexIn(line: readonly QueueEntry[], entry: QueueEntry): number {
  let [low, high] = [0, line.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = line[middle];
    if (other !== undefined && inTurn(other, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
