import {
  addressIn,
  controlOf,
  outsideId,
  pictureText,
  rangesInclude,
  type ChatEvent,
  type ChatSummary,
  type Command,
  type Happening,
  type Message,
  type OutsideIdentity,
  type ParticipantId,
  type People,
  type Ranges,
  type Signal,
  type TranscriptEntry,
  type View,
} from '@dragoman/core';
import { conversationChannel, notificationsChannel, serviceChannel } from './channels.js';
import type { ConveadConversation, ConveadMessage, ConveadPayload, ConveadPerson } from './frames.js';

/** What a translation needs beside the event. */
export interface Words {
  /** The adapter's own space. */
  readonly space: string;
  /** A public address for a picture; null: there is none. */
  readonly linkOf: (attachmentId: string) => string | null;
}

/** One event for one channel. */
export interface ChannelFrame {
  readonly kind: 'frame';
  readonly channel: string;
  readonly data: ConveadPayload;
  /** Only for people who listen on no connection to this channel. */
  readonly unlessOn?: string;
}

/** Messages to be sent again as read; the event names them by seq alone, so their words are fetched. */
export interface ReadAgain {
  readonly kind: 'read-again';
  readonly chat: ChatSummary;
  readonly ranges: Ranges;
  readonly beforeNumber: number;
}

/** What a happening comes to. */
export type Output = ChannelFrame | ReadAgain;

/** What a visitor or manager asks by HTTP, read and allowed. */
export type Request =
  | {
      readonly type: 'open';
      readonly visitorId: string;
      readonly customer: OutsideIdentity;
      readonly idleMs: number;
      /** The manager who asks, where he is on duty; he is chosen. */
      readonly dutyManagerId?: ParticipantId;
    }
  | { readonly type: 'say'; readonly chat: ChatSummary; readonly content: string }
  | { readonly type: 'mark-read'; readonly message: Message; readonly chat: ChatSummary };

/** [CONVEAD POST service] [CONVEAD POST conversation] [CONVEAD POST mark_read] */
export function toCommand(request: Request): Command {
  switch (request.type) {
    case 'open':
      return {
        type: 'OpenChat',
        key: request.visitorId,
        customer: request.customer,
        idleMs: request.idleMs,
        enqueue: true,
        requireOperator: true,
        ...(request.dutyManagerId === undefined ? {} : { assignTo: request.dutyManagerId }),
      };
    case 'say':
      return {
        type: 'PostMessage',
        to: { chatId: request.chat.id },
        body: { kind: 'text', text: request.content },
        ifClosed: 'refuse',
        require: 'assignee',
        claim: true,
      };
    case 'mark-read':
      return {
        type: 'Acknowledge',
        to: { chatId: request.chat.id },
        state: 'read',
        what: { messageIds: [request.message.id] },
        bySide: request.message.authorRole === 'customer' ? 'desk' : 'customer',
      };
  }
}

/** What a happening looks like on the channels; nothing for what this protocol has no word for. [CONVEAD channels] */
export function toFrames(event: Happening, view: View, words: Words): readonly Output[] {
  switch (event.type) {
    case 'ChatAssigned':
      // The manager was shown all along: nothing has changed for these clients.
      return event.cause === 'recovered' || event.cause === 'return' ? [] : [conversationFrame(event, words)];
    case 'ChatHandedOver':
      // A hand-over to the queue is followed by the queueing itself.
      return event.to === 'queue' ? [] : [conversationFrame(event, words)];
    case 'ChatQueued':
      return [conversationFrame(event, words)];
    case 'MessagePosted':
      return messageFrames(event, view, words);
    case 'MessageAcknowledged':
      if (event.state !== 'read') return [];
      return [{ kind: 'read-again', chat: event.chat, ranges: event.ranges, beforeNumber: event.number }];
    case 'ParticipantNotified': {
      const visitorId = visitorOf(event.people, event.participantId, words);
      const { kind, content, data, number: id, at } = event;
      return [notificationFrame({ id, visitor_id: visitorId, kind, content, data, read: false, created_at: iso(at) })];
    }
    case 'QueueMoved':
      return view === 'customer' ? placeFrames(event, words) : [];
    default:
      return [];
  }
}

/** Kept nowhere, as any place in a queue. */
function placeFrames({ chat, position, notice }: Extract<Signal, { type: 'QueueMoved' }>, words: Words): Output[] {
  if (notice === undefined) return [];
  const { text: content, at } = notice;
  const about = { id: at, visitor_id: addressIn(chat, words.space), read: false, created_at: iso(at) };
  return [notificationFrame({ ...about, kind: 'queue', content, data: { position } })];
}

/** The state of a conversation on its visitor's service channel. */
export function conversationFrame({ chat, people }: Pick<ChatEvent, 'chat' | 'people'>, words: Words): ChannelFrame {
  const conversation = toConversation(chat, people, words);
  return {
    kind: 'frame',
    channel: serviceChannel(conversation.visitor_id),
    data: { entity: 'conversation', conversation },
  };
}

