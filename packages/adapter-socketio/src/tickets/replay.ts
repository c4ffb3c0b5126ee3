import { sideOf, type ChatSummary, type Delivery, type People, type TranscriptEntry } from '@dragoman/core';
import type { Seat } from '../dialect.js';
import type { Frame } from '../transport.js';
import type { Desk } from './desk.js';
import type { Ear, Hearing } from './hearing.js';
import type { Posted, Shown } from './message.js';
import { replayLimits } from './options.js';
import type { Subscriptions } from './seating.js';
import { remember } from './sent.js';
import { statusOf, toTicket } from './ticket.js';

/** Somebody who comes (back), and what he is handed over. */
export interface Arrival {
  readonly seat: Seat;
  readonly hearing: Hearing;
  readonly desk: Desk;
  readonly subscriptions: Subscriptions;
  /** Filled by the session while it replays. */
  readonly missed: readonly Delivery[];
}

type Said = TranscriptEntry & { readonly event: Posted };

/**
 * Everything somebody has to know who subscribes: as an operator his tickets and those that wait; what has changed
 * since he was last here; what was said to him and not confirmed [TKD replay]. What happens meanwhile waits.
 */
export async function handOver(arrival: Arrival): Promise<readonly Frame[]> {
  const { seat, hearing, subscriptions, missed } = arrival;
  const snapshot = subscriptions.ops ? await boardOf(arrival) : { frames: [], versions: new Map<string, number>() };
  await seat.replay({ limit: replayLimits.messages, maxAgeMs: replayLimits.maxAgeMs });
  const changes = await changesOf(arrival);
  const words = await wordsFor(arrival);
  hearing.begin(({ event }) => {
    if (!('version' in event) || !('chatId' in event)) return false;
    return event.version <= (snapshot.versions.get(event.chatId) ?? 0);
  });
  for (const { event } of missed) hearing.wrote(event);
  return [...snapshot.frames, ...changes, ...words];
}

/** The tickets he handles, then those that wait with what was said in them. */
async function boardOf({ seat, hearing, desk }: Arrival): Promise<{
  readonly frames: readonly Frame[];
  readonly versions: ReadonlyMap<string, number>;
}> {
  const lobby = seat.lobby();
  const chats = [...lobby.chats.values()].sort((a, b) => a.openedAt - b.openedAt);
  const versions = new Map(chats.map((chat) => [chat.id, chat.version]));
  const ticket = (name: string, chat: ChatSummary): Frame => ({
    name,
    args: [toTicket(chat, (id) => lobby.person(id), desk.settings.space)],
  });
  const mine = chats.filter((chat) => statusOf(chat) === 200 && chat.assigneeId === seat.participant.id);
  const waiting = chats.filter((chat) => statusOf(chat) === 100).slice(0, replayLimits.tickets);
  const frames = mine.slice(0, replayLimits.tickets).map((chat) => ticket('ticketAccepted', chat));
  const ear = { seat, desk, sent: hearing.sent };
  for (const chat of waiting) {
    frames.push(ticket('ticketCreated', chat));
    if (chat.unreadByDesk > 0) frames.push(...(await unreadOf(ear, { chat, upToVersion: chat.version })));
  }
  return { frames, versions };
}

/** The state changes that were missed, of each kind and thing the latest. */
async function changesOf({ hearing, desk, missed, seat }: Arrival): Promise<readonly Frame[]> {
  const latest = new Map<string, Frame>();
  const frames: Frame[] = [];
  for (const { event, view } of missed) {
    for (const outgoing of desk.sayings(event, view)) {
      if (outgoing.channel !== 'own' || !hearing.isFor(outgoing)) continue;
      if ('frame' in outgoing) frames.push(outgoing.frame);
      // What became of his own words; what he confirmed himself he knows.
      else if ('receipts' in outgoing && outgoing.receipts.isForAuthors)
        frames.push(...(await hearing.receiptFrames(outgoing.receipts)));
      else if ('message' in outgoing && isNews(outgoing.message, seat, desk))
        frames.push(...(await desk.easel.live(outgoing.message)));
    }
  }
  for (const frame of frames) {
    const key = `${frame.name} ${keyOf(frame)}`;
    latest.delete(key);
    latest.set(key, frame);
  }
  return [...latest.values()];
}

/** Words that nobody confirms: notices, and what the same person said in another dialect. */
function isNews({ message, by }: Posted, seat: Seat, { settings }: Desk): boolean {
  if (message.body.kind === 'notice') return true;
  const isOwn = message.authorId === seat.participant.id;
  return isOwn && by.sessionId?.startsWith(`${settings.space}/`) !== true;
}

