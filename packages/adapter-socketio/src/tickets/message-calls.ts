import type { Body, ChatSummary, ReceiptState } from '@dragoman/core';
import { invalid, refuse, type Answer, type Refusal } from './answers.js';
import { findTicket, me, programProblem, refused, type Caller } from './caller.js';
import { frameLimits, toInteger, type MessageFrame } from './frames.js';
import { readImage, type Picture } from './images.js';
import { bodyKey, statusOfState, type Posted } from './message.js';
import { statusOf } from './ticket.js';
import { keepMs } from './ticket-calls.js';

/** How long "is typing" stands [TKD typing]. */
const typingTtlMs = 5000;

type Refused = { readonly refusal: Refusal };

/** Says something in a ticket. The client's id makes it happen once, however often it is repeated [TK updateMessage]. */
export async function updateMessage(caller: Caller, frame: MessageFrame): Promise<Answer> {
  const chat = await findTicket(caller, frame.ticketId);
  if (chat === undefined) return refuse('ticket_not_found');
  const problem = programProblem(caller, frame.programId);
  if (problem !== undefined) return problem;
  const said = read(frame);
  const barred = speakingProblem(caller, chat) ?? ('refusal' in said ? said : undefined);
  // What was said before is said, whatever has become of the ticket since.
  if (barred !== undefined) return (await repetition(caller, frame, said)) ?? barred;
  if ('refusal' in said) return said;
  const body = await said.store(caller);
  const outcome = await caller.seat.dispatch({
    type: 'PostMessage',
    to: { chatId: chat.id },
    body,
    ifClosed: 'refuse',
    clientId: { space: caller.desk.settings.space, value: frame.messageId },
    commandId: messageCommand(caller, frame.messageId),
    keepMs,
    ...(frame.createdAt !== undefined && { claimedAt: frame.createdAt }),
    ...(me(caller).role === 'operator' && { require: 'assignee' }),
  });
  if (!outcome.ok) return (await repetition(caller, frame, said)) ?? refused(caller, outcome);
  for (const event of outcome.events) if (event.type === 'MessagePosted') caller.desk.known.note(event);
  if (outcome.isRepeat) return (await repetition(caller, frame, said)) ?? refuse('id_conflict');
  return { result: { messageId: frame.messageId, statusId: 1 } };
}

export function messageCommand({ desk }: Caller, messageId: string): string {
  return `${desk.settings.space}:m:${messageId}`;
}

/** Content that passed its checks; an image is kept only when it is really said. */
interface Content {
  /** What it is compared by. Asked for only when its id is known already: a picture has to be hashed for it. */
  key(): Promise<string>;
  store(caller: Caller): Promise<Body>;
}

function read({ type, encoding, content }: MessageFrame): Content | Refused {
  const kind = type === null || type === undefined ? 1 : toInteger(type);
  if (kind !== 1 && kind !== 2) return refuse('unsupported_type');
  const isUtf8 = typeof encoding === 'string' && encoding.toLowerCase() === 'utf-8';
  if (encoding !== null && encoding !== undefined && !isUtf8) return refuse('unsupported_encoding');
  if (content !== null && content !== undefined && typeof content !== 'string') return invalid('content');
  return kind === 1 ? text(content ?? '') : image(content ?? '');
}

function text(content: string): Content | Refused {
  if (content.trim() === '') return refuse('content_empty');
  if (content.length > frameLimits.textUnits) return refuse('content_too_long');
  const body: Body = { kind: 'text', text: content };
  return { key: async () => bodyKey(body), store: async () => body };
}

function image(content: string): Content | Refused {
  const picture = readImage(content);
  if (typeof picture === 'string') return refuse(picture);
  return { key: () => imageKey(picture), store: (caller) => storeImage(caller, picture) };
}

/** As `bodyKey` of the same picture, once it is stored. */
async function imageKey({ bytes }: Picture): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  return `2 ${Buffer.from(digest).toString('hex')}`;
}

async function storeImage(caller: Caller, { bytes, mime, width, height }: Picture): Promise<Body> {
  const { attachments } = caller.desk.around;
  const attachmentId = await attachments.put(caller.desk.settings.workspaceId, bytes, mime, me(caller).id);
  return { kind: 'image', attachmentId, mime, bytes: bytes.length, width, height, caption: '' };
}

/** Owners write in new and open tickets, operators in those they handle [TKD messages]. */
function speakingProblem(caller: Caller, chat: ChatSummary): Refused | undefined {
  const status = statusOf(chat);
  if (status === 10000) return refuse('ticket_closed');
  if (me(caller).role === 'customer') return undefined;
  if (status === 100) return refuse('ticket_not_open');
  return chat.assigneeId === me(caller).id ? undefined : refuse('not_handler');
}

/** The answer to an id that is known: the same words of the same person again, or something else. */
async function repetition(caller: Caller, frame: MessageFrame, said: Content | Refused): Promise<Answer | undefined> {
  const { seat } = caller;
  const events = await seat.recall(messageCommand(caller, frame.messageId));
  const first = events.find((event): event is Posted => event.type === 'MessagePosted');
  if (first === undefined) return undefined;
  const chat = await findTicket(caller, frame.ticketId);
  const isSame =
    first.message.authorId === me(caller).id &&
    first.chatId === chat?.id &&
    'key' in said &&
    bodyKey(first.message.body) === (await said.key());
  if (!isSame) return refuse('id_conflict');
  const state = await stateOf(caller, first);
  return { result: { messageId: frame.messageId, statusId: statusOfState[state], duplicate: true } };
}

async function stateOf({ seat }: Caller, { chatId, version }: Posted): Promise<ReceiptState> {
  const page = await seat.transcript(chatId, { include: 'messages', upToVersion: version, limit: 1 });
  return page.entries.at(-1)?.receipt?.state ?? 'sent';
}

/** Is typing: never kept, and passed on only now and then [TK typing]. */
export async function typing(caller: Caller, { ticketId }: { readonly ticketId: string }): Promise<Answer> {
  const chat = await findTicket(caller, ticketId);
  if (chat === undefined) return refuse('ticket_not_found');
  const problem = speakingProblem(caller, chat);
  if (problem !== undefined) return problem;
  if (caller.desk.mayType(chat.id, me(caller).id))
    await caller.seat.dispatch({ type: 'SetTyping', to: { chatId: chat.id }, isOn: true, ttlMs: typingTtlMs });
  return { result: {} };
}
