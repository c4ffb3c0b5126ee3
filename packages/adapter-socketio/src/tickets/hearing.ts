import type { Delivery, MessageId, ParticipantId } from '@dragoman/core';
import type { Seat } from '../dialect.js';
import type { Frame, Peer } from '../transport.js';
import type { Desk } from './desk.js';
import type { Posted } from './message.js';
import type { MessageFrames } from './pictures.js';
import type { Subscriptions } from './seating.js';
import type { Outgoing, Receipts } from './translate.js';
import { createProof } from './proof.js';
import { unreadOf } from './replay.js';

/** Where one session's deliveries go. */
export interface Ear {
  readonly peer: Peer;
  readonly seat: Seat;
  readonly desk: Desk;
  readonly subscriptions: Subscriptions;
  /** Messages that went over this connection already. */
  readonly sent: Set<MessageId>;
}

/** Turns what one session hears into frames for its peer. */
export interface Hearing {
  readonly seat: Seat;
  readonly sent: Set<MessageId>;
  /** Whether a frame of this kind is for this session at all. */
  isFor(outgoing: Outgoing): boolean;
  hear(delivery: Delivery): void;
  /** Ends the time in which everything is kept back; what is in the way of `isKnown` is dropped. */
  begin(isKnown: (delivery: Delivery) => boolean): void;
  /** What was handed over at the start, beside what is heard. */
  wrote(event: Delivery['event']): void;
  /** Something came from the client. */
  sign(): void;
  /** The receipts as frames, as far as they are this person's business. */
  receiptFrames(receipts: Receipts): Promise<readonly Frame[]>;
  /** Nothing is heard any more. */
  stop(): void;
}

/** How many messages of a connection are remembered as sent. */
const maxSent = 2000;

/** Keeps everything back until `begin`. */
export function createHearing(ear: Ear): Hearing {
  const { peer, seat, desk, subscriptions, sent } = ear;
  const me = seat.participant.id;
  const proof = createProof(seat, desk.around.clock);
  let waiting: Delivery[] | undefined = [];
  let isOver = false;

  function isFor({ channel, only }: Outgoing): boolean {
    if (channel === 'ops' && !subscriptions.ops) return false;
    return only === undefined || only === me;
  }

  function write({ event, view }: Delivery): void {
    for (const outgoing of desk.sayings(event, view)) if (isFor(outgoing)) send(outgoing, event);
    wrote(event);
  }

  function wrote(event: Delivery['event']): void {
    if ('version' in event && 'chatId' in event) proof.wrote(event.chatId, event.version);
  }

  function send(outgoing: Outgoing, event: Delivery['event']): void {
    if ('frame' in outgoing) peer.send(outgoing.frame);
    else if ('message' in outgoing) sendMessage(outgoing.message);
    else if ('unread' in outgoing) later(unreadOf(ear, outgoing.unread));
    else if (!('by' in event) || event.by.sessionId !== seat.sessionId) sendReceipts(outgoing.receipts);
  }

  function sendMessage(event: Posted): void {
    desk.known.note(event);
    if (!remember(sent, event.message.id)) return;
    const frames = desk.easel.live(event);
    if (isReady(frames)) frames.forEach((frame) => peer.send(frame));
    else later(frames);
  }

  function sendReceipts(receipts: Receipts): void {
    const frames = receiptsOf(receipts, me, desk);
    if (frames === undefined) later(receiptFrames(receipts));
    else for (const frame of frames) peer.send(frame);
  }

  async function receiptFrames(receipts: Receipts): Promise<readonly Frame[]> {
    const known = receiptsOf(receipts, me, desk);
    if (known !== undefined) return known;
    const page = await seat.transcript(receipts.chatId, { include: 'messages', limit: 1000 });
    for (const { event } of page.entries) if (event.type === 'MessagePosted') desk.known.note(event);
    return receiptsOf(receipts, me, desk) ?? [];
  }

  /** What comes after it waits. */
  function later(frames: Promise<readonly Frame[]>): void {
    const place = peer.reserve();
    frames.then(place, (error: unknown) => {
      desk.around.log.error({ socketId: peer.id, error: String(error) }, 'a ticket client was dropped');
      // With a hole in what it was told it would be wrong; a new connection gets it whole.
      peer.drop();
    });
  }

  return {
    seat,
    sent,
    isFor,
    receiptFrames,
    hear(delivery) {
      if (isOver) return;
      if (waiting === undefined) write(delivery);
      else waiting.push(delivery);
    },
    begin(isKnown) {
      const kept = waiting ?? [];
      waiting = undefined;
      for (const delivery of kept) {
        if (isOver) return;
        if (!isKnown(delivery)) write(delivery);
      }
    },
    wrote,
    sign: () => proof.sign(),
    stop() {
      isOver = true;
      if (!peer.isGone()) proof.trust();
    },
  };
}

/** False: it was there already. */
export function remember(sent: Set<MessageId>, id: MessageId): boolean {
  if (sent.has(id)) return false;
  sent.add(id);
  const [oldest] = sent;
  if (sent.size > maxSent && oldest !== undefined) sent.delete(oldest);
  return true;
}

function isReady(frames: MessageFrames): frames is readonly Frame[] {
  return Array.isArray(frames);
}

/** One `messageStatusUpdated` for each message [TK messageStatusUpdated]; undefined: some are not known here. */
function receiptsOf(
  { chatId, seqs, status, isForAuthors }: Receipts,
  me: ParticipantId,
  desk: Desk,
): readonly Frame[] | undefined {
  const frames: Frame[] = [];
  for (const [first, last] of seqs) {
    for (let seq = first; seq <= last; seq += 1) {
      const known = desk.known.of(chatId, seq);
      if (known === undefined) return undefined;
      if (isForAuthors && known.authorId !== me) continue;
      for (const id of known.ids) frames.push({ name: 'messageStatusUpdated', args: [id, status] });
    }
  }
  return frames;
}
