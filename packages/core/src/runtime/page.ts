import type { Chat } from '../chat/chat.js';
import type { ChatEvent } from '../event.js';
import type { ParticipantId, People, Role } from '../participant.js';
import { rangesCount, rangesMinus } from '../ranges.js';
import type { Page, TranscriptEntry } from '../reading.js';
import { entriesOf, viewOf, visibleIn, type Viewer } from '../transcript.js';
import type { ChatHistory, Piece } from './history.js';

/** Who reads, and what he is in the workspace: his view of a chat is the chat's to say. */
interface Reader extends Omit<Viewer, 'view'> {
  readonly id: ParticipantId;
  readonly role: Role;
}

/**
 * What a reader may see of a chat, oldest first: all of the page, and more than it holds if there is more. Only pieces of the
 * chat that tell something of it are read. Undefined: he may not know of the chat.
 */
export async function newestOf(
  history: ChatHistory,
  reader: Reader,
  page: Page,
): Promise<{ readonly entries: readonly TranscriptEntry[]; readonly people: People } | undefined> {
  const { chat, people, pieces } = await history.read();
  const view = chat.version === 0 ? null : viewOf(chat, reader);
  if (view === null) return undefined;
  const later: Piece[] = [];
  let visible: ChatEvent[] = [];
  let told: ChatEvent[] = [];
  for (const piece of pieces) {
    if (isAfter(piece, page)) {
      later.push(piece);
      continue;
    }
    const events = await piece.events();
    visible = [...visibleIn(events, { ...reader, view }, page), ...visible];
    told = [...events, ...told];
    if (visible.length > page.limit) break;
  }
  for (const piece of later.reverse()) if (acknowledges(piece, visible)) told.push(...(await piece.events()));
  return { entries: entriesOf(visible, view, told), people };
}

/** Whether everything in the piece is newer than what the page may hold. */
function isAfter({ before }: Piece, { beforeNumber = Infinity, upToVersion = Infinity }: Page): boolean {
  return before.number + 1 >= beforeNumber || before.chat.version >= upToVersion;
}

/** Whether somebody got or read one of these messages in the piece. */
function acknowledges({ before, after }: Piece, visible: readonly ChatEvent[]): boolean {
  const seqs = visible.flatMap((event) => (event.type === 'MessagePosted' ? event.message.seq : []));
  const [first, last] = [seqs[0], seqs.at(-1)];
  if (first === undefined || last === undefined) return false;
  const outstanding = ({ receipts: { customer, desk } }: Chat): number =>
    [customer.delivered, customer.read, desk.delivered, desk.read]
      .map((ranges) => rangesCount(rangesMinus([[first, last]], ranges)))
      .reduce((sum, count) => sum + count, 0);
  // A receipt is never taken back, so no two changes make up for each other.
  return outstanding(before.chat) !== outstanding(after.chat);
}