function messageFrames(event: Extract<ChatEvent, { type: 'MessagePosted' }>, view: View, words: Words): Output[] {
  const { message, chat } = event;
  const visitorId = addressIn(chat, words.space);
  const about = { id: event.number, visitor_id: visitorId, read: false, created_at: iso(event.at) };
  if (message.visibility === 'bot' || message.body.kind === 'custom') return [];
  if (message.body.kind === 'notice') {
    return [notificationFrame({ ...about, kind: 'notice', content: message.body.text, data: null })];
  }
  const channel = conversationChannel(chat.publicNumber);
  const shown: ChannelFrame = { kind: 'frame', channel, data: messagePayload({ event, receipt: null }, words) };
  if (view !== 'customer' || message.authorRole === 'customer') return [shown];
  const data = { conversation_id: chat.publicNumber, message_id: event.number };
  return [shown, { ...notificationFrame({ ...about, kind: 'message', content: null, data }), unlessOn: channel }];
}

function notificationFrame(
  notification: Extract<ConveadPayload, { entity: 'notification' }>['notification'],
): ChannelFrame {
  return {
    kind: 'frame',
    channel: notificationsChannel(notification.visitor_id),
    data: { entity: 'notification', notification },
  };
}

/** The messages of a page that these receipts are about, once more, now read. */
export function readAgainFrames(hole: ReadAgain, entries: readonly TranscriptEntry[], words: Words): ChannelFrame[] {
  const isMeant = ({ event }: TranscriptEntry): boolean =>
    event.type === 'MessagePosted' && rangesInclude(hole.ranges, event.message.seq) && isShown(event.message);
  const channel = conversationChannel(hole.chat.publicNumber);
  return entries.filter(isMeant).map((entry) => ({ kind: 'frame', channel, data: messagePayload(entry, words) }));
}

/** Whether a message stands in the history of this protocol. */
export function isShown(message: Message): boolean {
  return message.visibility !== 'bot' && message.body.kind !== 'notice' && message.body.kind !== 'custom';
}

function messagePayload(entry: TranscriptEntry, words: Words): ConveadPayload {
  return { entity: 'message', message: toMessage(entry, words) };
}

/** `manager_id` follows from who has the word. [CONVEAD Conversation] */
function toConversation(chat: ChatSummary, people: People, words: Words): ConveadConversation {
  const visitorId = addressIn(chat, words.space);
  const manager = managerOf(chat, people, words);
  return {
    id: chat.publicNumber,
    visitor_id: visitorId,
    manager_id: manager?.id ?? null,
    state: chat.status === 'closed' ? 'closed' : 'open',
    visitor: { type: 'visitor', id: visitorId, name: nameOf(people, chat.customerId) },
    manager,
    created_at: iso(chat.openedAt),
    updated_at: iso(chat.changedAt),
    closed_at: chat.closedAt === null ? null : iso(chat.closedAt),
  };
}

function managerOf(chat: ChatSummary, people: People, words: Words): ConveadPerson | null {
  if (controlOf(chat) === 'bot') return { type: 'manager', id: 'bot', name: null };
  if (chat.assigneeId === null) return null;
  return { type: 'manager', id: managerId(people, chat.assigneeId, words), name: nameOf(people, chat.assigneeId) };
}

/** [CONVEAD Message] */
export function toMessage({ event, receipt }: TranscriptEntry, words: Words): ConveadMessage {
  if (event.type !== 'MessagePosted') throw new TypeError(`${event.type} is no message`);
  const { message, chat } = event;
  const sender = senderOf(message, event, words);
  const readAt = receipt?.readAt ?? null;
  const createdAt = iso(event.at);
  return {
    id: event.number,
    conversation_id: chat.publicNumber,
    visitor_id: addressIn(chat, words.space),
    sender_type: sender.type,
    sender_id: sender.id,
    sender,
    content: contentOf(message, words),
    read: receipt?.state === 'read',
    read_at: readAt === null ? null : iso(readAt),
    created_at: createdAt,
    updated_at: readAt === null ? createdAt : iso(readAt),
  };
}

function senderOf(message: Message, { chat, people }: ChatEvent, words: Words): ConveadPerson {
  const { authorId, authorRole, authorName } = message;
  const name = authorName === '' ? null : authorName;
  if (authorRole === 'customer') {
    const isOwner = authorId === null || authorId === chat.customerId;
    return { type: 'visitor', id: isOwner ? addressIn(chat, words.space) : visitorOf(people, authorId, words), name };
  }
  const isPerson = authorRole === 'operator' && authorId !== null;
  return { type: 'manager', id: isPerson ? managerId(people, authorId, words) : 'bot', name };
}

function contentOf(message: Message, words: Words): string {
  const { body } = message;
  if (body.kind === 'image') return pictureText(body, words.linkOf(body.attachmentId));
  return 'text' in body ? body.text : '';
}

function visitorOf(people: People, id: ParticipantId, { space }: Words): string {
  const person = people[id];
  return person === undefined ? id : String(outsideId(person, space, 'customer'));
}

function managerId(people: People, id: ParticipantId, { space }: Words): string | number {
  const person = people[id];
  return person === undefined ? id : outsideId(person, space, 'operator');
}

function nameOf(people: People, id: ParticipantId): string | null {
  const name = people[id]?.name ?? '';
  return name === '' ? null : name;
}

/** Rails prints UTC with milliseconds, as JavaScript does. */
function iso(ms: number): string {
  return new Date(ms).toISOString();
}
