import type { ChatSummary, Fields, Happening, Lobby, Outcome, ParticipantId } from '@dragoman/core';
import type { Guest, Hear, Line, Visit } from '../dialect.js';
import type { Frame, Inbound, Peer } from '../transport.js';
import type { Broadcast } from './broadcast.js';
import { chatBy, dispatched, refOf } from './chat-ids.js';
import { parseOperator, type OperatorFrame } from './frames.js';
import { operatorCommand } from './commands.js';
import { operatorLog, transcriptBefore } from './history.js';
import type { Stage } from './once.js';
import { toChat, wireId } from './people.js';
import { withPlainIds } from './seed-args.js';
import { toRefusal, type Outgoing } from './translate.js';

/** What an operator's visit needs of the dialect. */
export interface OperatorDesk extends Stage {
  readonly broadcast: Broadcast;
  /** Whether plain ids stand where deployed clients read objects; a connection may ask for it by itself [HCD 20]. */
  readonly hasPlainIds: boolean;
}

type History = Extract<Outgoing, { history: unknown }>['history'];

/** Receives an operator: the shared state, his open chats, and from then on what changes [HC operator]. */
export async function receiveOperator(arrived: Visit<Fields>, desk: OperatorDesk): Promise<Guest | undefined> {
  const visit =
    desk.hasPlainIds || asksForPlainIds(arrived.peer) ? { ...arrived, peer: spelling(arrived.peer) } : arrived;
  const { peer, user, line } = visit;
  const first = peer.reserve();
  if (!(await takeUpWork(line, user))) return undefined;
  // The lobby holds exactly what has been delivered so far, so the greeting holds it too.
  const { version, state } = desk.broadcast.current();
  const mine = openChatsOf(line.lobby(), line.participant.id);
  line.listen(hearing(visit, desk), () => true);
  const leave = desk.broadcast.join(peer);
  peer.onGone(leave);
  const greeting: Frame[] = [
    { name: 'init', args: [user] },
    { name: 'broadcast.state', args: [version, state] },
  ];
  for (const chat of mine) greeting.push(...(await openingFrames(line, chat, desk)));
  first(greeting);
  for (const { id, version: upTo } of mine) peer.whenWritten(() => line.written(id, upTo));
  return { receive: (event) => receive(visit, desk, event), leave };
}

function hearing({ peer, line }: Visit<Fields>, desk: OperatorDesk): Hear {
  const own = line.participant.id;
  return ({ event, view }) => {
    const isIn = !isHisFromOutside(event, own);
    for (const outgoing of desk.sayings(event, view)) {
      const isForHim = outgoing.only === undefined ? isIn && outgoing.except !== own : outgoing.only === own;
      if (!isForHim) continue;
      if ('frame' in outgoing) peer.send(outgoing.frame);
      else void writeLog(peer, line, outgoing.history, desk);
    }
    if (!isIn || !('version' in event) || !('chatId' in event)) return;
    const { chatId, version } = event;
    peer.whenWritten(() => line.written(chatId, version));
  };
}

/**
 * Chats are told to their members [HC operator/chat.message]. One who has left his chat keeps it and is none; one who is back
 * before his chat is his again is sent what was said with it.
 */
function isHisFromOutside(event: Happening, own: ParticipantId): boolean {
  return 'chat' in event && event.chat.assigneeId === own && !event.chat.memberIds.includes(own);
}

/** Later frames wait behind the log: what is said meanwhile is live, and in the log or live but never both. */
async function writeLog(
  peer: Peer,
  line: Line,
  { chatId, wireId: id, upToVersion }: History,
  desk: OperatorDesk,
): Promise<void> {
  const place = peer.reserve();
  try {
    place([{ name: 'log', args: [{ id }, await operatorLog(line, chatId, upToVersion, desk)] }]);
  } catch {
    // Without its log the chat would show a hole; a new connection gets it whole.
    peer.drop();
  }
}

async function receive(visit: Visit<Fields>, desk: OperatorDesk, { name, args, ack }: Inbound): Promise<void> {
  const { line } = visit;
  const frame = parseOperator(name, args);
  if (frame === undefined) return;
  if (frame.kind === 'state') return sendState(visit, desk, ack);
  if (frame.kind === 'transcript') return answerTranscript(line, frame, desk, ack);
  if (frame.kind === 'open' && (await reopen(visit, frame.chatId, desk))) return;
  const command = operatorCommand(frame, contextOf(line, desk));
  answer(frame, command && (await dispatched(line, command)), desk, ack);
}

function asksForPlainIds(peer: Peer): boolean {
  return peer.socket.handshake.query['args'] === 'ids';
}

