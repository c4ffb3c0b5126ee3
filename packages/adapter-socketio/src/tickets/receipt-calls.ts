import {
  parseMessageId,
  sideOf,
  type ChatSummary,
  type MessageId,
  type Outcome,
  type ReceiptScope,
} from '@dragoman/core';
import { invalid, refuse, type Answer } from './answers.js';
import { me, refused, whoKnows, type Caller } from './caller.js';
import type { ReceiptFrame } from './frames.js';
import { messageCommand } from './message-calls.js';
import { isPlaceNotice, statusOfState, wholeId, type Posted } from './message.js';
import { customerIdOf, operatorId, ownerId, programOf, statusOf, whoIn } from './ticket.js';

const stateOfStatus = { 2: 'delivered', 3: 'read' } as const;

/** Confirms what the other side said: one message, or all of one sender [TK updateMessageStatus]. */
export async function updateMessageStatus(caller: Caller, frame: ReceiptFrame): Promise<Answer> {
  if (frame.isContradictory) caller.desk.around.log.debug({ status: frame.status }, 'a receipt contradicts its flag');
  if (frame.messageId !== null) return confirmOne(caller, frame, frame.messageId);
  const ownId = wireIdOf(caller);
  if (frame.recipientId !== '' && frame.recipientId !== ownId) return invalid('recipientId');
  if (frame.senderId === '') return invalid('senderId');
  return me(caller).role === 'customer' ? confirmAllOfDesk(caller, frame) : confirmAllOfOwner(caller, frame);
}

async function confirmOne(caller: Caller, frame: ReceiptFrame, wireId: string): Promise<Answer> {
  const found = await findMessage(caller, wireId);
  if (found === undefined) return isPlaceNotice(wireId) ? { result: { changed: 0 } } : refuse('message_not_found');
  const chat = await caller.seat.find({ chatId: found.chatId });
  if (chat === undefined) return refuse('message_not_found');
  const { event } = found;
  // A notice has nobody who waits for it.
  if (event?.message.authorRole === 'system') return { result: { changed: 0 } };
  if (event !== undefined && !mayConfirm(caller, frame, event, chat)) return refuse('forbidden');
  return acknowledge(caller, chat.id, frame, { messageIds: [found.id] });
}

interface Found {
  readonly id: MessageId;
  readonly chatId: string;
  /** Absent for messages of other dialects, which the core judges alone. */
  readonly event?: Posted;
}

/** By the id its client gave it, else by the core's; a part stands for the whole. */
async function findMessage(caller: Caller, wireId: string): Promise<Found | undefined> {
  const events = await caller.seat.recall(messageCommand(caller, wireId));
  const event = events.find((one): one is Posted => one.type === 'MessagePosted');
  if (event !== undefined) return { id: event.message.id, chatId: event.chatId, event };
  const whole = wholeId(wireId);
  const parsed = parseMessageId(wireId);
  if (parsed !== undefined) return { id: wireId, chatId: parsed.chatId };
  return whole === undefined ? undefined : findMessage(caller, whole);
}

/** The owner confirms the desk's words; the handler his, and before there is one every operator that they arrived. */
function mayConfirm(caller: Caller, frame: ReceiptFrame, { message, people }: Posted, chat: ChatSummary): boolean {
  const { space } = caller.desk.settings;
  const { authorId } = message;
  const isMine = me(caller).role === 'customer';
  if (isMine === (sideOf(message.authorRole) === 'customer')) return false;
  if (!isMine && chat.assigneeId !== me(caller).id && (chat.assigneeId !== null || frame.status !== 2)) return false;
  const sender =
    authorId === null || message.authorRole === 'bot'
      ? message.authorRole
      : isMine
        ? operatorId(authorId, whoIn(people), space)
        : customerIdOf(people[authorId], authorId, space);
  const isSender = frame.senderId === '' || frame.senderId === sender;
  return isSender && (frame.recipientId === '' || frame.recipientId === wireIdOf(caller));
}

/** All that an owner said in the tickets the caller handles. */
async function confirmAllOfOwner(caller: Caller, frame: ReceiptFrame): Promise<Answer> {
  const { space } = caller.desk.settings;
  const who = whoKnows(caller);
  const chats = [...caller.seat.lobby().chats.values()].filter(
    (chat) =>
      statusOf(chat) === 200 && chat.assigneeId === me(caller).id && ownerId(chat, who, space) === frame.senderId,
  );
  const programs = new Set(chats.map((chat) => programOf(who(chat.customerId), space)));
  if (programs.size > 1) return refuse('ambiguous_user');
  return sumOf(chats.map((chat) => acknowledge(caller, chat.id, frame, { all: true })));
}

/** All that one operator said in the owner's tickets. */
async function confirmAllOfDesk(caller: Caller, frame: ReceiptFrame): Promise<Answer> {
  const { space } = caller.desk.settings;
  const { entries, people } = await caller.seat.said(me(caller).id);
  const byChat = new Map<string, MessageId[]>();
  for (const { event, receipt } of entries) {
    if (event.type !== 'MessagePosted' || receipt === null || statusOfState[receipt.state] >= frame.status) continue;
    const { authorId, authorRole, id } = event.message;
    if (authorId === null || sideOf(authorRole) === 'customer') continue;
    const sender = authorRole === 'bot' ? 'bot' : operatorId(authorId, whoIn({ ...people, ...event.people }), space);
    if (sender === frame.senderId) byChat.set(event.chatId, [...(byChat.get(event.chatId) ?? []), id]);
  }
  const open: Promise<Answer>[] = [];
  for (const [chatId, messageIds] of byChat) {
    const chat = await caller.seat.find({ chatId });
    if (chat !== undefined && chat.status !== 'closed') open.push(acknowledge(caller, chatId, frame, { messageIds }));
  }
  return sumOf(open);
}

async function acknowledge(
  caller: Caller,
  chatId: string,
  { status }: ReceiptFrame,
  what: ReceiptScope,
): Promise<Answer> {
  const state = stateOfStatus[status];
  const outcome = await caller.seat.dispatch({ type: 'Acknowledge', to: { chatId }, state, what });
  return outcome.ok ? { result: { changed: changedBy(outcome) } } : refused(caller, asUnknownMessage(outcome));
}

/** Whoever may not see the ticket may not know of its messages. */
function asUnknownMessage(outcome: Extract<Outcome, { ok: false }>): Extract<Outcome, { ok: false }> {
  if (outcome.rejection.code !== 'UNKNOWN_CHAT') return outcome;
  return { ok: false, rejection: { ...outcome.rejection, code: 'UNKNOWN_MESSAGE' } };
}

function changedBy({ events }: Extract<Outcome, { ok: true }>): number {
  return events.reduce((sum, event) => {
    if (event.type !== 'MessageAcknowledged') return sum;
    return sum + event.ranges.reduce((count, [first, last]) => count + last - first + 1, 0);
  }, 0);
}

/** The sum of what changed, or the first refusal. */
async function sumOf(answers: readonly Promise<Answer>[]): Promise<Answer> {
  let changed = 0;
  for (const answer of await Promise.all(answers)) {
    if ('refusal' in answer) return answer;
    changed += Number(answer.result['changed']);
  }
  return { result: { changed } };
}

/** The id the caller goes by on this wire. */
function wireIdOf(caller: Caller): string {
  const { id, role } = me(caller);
  const { space } = caller.desk.settings;
  return role === 'customer' ? customerIdOf(me(caller), id, space) : operatorId(id, whoKnows(caller), space);
}
