import type {
  Body,
  ChatEvent,
  ChatSummary,
  Command,
  Fields,
  Happening,
  Message,
  PostMessage,
  Rejection,
  RejectionCode,
  Transcript,
} from '@dragoman/core';
import { controlOf, pictureText } from '@dragoman/core';
import { botText, complete, type BotReply } from './bot-reply.js';
import type { JoinParams, ReplyFrame } from './frames.js';

/** One event for the topic of an interlocutor. */
export interface ClustaarEvent {
  readonly event: 'bot_reply' | 'agent_reply' | 'interlocutor_reply' | 'control';
  readonly payload: Fields;
}

/** What translations need beside an event. */
export interface Words {
  readonly space: string;
  readonly interlocutorId: string;
  /** Public address of a picture; null: none. */
  readonly linkOf: (attachmentId: string) => string | null;
  /** Pages render what agents say as HTML: it is escaped unless what they write is HTML [CLU agent_reply]. */
  readonly isHtmlTrusted: boolean;
}

/** The name a chat has here: one interlocutor of one bot. */
export function keyOf(botId: string, interlocutorId: string): string {
  return `${botId}/${interlocutorId}`;
}

/** What a conversation begins with. */
export function openingOf({ origin, isLogged }: JoinParams): NonNullable<PostMessage['opening']> {
  return { fields: { ...(origin !== undefined && { origin }), ...(isLogged !== undefined && { isLogged }) } };
}

/** Undefined: nothing comes of it. `current`: the conversation under way, if there is one. */
export function toCommand(
  { reply, isShown, channel }: ReplyFrame,
  on: {
    readonly space: string;
    readonly key: string;
    readonly opening: NonNullable<PostMessage['opening']>;
    readonly current: ChatSummary | undefined;
  },
): Command | undefined {
  const isUnderWay = on.current !== undefined && on.current.status !== 'closed';
  if (reply.kind === 'url' && !isUnderWay) return undefined;
  const isForBot = !isShown || reply.kind === 'url' || (reply.kind === 'event' && reply.isForBot);
  const visibility = isForBot ? 'bot' : reply.kind === 'text' ? 'all' : 'desk';
  const extras = { space: on.space, data: { channel } };
  const body = bodyOf(reply);
  return { type: 'PostMessage', to: { key: on.key }, ifClosed: 'new', body, visibility, extras, opening: on.opening };
}

function bodyOf(reply: ReplyFrame['reply']): Body {
  if (reply.kind === 'text') return { kind: 'text', text: reply.message };
  return { kind: 'custom', name: reply.kind === 'url' ? 'url_loaded' : reply.name, data: reply.body };
}

/** Whether a person has the word: what `control` says [CLU control]. */
export function isHeld(chat: Pick<ChatSummary, 'status' | 'before'>): boolean {
  return controlOf(chat) === 'operator';
}

/** When the word last went to a person or away from one, ms; undefined: before this page, or never [CLU control]. */
export function turnOf({ entries, hasMore }: Pick<Transcript, 'entries' | 'hasMore'>): number | undefined {
  const [first] = entries;
  let wasHeld = hasMore && first !== undefined && isHeld(first.event.chat);
  let turnedAt: number | undefined;
  for (const { event } of entries) {
    if (isHeld(event.chat) === wasHeld) continue;
    wasHeld = !wasHeld;
    turnedAt = event.at;
  }
  return turnedAt;
}

/** `at` is a time in ms; the wire has seconds. */
export function toControl(isTaken: boolean, at: number): ClustaarEvent {
  return { event: 'control', payload: { at: Math.floor(at / 1000), value: isTaken } };
}

/** The words of an event; `control` depends on what a page was told before, and is not among them. */
export function toFrames(event: Happening, words: Words): readonly ClustaarEvent[] {
  if (event.type === 'MessagePosted') return messageFrames(event, event.message, words);
  if (event.type !== 'QueueMoved' || event.notice === undefined) return [];
  return [botReply(botText(event.notice.text, words.interlocutorId))];
}

function messageFrames(
  { chat }: ChatEvent,
  { authorRole, body, extras }: Message,
  words: Words,
): readonly ClustaarEvent[] {
  const isOurs = extras?.space === words.space;
  if (authorRole === 'customer') return customerFrames(body, isOurs, words);
  if (body.kind === 'custom') return [];
  const isBots = authorRole !== 'operator' || body.kind === 'notice';
  // An answer that a bot had begun before somebody took the word is not shown any more.
  if (authorRole === 'bot' && body.kind !== 'notice' && isHeld(chat)) return [];
  if (!isBots) return [{ event: 'agent_reply', payload: { body: { type: 'text', message: agentText(body, words) } } }];
  const own = isOurs ? extras.data : {};
  const reply =
    'fulfillment' in own ? complete(own, words.interlocutorId) : botText(textOf(body, words), words.interlocutorId);
  return [botReply(reply)];
}

const botReply = (data: BotReply): ClustaarEvent => ({ event: 'bot_reply', payload: { status: 200, body: { data } } });

/** Other pages of the interlocutor are told what he said elsewhere, in the words he used if they were of this kind. */
function customerFrames(body: Body, isOurs: boolean, words: Words): readonly ClustaarEvent[] {
  if (body.kind === 'custom' && !isOurs) return [];
  const said = body.kind === 'custom' ? body.data : { type: 'text', message: textOf(body, words) };
  return [{ event: 'interlocutor_reply', payload: { body: said } }];
}

function agentText(body: Body, words: Words): string {
  const text = textOf(body, words);
  return words.isHtmlTrusted ? text : text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;' })[sign] ?? '&gt;');
}

function textOf(body: Body, words: Words): string {
  if (body.kind === 'image') return pictureText(body, words.linkOf(body.attachmentId));
  return body.kind === 'custom' ? '' : body.text;
}

/** The reason a page is told, and what goes with it [CLU errors]. */
export interface ClustaarRefusal {
  readonly reason: string;
  readonly details?: Fields;
}

const reasons: Readonly<Record<RejectionCode, string>> = {
  UNKNOWN_CHAT: 'unmatched topic',
  UNKNOWN_MESSAGE: 'invalid body',
  UNKNOWN_PARTICIPANT: 'unauthorized',
  CHAT_CLOSED: 'unavailable',
  BAD_TRANSITION: 'unavailable',
  NOT_ALLOWED: 'unauthorized',
  NOT_A_MEMBER: 'unauthorized',
  NOT_ASSIGNEE: 'unauthorized',
  NOT_ASSIGNED: 'unauthorized',
  ALREADY_ASSIGNED: 'unavailable',
  NO_OPERATOR: 'unavailable',
  TOO_MANY_CHATS: 'unavailable',
  EMPTY_MESSAGE: 'invalid body',
  UNSUPPORTED_BODY: 'invalid body',
  TOO_LARGE: 'message too long',
  TOO_FAST: 'rate limited',
  ID_CONFLICT: 'invalid body',
  BUSY: 'unavailable',
};

export function toRefusal({ code, afterMs }: Rejection): ClustaarRefusal {
  const reason = reasons[code];
  return afterMs === undefined ? { reason } : { reason, details: { retry_after_ms: afterMs } };
}