/** The same peer, written to with plain ids. */
function spelling(peer: Peer): Peer {
  return {
    ...peer,
    send: (frame) => peer.send(withPlainIds(frame)),
    reserve() {
      const place = peer.reserve();
      return (frames) => place(frames.map(withPlainIds));
    },
  };
}

/** What the authenticator knows of an operator's work counts as said by himself [HCS authenticators]. */
async function takeUpWork(line: Line, { status, capacity }: Fields): Promise<boolean> {
  const hasStatus = typeof status === 'string' && status !== '';
  const hasCapacity = typeof capacity === 'number' && capacity >= 0;
  if (!hasStatus && !hasCapacity) return true;
  const outcome = await line.dispatch({
    type: 'SetAvailability',
    ...(hasStatus && { status }),
    ...(hasCapacity && { capacity: { [line.lobby().locales.default]: Math.floor(capacity) } }),
  });
  return outcome.ok;
}

function openChatsOf(lobby: Lobby, operatorId: ParticipantId): readonly ChatSummary[] {
  const isMine = (chat: ChatSummary): boolean => chat.status !== 'closed' && chat.memberIds.includes(operatorId);
  return [...lobby.chats.values()].filter(isMine);
}

async function openingFrames(line: Line, chat: ChatSummary, desk: OperatorDesk): Promise<readonly Frame[]> {
  const shown = toChat(chat, line.lobby().person(chat.customerId), desk.space);
  return [
    { name: 'chat.open', args: [shown] },
    { name: 'log', args: [{ id: shown.id }, await operatorLog(line, chat.id, chat.version, desk)] },
  ];
}

/** Shows a chat again to a member who asks for it; false: he is none [HC operator/chat.open]. */
async function reopen({ peer, line }: Visit<Fields>, id: string, desk: OperatorDesk): Promise<boolean> {
  const found = await chatBy(line, id);
  // As of the last delivery: what comes after it is live, and not in the log as well.
  const chat = found && (line.lobby().chats.get(found.id) ?? found);
  if (chat === undefined || !chat.memberIds.includes(line.participant.id)) return false;
  peer.reserve()(await openingFrames(line, chat, desk));
  return true;
}

/** To the callback if there is one, else as an event of the same name [HC operator/broadcast.state]. */
function sendState({ peer }: Visit<Fields>, desk: OperatorDesk, ack: Inbound['ack']): void {
  const { version, state } = desk.broadcast.current();
  if (ack === undefined) peer.send({ name: 'broadcast.state', args: [version, state] });
  else ack(version, state);
}

async function answerTranscript(
  line: Line,
  { chatId, before }: Extract<OperatorFrame, { kind: 'transcript' }>,
  desk: OperatorDesk,
  ack: Inbound['ack'],
): Promise<void> {
  if (ack === undefined) return;
  try {
    const chat = await chatBy(line, chatId);
    if (chat === undefined) return ack(toRefusal('UNKNOWN_CHAT'), null);
    ack(null, {
      timestamp: before,
      messages: await transcriptBefore(line, { chatId: chat.id, before, side: 'desk' }, desk),
    });
  } catch {
    ack(toRefusal('BUSY'), null);
  }
}

/** Three events have an answer; all others succeed and fail in silence [HC operator]. */
function answer(frame: OperatorFrame, outcome: Outcome | undefined, desk: OperatorDesk, ack: Inbound['ack']): void {
  if (ack === undefined) return;
  if (frame.kind === 'dispatch' && frame.action === undefined) return ack(toRefusal('NOT_ALLOWED'));
  if (outcome?.ok === false) {
    const refusal = toRefusal(outcome.rejection.code);
    if (refusal !== null && frame.kind === 'dispatch') ack(refusal);
  } else if (frame.kind === 'dispatch') ack(null, desk.broadcast.current().version);
  else if (frame.kind === 'status') ack();
  else if (frame.kind === 'capacity') ack(frame.capacity);
}

function contextOf(line: Line, desk: OperatorDesk): Parameters<typeof operatorCommand>[1] {
  const lobby = line.lobby();
  return {
    space: desk.space,
    defaultLocale: lobby.locales.default,
    refOf: (id) => refOf(lobby, id),
    operatorOf: (id) => operatorOf(lobby, id, desk.space),
  };
}

/** Known operators, present or not [HCS transfer]. */
function operatorOf(lobby: Lobby, id: string, space: string): ParticipantId | null {
  for (const operatorId of lobby.operators.keys()) {
    const who = lobby.person(operatorId);
    if (who !== undefined && String(wireId(who, space)) === id) return operatorId;
  }
  return null;
}
