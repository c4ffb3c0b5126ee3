import type { ChatId, Fields, MessageId, ParticipantId, Role } from './participant.js';
import type { Ranges } from './ranges.js';

/** Limits of what may be said; a dialect may be narrower, never wider. Lengths in UTF-16 units. */
export const messageLimits = {
  textUnits: 65_536,
  captionUnits: 32_768,
  noticeUnits: 4_000,
  nameUnits: 200,
  extrasBytes: 8_192,
  imageBytes: 5_242_880,
} as const;

/** 1 to 65 536 units as sent: no trimming, no escaping. White space alone is refused EMPTY_MESSAGE. */
export interface TextBody {
  readonly kind: 'text';
  readonly text: string;
}

/** A picture whose bytes lie behind the Attachments port. */
export interface ImageBody {
  readonly kind: 'image';
  readonly attachmentId: string;
  /** `image/jpeg`, `image/png`, `image/gif` or `image/webp`, by magic bytes. */
  readonly mime: string;
  /** Size of the decoded file. */
  readonly bytes: number;
  /** Pixels; null where no header tells. */
  readonly width: number | null;
  readonly height: number | null;
  /** `''` for none. */
  readonly caption: string;
}

/** A line said by the system or by a desk; counts in no unread number. */
export interface NoticeBody {
  readonly kind: 'notice';
  readonly code: string;
  readonly params: Fields;
  readonly text: string;
}

/** Named and opaque: passed only to dialects and bots that declare the name; never turned into text. */
export interface CustomBody {
  readonly kind: 'custom';
  readonly name: string;
  readonly data: Fields;
}

export type Body = TextBody | ImageBody | NoticeBody | CustomBody;

/** An id a client chose for its own message: shown in its own space only, with its JSON type, not unique. */
export interface ClientId {
  readonly space: string;
  readonly value: string | number;
}

/** What a dialect keeps beside a message; goes back to that space only. */
export interface Extras {
  readonly space: string;
  readonly data: Fields;
}

/** The body one side sees where a filter changed it. */
export interface Variant {
  readonly body: Body;
  readonly extras: Extras | null;
}

/** Bodies per destination; absent: unfiltered, null: dropped for that side. */
export type Variants = Readonly<Partial<Record<'customer' | 'desk' | 'all', Variant | null>>>;

/** Who may see a message: everybody; not the customers of other spaces; only the bot. */
export type Visibility = 'all' | 'desk' | 'bot';

/** One thing said in a chat. Its order is `seq`, never a time. */
export interface Message {
  readonly id: MessageId;
  /** 1, 2, 3 … within its chat. */
  readonly seq: number;
  readonly clientId: ClientId | null;
  /** Null: the system. */
  readonly authorId: ParticipantId | null;
  readonly authorRole: Role | 'system';
  /** As it was called when it spoke; a desk gives the name of its agent here. */
  readonly authorName: string;
  /** Ms since epoch by the core's clock. */
  readonly at: number;
  /** The client's own time, shown by dialects that trust it within bounds; never orders. */
  readonly claimedAt: number | null;
  readonly body: Body;
  readonly extras: Extras | null;
  readonly visibility: Visibility;
  /** How long a rendering adapter simulates typing before it shows the message; 0 to 5000. */
  readonly holdMs: number;
  readonly variants: Variants;
}

/** How far the other side has come with a message. */
export type ReceiptState = 'sent' | 'delivered' | 'read';

/** What one side of a chat has received and read of the other side's messages, as sets of seq. Read implies delivered. */
export interface Receipts {
  readonly delivered: Ranges;
  readonly read: Ranges;
}

/** The two sides of a chat: its customers, and everybody who helps. */
export type ChatSide = 'customer' | 'desk';

/** The side an author speaks for. */
export function sideOf(role: Role | 'system'): ChatSide {
  return role === 'customer' ? 'customer' : 'desk';
}

export function messageId(chatId: ChatId, seq: number): MessageId {
  return `${chatId}:${seq}`;
}

/** The parts of a message id; undefined when it has not that form. */
export function parseMessageId(id: MessageId): { chatId: ChatId; seq: number } | undefined {
  const colon = id.lastIndexOf(':');
  const seq = Number(id.slice(colon + 1));
  if (colon < 1 || !Number.isSafeInteger(seq) || seq < 1) return undefined;
  return { chatId: id.slice(0, colon), seq };
}
