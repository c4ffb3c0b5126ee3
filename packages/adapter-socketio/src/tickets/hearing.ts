import type { Delivery, MessageId, ParticipantId } from '@dragoman/core';
import type { Seat } from '../dialect.js';
import type { Frame, Peer } from '../transport.js';
import type { Desk } from './desk.js';
import type { Posted } from './message.js';
import type { MessageFrames } from './pictures.js';
import type { Subscriptions } from './seating.js';
import type { Outgoing, Receipts } from './translate.js';
import { createPorter, type Piece } from './porter.js';
import { createProof } from './proof.js';
import { unreadOf } from './replay.js';
import { remember } from './sent.js';
import type { WireIds } from './wire-ids.js';

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
  /** Sends what was missed, before what is heard. */
  bring(pieces: readonly Piece[]): void;
  /** What was handed over at the start, beside what is heard. */
  wrote(event: Delivery['event']): void;
  /** Something came from the client. */
  sign(): void;
  /** The receipts as frames, as far as they are this person's business. */
  receiptFrames(receipts: Receipts): Promise<readonly Frame[]>;
  /** Nothing is heard any more. */
  stop(): void;
}

/** Keeps everything back until `begin`. */
export function createHearing(ear: Ear): Hearing {
  const { peer, seat, desk, subscriptions, sent } = ear;
  const me = seat.participant.id;
  const proof = createProof(seat, desk.around.clock);
  const porter = createPorter(ear);
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
    if (!('version' in event) || !('chatId' in event)) return;
    const { chatId, version } = event;
    peer.whenWritten(() => proof.wrote(chatId, version));
  }

  function send(outgoing: Outgoing, event: Delivery['event']): void {
    if ('frame' in outgoing) peer.send(outgoing.frame);
    else if ('message' in outgoing) sendMessage(outgoing.message);
    else if ('unread' in outgoing) porter.bring(unreadOf(ear, outgoing.unread));
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
    if (knownOf(receipts, desk).includes(undefined)) later(receiptFrames(receipts));
    else for (const frame of receiptsOf(receipts, me, desk)) peer.send(frame);
  }

  async function receiptFrames(receipts: Receipts): Promise<readonly Frame[]> {
    if (knownOf(receipts, desk).includes(undefined)) {
      const page = await seat.transcript(receipts.chatId, { include: 'messages', limit: 1000 });
      for (const { event } of page.entries) if (event.type === 'MessagePosted') desk.known.note(event);
    }
    return receiptsOf(receipts, me, desk);
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
    bring: (pieces) => porter.bring(pieces),
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
      porter.stop();
      if (!peer.isGone()) proof.trust();
    },
  };
}

function isReady(frames: MessageFrames): frames is readonly Frame[] {
  return Array.isArray(frames);
}

/** One `messageStatusUpdated` for each message that is known here [TK messageStatusUpdated]. */
function receiptsOf({ status, isForAuthors, ...which }: Receipts, me: ParticipantId, desk: Desk): readonly Frame[] {
  return knownOf(which, desk)
    .filter((known) => known !== undefined)
    .filter(({ authorId }) => !isForAuthors || authorId === me)
    .flatMap(({ ids }) => ids.map((id) => ({ name: 'messageStatusUpdated', args: [id, status] })));
}

function knownOf({ chatId, seqs }: Pick<Receipts, 'chatId' | 'seqs'>, { known }: Desk): (WireIds | undefined)[] {
  return seqs.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => known.of(chatId, first + index)),
  );
}