function keyOf({ args: [first] }: Frame): string {
  if (typeof first === 'string') return first;
  const { messageId, ticketId } = Object(first) as { readonly messageId?: unknown; readonly ticketId?: unknown };
  return String(messageId ?? ticketId);
}

/** What was said to this person and not confirmed, in tickets that are open or were until lately. */
async function wordsFor({ seat, hearing, desk }: Arrival): Promise<readonly Frame[]> {
  const { participant } = seat;
  const side = participant.role === 'customer' ? 'customer' : 'desk';
  const pages = side === 'customer' ? [await seat.said(participant.id)] : await handledBy(seat);
  const frames: Frame[] = [];
  for (const { entries, people } of pages) {
    const said = entries.filter(isSaid).filter(({ event, receipt }) => {
      const { body, authorRole, id } = event.message;
      return (
        body.kind !== 'notice' && receipt?.state === 'sent' && sideOf(authorRole) !== side && !hearing.sent.has(id)
      );
    });
    for (const entry of said.slice(0, replayLimits.messages)) {
      const chat = await currentOf(entry.event.chatId, seat, desk);
      if (chat === undefined || unitsOf(frames) >= replayLimits.imageUnits) continue;
      frames.push(...(await again(entry, { chat, people }, { seat, desk, sent: hearing.sent })));
    }
  }
  return frames;
}

async function handledBy(seat: Seat): Promise<readonly Page[]> {
  const mine = [...seat.lobby().chats.values()].filter(
    (chat) => statusOf(chat) === 200 && chat.assigneeId === seat.participant.id && chat.unreadByDesk > 0,
  );
  mine.sort((a, b) => a.openedAt - b.openedAt);
  return Promise.all(
    mine
      .slice(0, replayLimits.tickets)
      .map((chat) => seat.transcript(chat.id, { include: 'messages', limit: replayLimits.messages })),
  );
}

interface Page {
  readonly entries: readonly TranscriptEntry[];
  readonly people: People;
}

/** The ticket as it stands, unless it was closed too long ago. */
async function currentOf(chatId: string, seat: Seat, { around }: Desk): Promise<ChatSummary | undefined> {
  const chat = await seat.find({ chatId });
  const isOld = chat?.status === 'closed' && around.clock.now() - (chat.closedAt ?? 0) > replayLimits.closedMs;
  return isOld ? undefined : chat;
}

/** What the customer said and the desk has not read, as far as this connection was not told yet. */
export async function unreadOf(
  ear: Pick<Ear, 'seat' | 'desk' | 'sent'>,
  { chat, upToVersion }: { readonly chat: ChatSummary; readonly upToVersion: number },
): Promise<readonly Frame[]> {
  const { seat, sent } = ear;
  const page = await seat.transcript(chat.id, { include: 'messages', upToVersion, limit: replayLimits.messages });
  const unread = page.entries
    .filter(isSaid)
    .filter(({ event, receipt }) => event.message.authorRole === 'customer' && receipt?.state !== 'read')
    .filter(({ event }) => !sent.has(event.message.id));
  const frames: Frame[] = [];
  for (const entry of unread.slice(0, replayLimits.unread)) {
    if (unitsOf(frames) < replayLimits.imageUnits)
      frames.push(...(await again(entry, { chat, people: page.people }, ear)));
  }
  return frames;
}

function isSaid(entry: TranscriptEntry): entry is Said {
  return entry.event.type === 'MessagePosted';
}

/** A message once more, as it stands now; nothing for somebody who was told so often that he cannot want it. */
async function again(
  { event, receipt }: Said,
  { chat, people }: { readonly chat: ChatSummary; readonly people: People },
  { seat, desk, sent }: Pick<Ear, 'seat' | 'desk' | 'sent'>,
): Promise<readonly Frame[]> {
  const { id } = event.message;
  if (desk.handedOver(id, seat.participant.id) > replayLimits.times || !remember(sent, id)) return [];
  desk.known.note(event);
  const shown: Omit<Shown, 'space'> = { chat, ...(receipt && { state: receipt.state }) };
  const self = { [seat.participant.id]: seat.participant };
  return desk.easel.again({ ...event, people: { ...people, ...event.people, ...self } }, shown);
}

function unitsOf(frames: readonly Frame[]): number {
  return frames.reduce((sum, { args: [message] }) => {
    const { type, content } = Object(message) as { readonly type?: unknown; readonly content?: unknown };
    return type === 2 && typeof content === 'string' ? sum + content.length : sum;
  }, 0);
}
