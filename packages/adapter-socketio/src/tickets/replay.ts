import { sideOf, type ChatSummary, type Delivery, type People, type TranscriptEntry } from '@dragoman/core';
import type { Seat } from '../dialect.js';
import type { Frame } from '../transport.js';
import type { Desk } from './desk.js';
import type { Ear, Hearing } from './hearing.js';
import type { Posted } from './message.js';
import { replayLimits } from './options.js';
import { countFrames, type Parcel, type Piece } from './porter.js';
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
 * since he was last here; what was said to him and not confirmed [TKD replay]. What happens meanwhile waits. Resolves
 * with how many frames he is sent.
 */
export async function handOver(arrival: Arrival): Promise<number> {
  const { seat, hearing, desk, subscriptions, missed } = arrival;
  const board = subscriptions.ops ? await boardOf(arrival) : { pieces: [], versions: new Map<string, number>() };
  await seat.replay({ limit: replayLimits.messages, maxAgeMs: replayLimits.maxAgeMs });
  const changes = await changesOf(arrival);
  const words = await wordsFor(arrival);
  const pieces = [...board.pieces, ...changes, ...words];
  hearing.bring(pieces);
  for (const { event } of missed) hearing.wrote(event);
  hearing.begin(({ event }) => {
    if (!('version' in event) || !('chatId' in event)) return false;
    return event.version <= (board.versions.get(event.chatId) ?? 0);
  });
  return countFrames(pieces, desk.settings.space);
}

/** The tickets he handles, then those that wait with what was said in them. */
async function boardOf({ seat, hearing, desk }: Arrival): Promise<{
  readonly pieces: readonly Piece[];
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
  const pieces: Piece[] = mine.slice(0, replayLimits.tickets).map((chat) => ticket('ticketAccepted', chat));
  const ear = { seat, desk, sent: hearing.sent };
  for (const chat of waiting) {
    pieces.push(ticket('ticketCreated', chat));
    if (chat.unreadByDesk > 0) pieces.push(...(await unreadOf(ear, { chat, upToVersion: chat.version })));
  }
  return { pieces, versions };
}

/** The state changes that were missed, of each kind and thing the latest. */
async function changesOf({ hearing, desk, missed, seat }: Arrival): Promise<readonly Piece[]> {
  const latest = new Map<string, Piece>();
  const note = (key: string, piece: Piece): void => {
    latest.delete(key);
    latest.set(key, piece);
  };
  for (const { event, view } of missed) {
    for (const outgoing of desk.sayings(event, view)) {
      if (outgoing.channel !== 'own' || !hearing.isFor(outgoing)) continue;
      if ('frame' in outgoing) note(keyOf(outgoing.frame), outgoing.frame);
      // What became of his own words; what he confirmed himself he knows.
      else if ('receipts' in outgoing && outgoing.receipts.isForAuthors)
        for (const frame of await hearing.receiptFrames(outgoing.receipts)) note(keyOf(frame), frame);
      else if ('message' in outgoing && isNews(outgoing.message, seat, desk))
        note(outgoing.message.message.id, { event: outgoing.message, shown: {} });
    }
  }
  return [...latest.values()];
}

/** Words that nobody confirms: notices, and what the same person said in another dialect. */
function isNews({ message, by }: Posted, seat: Seat, { settings }: Desk): boolean {
  if (message.body.kind === 'notice') return true;
  const isOwn = message.authorId === seat.participant.id;
  return isOwn && by.sessionId?.startsWith(`${settings.space}/`) !== true;
}

function keyOf({ name, args: [first] }: Frame): string {
  const id = typeof first === 'string' ? first : Reflect.get(Object(first), 'ticketId');
  return `${name} ${String(id)}`;
}

/** What was said to this person and not confirmed, in tickets that are open or were until lately. */
async function wordsFor({ seat, hearing, desk }: Arrival): Promise<readonly Parcel[]> {
  const { participant } = seat;
  const side = participant.role === 'customer' ? 'customer' : 'desk';
  const pages = side === 'customer' ? [await seat.said(participant.id)] : await handledBy(seat);
  const ear = { seat, desk, sent: hearing.sent };
  const parcels: Parcel[] = [];
  for (const { entries, people } of pages) {
    const said = entries.filter(isSaid).filter(({ event, receipt }) => {
      const { body, authorRole } = event.message;
      return body.kind !== 'notice' && receipt?.state === 'sent' && sideOf(authorRole) !== side;
    });
    for (const entry of said.filter((one) => isWanted(one, ear)).slice(0, replayLimits.messages)) {
      const chat = await currentOf(entry.event.chatId, seat, desk);
      if (chat !== undefined) parcels.push(again(entry, { chat, people }, ear));
    }
  }
  return parcels;
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

type Hearer = Pick<Ear, 'seat' | 'desk' | 'sent'>;

/** What the customer said and the desk has not read, as far as this connection was not told yet. */
export async function unreadOf(
  ear: Hearer,
  { chat, upToVersion }: { readonly chat: ChatSummary; readonly upToVersion: number },
): Promise<readonly Parcel[]> {
  const page = await ear.seat.transcript(chat.id, { include: 'messages', upToVersion, limit: replayLimits.messages });
  return page.entries
    .filter(isSaid)
    .filter(({ event, receipt }) => event.message.authorRole === 'customer' && receipt?.state !== 'read')
    .filter((entry) => isWanted(entry, ear))
    .slice(0, replayLimits.unread)
    .map((entry) => again(entry, { chat, people: page.people }, ear));
}

function isSaid(entry: TranscriptEntry): entry is Said {
  return entry.event.type === 'MessagePosted';
}

/** Not what went over this connection, nor what he was told so often that he cannot want it. */
function isWanted({ event }: Said, { seat, desk, sent }: Hearer): boolean {
  const { id } = event.message;
  return !sent.has(id) && desk.timesHandedOver(id, seat.participant.id) < replayLimits.times;
}

/** A message once more, as it stands now. */
function again(
  { event, receipt }: Said,
  { chat, people }: { readonly chat: ChatSummary; readonly people: People },
  { seat, sent }: Hearer,
): Parcel {
  remember(sent, event.message.id);
  const self = { [seat.participant.id]: seat.participant };
  return {
    event: { ...event, people: { ...people, ...event.people, ...self } },
    shown: { chat, ...(receipt && { state: receipt.state }) },
  };
}
