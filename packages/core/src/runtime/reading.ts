import type { ChatSummary } from '../chat-summary.js';
import type { ChatId, CommandId, ParticipantId, People } from '../participant.js';
import type { Lobby, Page, Transcript, TranscriptEntry } from '../reading.js';
import { audienceOf } from '../audience.js';
import type { ChatEvent } from '../event.js';
import { inTurn } from '../routing/lines.js';
import { loadOf } from '../routing/shard.js';
import { streams } from '../store.js';
import { viewOf } from '../transcript.js';
import { replayedMs } from './bookmarks.js';
import { isKnownTo } from './chat-tasks.js';
import { newestOf } from './page.js';
import { isOwnEcho } from './post-office.js';
import type { Seated } from './sessions.js';
import type { Workspace } from './workspace.js';

/** A page of what the session may see of a chat, or of all chats of a customer. */
export async function transcriptOf(
  workspace: Workspace,
  session: Seated,
  what: { readonly chatId: ChatId } | { readonly participantId: ParticipantId },
  page: Page,
): Promise<Transcript> {
  const limit = Math.min(Math.max(page.limit, 1), 1_000);
  const chatIds = 'chatId' in what ? [what.chatId] : await chatsOf(workspace, session, what.participantId);
  let entries: TranscriptEntry[] = [];
  let people: People = {};
  const reader = { ...session.participant, around: { botId: workspace.policies.botId } };
  for (const chatId of chatIds.toReversed()) {
    const ofChat = await newestOf(workspace.histories.of(chatId), reader, { ...page, limit });
    if (ofChat === undefined) continue;
    entries = [...ofChat.entries, ...entries];
    people = { ...ofChat.people, ...people };
  }
  entries.sort((a, b) => a.event.number - b.event.number);
  return { entries: entries.slice(-limit), hasMore: entries.length > limit, people };
}

/** Newest last; empty for a customer who asks for another. */
async function chatsOf(workspace: Workspace, session: Seated, id: ParticipantId): Promise<readonly ChatId[]> {
  if (session.participant.role === 'customer' && session.participant.id !== id) return [];
  return (await workspace.heads.loadPerson(id))?.chats ?? [];
}

export async function findChat(
  workspace: Workspace,
  session: Seated,
  what: { readonly key: string } | { readonly publicNumber: number } | { readonly chatId: ChatId },
): Promise<ChatSummary | undefined> {
  const chatId = await chatIdOf(workspace, session, what);
  if (chatId === null) return undefined;
  const head = await workspace.heads.loadChat(chatId);
  return head !== null && head.chat.version > 0 && isKnownTo(head.chat, session) ? head.chat : undefined;
}

/** What a remembered command did to a chat that the session may know of. */
export async function recallOf(
  workspace: Workspace,
  session: Seated,
  commandId: CommandId,
): Promise<readonly ChatEvent[]> {
  const known = await workspace.ports.store.findCommand(workspace.id, commandId);
  const first = known === undefined ? undefined : await workspace.retell(known.events);
  if (first === undefined || !first.ok || first.chat === undefined) return [];
  return viewOf(first.chat, session.participant) === null ? [] : first.events;
}

async function chatIdOf(
  workspace: Workspace,
  session: Seated,
  what: Parameters<typeof findChat>[2],
): Promise<ChatId | null> {
  if ('chatId' in what) return what.chatId;
  const stream =
    'key' in what
      ? streams.address(workspace.id, session.identity.space, what.key)
      : streams.publicNumber(workspace.id, what.publicNumber);
  return (await workspace.heads.loadAddress(stream)).chatId;
}

/** The workspace as operators see it, as of the last delivery; what costs more than a look is made when asked for. */
export function lobbyOf(workspace: Workspace): Lobby {
  const { shard, chats } = workspace.shown;
  return {
    chats,
    get operators() {
      return new Map([...shard.seats].map(([id, seat]) => [id, seat.record]));
    },
    groups: shard.groups,
    locales: shard.locales,
    isAccepting: shard.isAccepting,
    get queue() {
      return [...shard.lines.entries.values()].sort(inTurn);
    },
    person: (id) => workspace.heads.operators.get(id) ?? personIn(workspace, id),
    load: (operatorId, locale) => loadOf(shard, operatorId, locale),
  };
}

function personIn(workspace: Workspace, id: ParticipantId): People[string] | undefined {
  const known = workspace.heads.person(id)?.participant;
  if (known !== undefined) return known;
  for (const chatId of workspace.heads.openChatsOf(id)) {
    const who = workspace.heads.open.get(chatId)?.people[id];
    if (who !== undefined) return who;
  }
  return undefined;
}

