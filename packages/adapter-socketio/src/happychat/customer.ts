import type { ChatSummary, Fields, Outcome, ParticipantId, PostMessage } from '@dragoman/core';
import { areTooLarge } from '@dragoman/core/domain';
import type { Guest, Hear, Line, Surroundings, Visit } from '../dialect.js';
import type { Frame, Inbound } from '../transport.js';
import { customerCommand } from './commands.js';
import { parseCustomer, type CustomerFrame } from './frames.js';
import { customerLog, transcriptBefore } from './history.js';
import type { Stage } from './once.js';
import type { Rooms, Seat } from './rooms.js';
import { hearsAdvice, isUnderWay, statusForCustomer } from './status.js';
import { createThrottle } from './throttle.js';
import { toRefusal } from './translate.js';

/** How often typing of one socket goes on, ms [HC customer/typing]. */
const typingEveryMs = 100;

/** What a customer's visit needs of the dialect's options. */
export interface CustomerDesk extends Stage {
  /** How long a closed chat of the same `session_id` is taken up again, ms. */
  readonly reuseMs: number;
  readonly rooms: Rooms;
}

type Opening = NonNullable<PostMessage['opening']>;

/** Where a visit stands: all of it that changes. */
interface Standing {
  /** The `session_id`, which is the chat's name on this wire. */
  readonly key: string;
  /** As last heard of; null: nobody has said anything yet, or so long ago that it starts anew. */
  chat: ChatSummary | null;
  /** What the chat is opened with when the customer speaks. */
  opening: Opening;
}

/** Receives a customer: says where his chat stands, and joins what he says to what others say [HC customer]. */
export async function receiveCustomer(
  visit: Visit<Fields>,
  desk: CustomerDesk,
  around: Surroundings,
): Promise<Guest | undefined> {
  const { peer, user, line } = visit;
  const first = peer.reserve();
  const key = String(user['session_id']);
  const opened = await openChat(line, key);
  if (!opened.ok) return undefined;
  const chat = opened.chat === undefined ? null : goingOn(opened.chat, around.clock.now(), desk.reuseMs);
  const standing: Standing = { key, chat, opening: openingOf(user) };
  const joinedAt = chat?.version ?? 0;
  // What happened since is live: it must not be in the log as well.
  const greeting = greet(visit, { ...standing }, desk);
  line.listen(hearing(visit, standing, desk), ({ event }) => !('version' in event) || event.version <= joinedAt);
  peer.onGone(desk.rooms.enter(key, seatOf(visit, standing, desk)));
  first(await greeting);
  // The core keeps a changed profile with the next deed, but operators see this customer now.
  if (chat !== null && isUnderWay(statusForCustomer(chat.status))) void line.dispatch({ type: 'UpdateParticipant' });
  if (chat !== null) peer.whenWritten(() => line.written(chat.id, chat.version));
  return speaking(visit, standing, desk, around);
}

/** Finds the chat of the session, which several users may share: whoever knows its id is one of its customers [HCS authenticators]. */
async function openChat(line: Line, key: string): Promise<Outcome> {
  const known = await line.find({ key });
  // What is closed is shown as it was left [HCS transitions]; to open it would begin the next one.
  if (known?.status === 'closed') return { ok: true, events: [], chat: known, isRepeat: false };
  const opened = await line.dispatch({ type: 'OpenChat', key });
  const isStranger = opened.ok && opened.chat !== undefined && !isOneOf(opened.chat, line.participant.id);
  return isStranger ? line.dispatch({ type: 'JoinChat', to: { key } }) : opened;
}

function isOneOf(chat: ChatSummary, participantId: ParticipantId): boolean {
  return chat.version === 0 || chat.customerIds.includes(participantId);
}

function goingOn(chat: ChatSummary, now: number, reuseMs: number): ChatSummary | null {
  const isOver = chat.status === 'closed' && chat.closedAt !== null && now - chat.closedAt > reuseMs;
  return chat.version === 0 || isOver ? null : chat;
}

function openingOf(user: Fields): Opening {
  const { locale, groups } = user;
  const displayName = user['displayName'] ?? user['name'];
  return {
    ...(typeof displayName === 'string' && { displayName: displayName.slice(0, 200) }),
    ...(typeof locale === 'string' && { locale }),
    ...(Array.isArray(groups) && { groups: groups.filter((group) => typeof group === 'string') }),
  };
}

