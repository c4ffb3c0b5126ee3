import type { Body, ChatEvent, ChatSummary, ImageBody, Message, ReceiptState, Signal } from '@dragoman/core';
import { inParts, pictureNote } from '@dragoman/core';
import { frameLimits, type MessageStatus } from './frames.js';
import { customerIdOf, nameOf, operatorId, ownerId, programOf, shownTime, ticketIdOf, whoIn } from './ticket.js';

/** A message as everybody receives it: exactly these keys, never null [TK message object]. */
export interface TicketMessage {
  readonly ticketId: string;
  readonly recipientId: string;
  readonly recipientNm: string;
  readonly messageId: string;
  /** Text, or the image in base64. */
  readonly content: string;
  readonly type: 1 | 2;
  readonly encoding: 'utf-8';
  readonly createdAt: string;
  readonly statusId: MessageStatus;
  readonly senderId: string;
  readonly senderNm: string;
  readonly programId: string;
}

/** An image whose bytes have to be fetched: `content` is still empty, `instead` what is said when they are gone. */
export interface PendingImage {
  readonly message: TicketMessage;
  readonly workspaceId: string;
  readonly attachmentId: string;
  readonly instead: string;
}

/** One message of ours may be several here: texts have a limit, images no caption [TKD messages]. */
export type Part = { readonly message: TicketMessage } | { readonly image: PendingImage };

export type Posted = Extract<ChatEvent, { type: 'MessagePosted' }>;

/** What a message is shown with beside itself. */
export interface Shown {
  readonly space: string;
  /** Where the chat stands when it is shown; default: where it stood when the message was said. */
  readonly chat?: ChatSummary;
  /** How far the other side has come; default: nowhere. */
  readonly state?: ReceiptState;
}

/** Bodies that have no form here make no parts. */
export function toParts(event: Posted, shown: Shown): readonly Part[] {
  const { message } = event;
  const base = { ...sharedOf(event, shown), messageId: messageIdOf(message, shown.space) };
  switch (message.body.kind) {
    case 'text':
    case 'notice':
      return inParts(message.body.text, frameLimits.textUnits).map((content, index) => ({
        message: { ...base, messageId: partId(base.messageId, index), content },
      }));
    case 'image':
      return imageParts(base, message.body, event.workspaceId);
    case 'custom':
      return [];
  }
}

/** The id this wire knows a message by: its client's own, else the core's. */
export function messageIdOf({ id, clientId }: Pick<Message, 'id' | 'clientId'>, space: string): string {
  return clientId?.space === space ? String(clientId.value) : id;
}

/** The ids under which a message is shown here, in order. */
export function partIds(event: Posted, space: string): readonly string[] {
  return toParts(event, { space }).map((part) => ('image' in part ? part.image.message : part.message).messageId);
}

/** The id of the message that a part belongs to; undefined: it has not the form of a part. */
export function wholeId(messageId: string): string | undefined {
  return /^(.+)\.(?:\d+|img)$/.exec(messageId)?.[1];
}

export const statusOfState: Readonly<Record<ReceiptState, MessageStatus>> = { sent: 1, delivered: 2, read: 3 };

function imageParts(base: TicketMessage, body: ImageBody, workspaceId: string): readonly Part[] {
  const hasCaption = body.caption !== '';
  const messageId = hasCaption ? `${base.messageId}.img` : base.messageId;
  const image: PendingImage = {
    message: { ...base, messageId, type: 2 },
    workspaceId,
    attachmentId: body.attachmentId,
    instead: pictureNote(body),
  };
  const caption = inParts(body.caption, frameLimits.textUnits).map((content, index) => ({
    message: { ...base, messageId: partId(base.messageId, index), content },
  }));
  return [...(hasCaption ? caption : []), { image }];
}

function partId(messageId: string, index: number): string {
  return index === 0 ? messageId : `${messageId}.${index + 1}`;
}

/** Whatever does not depend on the body; sender and recipient are always the server's word [TK message object]. */
function sharedOf(event: Posted, { space, chat = event.chat, state = 'sent' }: Shown): TicketMessage {
  const { message } = event;
  return {
    ticketId: ticketIdOf(chat, space),
    ...recipientOf(event, chat, space),
    messageId: '',
    content: '',
    type: 1,
    encoding: 'utf-8',
    createdAt: shownTime(message.claimedAt, message.at),
    statusId: statusOfState[state],
    ...senderOf(event, space),
  };
}

const placeMark = '-queue-';

/** Whether it is the id of such a line, which no store knows. */
export function isPlaceNotice(messageId: string): boolean {
  return messageId.includes(placeMark);
}

/** A line of the system that is kept nowhere; undefined: there are no words for it. */
export function toPlaceNotice(
  { chat, people, notice }: Extract<Signal, { type: 'QueueMoved' }>,
  space: string,
): TicketMessage | undefined {
  if (notice === undefined) return undefined;
  const who = whoIn(people);
  return {
    ticketId: ticketIdOf(chat, space),
    recipientId: ownerId(chat, who, space),
    recipientNm: nameOf(who(chat.customerId)),
    messageId: `${chat.id}${placeMark}${notice.at}`,
    content: notice.text,
    type: 1,
    encoding: 'utf-8',
    createdAt: shownTime(null, notice.at),
    statusId: statusOfState.sent,
    ...system,
  };
}

function recipientOf(event: Posted, chat: ChatSummary, space: string) {
  const who = whoIn(event.people);
  if (event.message.authorRole !== 'customer') {
    return { recipientId: ownerId(chat, who, space), recipientNm: nameOf(who(chat.customerId)) };
  }
  const handler = chat.status === 'closed' || chat.assigneeId === null ? undefined : chat.assigneeId;
  if (handler === undefined) return { recipientId: '', recipientNm: '' };
  return { recipientId: operatorId(handler, who, space), recipientNm: nameOf(who(handler)) };
}

const system = { senderId: 'system', senderNm: 'System', programId: '' } as const;

function senderOf({ message, people }: Posted, space: string) {
  const { authorId, authorRole, authorName } = message;
  const author = authorId === null ? undefined : people[authorId];
  if (authorId === null || authorRole === 'system') return system;
  switch (authorRole) {
    case 'customer':
      return {
        senderId: customerIdOf(author, authorId, space),
        senderNm: nameOf(author),
        programId: programOf(author, space),
      };
    case 'operator':
    case 'monitor':
      return {
        senderId: operatorId(authorId, whoIn(people), space),
        senderNm: authorName === '' ? nameOf(author) : authorName,
        programId: '',
      };
    case 'bot':
      return { senderId: 'bot', senderNm: authorName === '' ? 'Bot' : authorName, programId: '' };
  }
}

/** The words of a message, to tell a repetition from another message. */
export function bodyKey(body: Body): string {
  switch (body.kind) {
    case 'text':
      return `1 ${body.text}`;
    case 'image':
      return `2 ${body.attachmentId}`;
    case 'notice':
    case 'custom':
      return body.kind;
  }
}