/** Hands a session what it has not been written yet; what happens meanwhile waits behind it. Ends it when that fails. */
export async function replayTo(
  workspace: Workspace,
  session: Seated,
  what: { readonly chatId?: ChatId; readonly limit: number; readonly maxAgeMs: number },
): Promise<number> {
  session.held ??= [];
  session.replays += 1;
  try {
    const missed = await missedBy(workspace, session, what);
    for (const event of missed) {
      const view = viewOf(event.chat, session.participant);
      if (view !== null) workspace.post.replay(session, event, view);
    }
    return missed.length;
  } catch (error) {
    workspace.post.giveUp(session);
    throw error;
  } finally {
    session.replays -= 1;
    if (session.replays === 0) workspace.post.release(session);
  }
}

async function missedBy(
  workspace: Workspace,
  session: Seated,
  what: Parameters<typeof replayTo>[2],
): Promise<ChatEvent[]> {
  const since = workspace.ports.clock.now() - Math.min(what.maxAgeMs, replayedMs);
  // What is stored and not told yet will be told to this session, too.
  const told = workspace.ledger.position;
  const isMissed = (event: ChatEvent): boolean =>
    event.number <= told && event.at >= since && isFor(session, event, workspace);
  const found: ChatEvent[] = [];
  for (const chatId of what.chatId === undefined ? await chatsAround(workspace, session, since) : [what.chatId]) {
    const seen = await workspace.bookmarks.versionOf(session, chatId);
    const head = await workspace.heads.loadChat(chatId);
    // Most who come back have missed nothing: their chats are not read for that.
    if (head === null || head.chat.version <= seen) continue;
    found.push(...(await newestAfter(workspace, { chatId, seen, since, limit: what.limit }, isMissed)));
  }
  const unseen = await unseenOf(workspace, session, found);
  return unseen.toSorted((a, b) => a.number - b.number).slice(-what.limit);
}

/** Without what his client has shown to have while it was read: he would have it twice. */
async function unseenOf(
  { bookmarks }: Workspace,
  session: Seated,
  found: readonly ChatEvent[],
): Promise<readonly ChatEvent[]> {
  const chatIds = [...new Set(found.map(({ chatId }) => chatId))];
  const seen = new Map(
    await Promise.all(chatIds.map(async (chatId) => [chatId, await bookmarks.versionOf(session, chatId)] as const)),
  );
  return found.filter(({ chatId, version }) => version > (seen.get(chatId) ?? 0));
}

/** Of a chat, what somebody has not seen, not further back than that. */
interface Unseen {
  readonly chatId: ChatId;
  readonly seen: number;
  readonly since: number;
  readonly limit: number;
}

/** The newest events of a chat that somebody has not seen and that concern him: as many as are asked for, or more. */
async function newestAfter(
  { histories }: Workspace,
  { chatId, seen, since, limit }: Unseen,
  concernsHim: (event: ChatEvent) => boolean,
): Promise<ChatEvent[]> {
  const found: ChatEvent[] = [];
  const { pieces } = await histories.of(chatId).read();
  for (const { before, events } of pieces) {
    const told = await events();
    found.push(...told.filter((event) => event.version > seen && concernsHim(event)));
    const isFarEnough = before.chat.version <= seen || (told[0]?.at ?? since) < since;
    if (isFarEnough || found.length >= limit) break;
  }
  return found;
}

/** Chats in which something may have been missed: of an operator also those that were taken from him. */
async function chatsAround(workspace: Workspace, session: Seated, since: number): Promise<ChatId[]> {
  const { id, role } = session.participant;
  if (role === 'customer') return chatsSince(workspace, id, since);
  return [...workspace.heads.open.values()]
    .filter(({ chat }) => chat.assigneeId === id || chat.previousAssigneeId === id || id in chat.members)
    .map(({ chat }) => chat.id);
}

/** How many of a customer's latest chats are looked at for what he missed. */
const latestChats = 20;

/** A customer's chats that are open, or were closed while he may have been away. */
async function chatsSince({ heads }: Workspace, customerId: ParticipantId, since: number): Promise<ChatId[]> {
  const open = heads.openChatsOf(customerId);
  const latest = ((await heads.loadPerson(customerId))?.chats ?? []).slice(-latestChats);
  const closed: ChatId[] = [];
  for (const chatId of latest.filter((known) => !open.has(known))) {
    const head = await heads.loadChat(chatId);
    if (head !== null && (head.chat.closedAt ?? 0) >= since) closed.push(chatId);
  }
  return [...closed, ...open];
}

function isFor(session: Seated, event: ChatEvent, workspace: Workspace): boolean {
  if (isOwnEcho(session, event)) return false;
  const audience = audienceOf(event, { botId: workspace.policies.botId });
  const { id, role } = session.participant;
  if (role === 'customer') return audience.customers.includes(id);
  if (role === 'operator') return audience.operators.includes(id) || session.followed?.has(event.chatId) === true;
  return audience.bots.includes(id) || (session.options.scope === 'all' && audience.isForAll);
}