/** `init`, `accept`, `status`, `log`, in this order, to the new socket alone [HCS order on join]. */
async function greet(
  { user, line }: Visit<Fields>,
  { chat, opening }: Standing,
  desk: CustomerDesk,
): Promise<readonly Frame[]> {
  const status = statusForCustomer(chat?.status ?? 'new');
  const { locale, groups } = opening;
  const wishes = { ...(locale !== undefined && { locale }), ...(groups !== undefined && { groups }) };
  const log = chat === null ? [] : await customerLog(line, chat.id, chat.version, desk);
  return [
    { name: 'init', args: [user] },
    // A chat under way is no new chat, and `false` would lock its composer [HC customer/accept].
    { name: 'accept', args: [isUnderWay(status) || line.canAccept(wishes)] },
    { name: 'status', args: [status] },
    { name: 'log', args: [log] },
  ];
}

function hearing({ peer, line }: Visit<Fields>, standing: Standing, desk: CustomerDesk): Hear {
  return (delivery) => {
    const { event, view } = delivery;
    if (event.type === 'AcceptingChanged') {
      if (!hearsAdvice(standing.chat)) return;
    } else {
      // Other chats of the same person are other sessions of the site.
      if (!('chat' in event) || event.chat.addresses[desk.space] !== standing.key) return;
      standing.chat = event.chat;
    }
    for (const outgoing of desk.sayings(event, view)) if ('frame' in outgoing) peer.send(outgoing.frame);
    if (!('version' in event) || !('chatId' in event)) return;
    const { chatId, version } = event;
    peer.whenWritten(() => line.written(chatId, version));
    desk.rooms.share(standing.key, line.participant.id, { ...delivery, event });
  };
}

/** What makes somebody who has no part in the chat yet one of its customers: that another of his session speaks. */
function seatOf({ peer, line, user }: Visit<Fields>, standing: Standing, desk: CustomerDesk): Seat {
  let hasJoined = false;
  return {
    participantId: line.participant.id,
    user,
    hasChat: () => standing.chat !== null,
    overhear({ event, view }) {
      const { chat } = standing;
      // Several sockets of the one who heard it pass it on.
      if (chat?.id === event.chatId && chat.version >= event.version) return;
      standing.chat = event.chat;
      for (const outgoing of desk.sayings(event, view)) if ('frame' in outgoing) peer.send(outgoing.frame);
      if (hasJoined) return;
      hasJoined = true;
      void line.dispatch({ type: 'JoinChat', to: { key: standing.key } });
    },
  };
}

function speaking({ line }: Visit<Fields>, standing: Standing, desk: CustomerDesk, { clock }: Surroundings): Guest {
  const { space, reuseMs } = desk;
  const say = async (frame: CustomerFrame): Promise<void> => {
    const command = customerCommand(frame, { space, reuseMs, key: standing.key, opening: standing.opening });
    if (command !== undefined) await line.dispatch(command);
  };
  const typing = createThrottle<CustomerFrame>(typingEveryMs, clock, (frame) => void say(frame));

  async function receive({ name, args, ack }: Inbound): Promise<void> {
    const frame = parseCustomer(name, args);
    switch (frame?.kind) {
      case undefined:
        return;
      case 'typing':
        return typing.push(frame);
      case 'message':
        // What was being typed has been said.
        typing.drop();
        return say(frame);
      case 'preferences':
      case 'setFields':
        standing.opening = wishing(standing.opening, frame);
        return standing.chat === null ? undefined : say(frame);
      case 'transcript':
        return ack && answerTranscript(line, { chat: standing.chat, before: frame.before }, desk, ack);
    }
  }

  return { receive, leave: () => typing.stop() };
}

/** Wishes told before there is a chat become part of its opening. */
function wishing(opening: Opening, frame: Extract<CustomerFrame, { kind: 'preferences' | 'setFields' }>): Opening {
  if (frame.kind === 'preferences') return { ...opening, ...frame.wishes };
  const fields = { ...opening.fields, ...frame.fields };
  return areTooLarge(fields) ? opening : { ...opening, fields };
}

async function answerTranscript(
  line: Line,
  { chat, before }: { readonly chat: ChatSummary | null; readonly before: number | null },
  desk: CustomerDesk,
  ack: NonNullable<Inbound['ack']>,
): Promise<void> {
  try {
    const asked = chat && { chatId: chat.id, before, side: 'customer' as const };
    ack(null, { timestamp: before, messages: asked === null ? [] : await transcriptBefore(line, asked, desk) });
  } catch {
    ack(toRefusal('BUSY'), null);
  }
}
