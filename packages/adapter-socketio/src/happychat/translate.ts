import type { ChatEvent, Happening, ParticipantId, RejectionCode, Signal, View } from '@dragoman/core';
import { addressIn, draftText } from '@dragoman/core';
import type { Frame } from '../transport.js';
import {
  toAgentMessage,
  toCustomerLines,
  toDeskLines,
  toMessage,
  toSeconds,
  type HappychatMessage,
  type Surface,
} from './messages.js';
import { systemUser, toChat, toFullUser, toUser, type HappychatChat } from './people.js';
import { statusForCustomer } from './status.js';

/** One thing to say to some of those who hear an event. */
export type Outgoing = {
  /** Absent: everybody who hears the event in this view. */
  readonly only?: ParticipantId;
  readonly except?: ParticipantId;
} & (
  | { readonly frame: Frame }
  /** The chat's log as of that version: asked for when it is written, and later frames wait behind it. */
  | { readonly history: { readonly chatId: string; readonly wireId: string; readonly upToVersion: number } }
);

/** What an event says to those who hear it in this view; nothing for views and events without a word here. */
export function toFrames(event: Happening, view: View, on: Surface): readonly Outgoing[] {
  if (event.type === 'AcceptingChanged') return view === 'customer' ? [say('accept', event.canAccept)] : [];
  if (event.type === 'TypingChanged') return toTypingFrames(event, view, on);
  if (event.type === 'QueueMoved') return view === 'customer' ? toPlaceFrames(event, on) : [];
  if (!('chat' in event)) return [];
  switch (view) {
    case 'customer':
      return [...toCustomerFrames(event, on), ...toCustomerLines(event, on).map((line) => say('message', line))];
    case 'operator':
      return toOperatorFrames(event, on);
    case 'all':
    case 'bot':
      return toAgentFrames(event, on);
    case 'lobby':
      return [];
  }
}

function toCustomerFrames(event: ChatEvent, on: Surface): readonly Outgoing[] {
  const status = say('status', statusForCustomer(event.chat.status));
  switch (event.type) {
    case 'ChatAssigned':
      // The way through the queue shows a word of its own; it is never a state [HCS transitions].
      return event.cause === 'queue' ? [say('status', 'assigning'), status] : [status];
    case 'ChatQueued':
    case 'ChatMissed':
    case 'ChatAbandoned':
    case 'ChatClosed':
      return [status];
    case 'ChatHandedOver':
      return event.to === 'queue' ? [] : [status];
    case 'AbsenceNoted':
      return event.phase === 'left' ? [] : [status];
    case 'CustomerBlocked':
      return [say('accept', false)];
    case 'MessagePosted': {
      const message = toMessage(event, 'customer', on);
      return message === undefined ? [] : [say('message', message)];
    }
    case 'ChatOpened':
    case 'ChatReopened':
    case 'ChatUpdated':
    case 'ParticipantJoined':
    case 'ParticipantLeft':
    case 'MessageAcknowledged':
      return [];
  }
}

function toOperatorFrames(event: ChatEvent, on: Surface): readonly Outgoing[] {
  const lines = toDeskLines(event, on).map((line) => ({ ...toChatMessage(event, line, on), ...exceptFormer(event) }));
  switch (event.type) {
    case 'ChatAssigned':
      return [...openFor(event.operatorId, event, on), ...lines];
    case 'ParticipantJoined':
      return [...(event.role === 'operator' ? openFor(event.participantId, event, on) : []), ...lines];
    case 'ParticipantLeft':
      if (event.cause === 'gone') return [];
      return [{ ...say('chat.leave', chatOf(event, on)), only: event.participantId }, ...lines];
    case 'ChatClosed':
      return [toChatClose(event, event.byId, on), ...lines];
    case 'ChatHandedOver':
      return [...(event.to === 'customer' ? [toChatClose(event, event.fromId, on)] : []), ...lines];
    case 'MessagePosted': {
      const message = toMessage(event, 'desk', on);
      return message === undefined ? [] : [toChatMessage(event, message, on)];
    }
    default:
      return lines;
  }
}

/** Who has just lost the chat hears of it by the state alone [HCS operator commands]. */
function exceptFormer(event: ChatEvent): { readonly except?: ParticipantId } {
  if (event.type === 'ParticipantLeft') return { except: event.participantId };
  if (event.type !== 'ChatAssigned' && event.type !== 'ChatHandedOver') return {};
  const isFormer = event.fromId !== null && !event.chat.memberIds.includes(event.fromId);
  return isFormer && event.fromId !== null ? { except: event.fromId } : {};
}

function toAgentFrames(event: ChatEvent, on: Surface): readonly Outgoing[] {
  if (event.type === 'MessagePosted') {
    const message = toAgentMessage(event, on);
    return message === undefined ? [] : [say('message', message)];
  }
  return toDeskLines(event, on).map((line) => say('message', { ...line, author_type: 'operator' }));
}

/** Said by the system, and in no log. */
function toPlaceFrames({ chat, notice }: Extract<Signal, { type: 'QueueMoved' }>, on: Surface): readonly Outgoing[] {
  if (notice === undefined) return [];
  const { text, at } = notice;
  const about = { id: `${chat.id}:queue:${at}`, session_id: addressIn(chat, on.space), timestamp: toSeconds(at) };
  return [signal('message', { ...about, text, source: 'operator', user: systemUser } satisfies HappychatMessage)];
}

function toTypingFrames(event: Extract<Signal, { type: 'TypingChanged' }>, view: View, on: Surface): Outgoing[] {
  const stopped = event.extras?.space === on.space && event.extras.data['text'] === false ? false : '';
  // Customers who share a chat do not see each other type, nor themselves [HC customer/typing].
  if (view === 'customer') return event.authorRole === 'customer' ? [] : [signal('typing', event.isOn || stopped)];
  if (view !== 'operator') return [];
  const author = event.people[event.authorId];
  const user = event.authorRole === 'customer' ? toFullUser(author, on.space) : operatorAuthor(author, on);
  // Who cannot show a draft is shown typing all the same.
  const text = event.isOn ? draftText(event) : stopped;
  const said = signal('chat.typing', { id: addressIn(event.chat, on.space) }, user, text);
  // Whoever types in a chat he is not in does not see it either [HC operator/chat.typing].
  return [event.chat.memberIds.includes(event.authorId) ? said : { ...said, except: event.authorId }];
}

/** Operators as they appear to each other beside their words [HC operator/chat.typing]. */
function operatorAuthor(author: Parameters<typeof toUser>[0], on: Surface): Readonly<Record<string, unknown>> {
  const { id, displayName, avatarURL } = toUser(author, on.space);
  return { id, displayName, avatarURL };
}

/** The log stops before the event itself, whose line follows live [HCS order on assignment]. */
function openFor(only: ParticipantId, event: ChatEvent, on: Surface): Outgoing[] {
  const wireId = addressIn(event.chat, on.space);
  return [
    { ...say('chat.open', chatOf(event, on)), only },
    { history: { chatId: event.chatId, wireId, upToVersion: event.version - 1 }, only },
  ];
}

function toChatMessage(event: ChatEvent, message: object, on: Surface): { frame: Frame } {
  return say('chat.message', { id: addressIn(event.chat, on.space) }, message);
}

function chatOf(event: ChatEvent, on: Surface): HappychatChat {
  return toChat(event.chat, event.people[event.chat.customerId], on.space);
}

function toChatClose(event: ChatEvent, byId: ParticipantId | null, on: Surface): { frame: Frame } {
  const by = byId === null ? {} : toFullUser(event.people[byId], on.space);
  return say('chat.close', chatOf(event, on), by);
}

function say(name: string, ...args: readonly unknown[]): { frame: Frame } {
  return { frame: { name, args } };
}

function signal(name: string, ...args: readonly unknown[]): { frame: Frame } {
  return { frame: { name, args, isSignal: true } };
}

const refusals: Readonly<Record<RejectionCode, string | null>> = {
  UNKNOWN_CHAT: 'chat not found',
  UNKNOWN_MESSAGE: null,
  UNKNOWN_PARTICIPANT: null,
  CHAT_CLOSED: null,
  BAD_TRANSITION: null,
  NOT_ALLOWED: 'Remote dispatch not allowed',
  NOT_A_MEMBER: null,
  NOT_ASSIGNEE: null,
  NOT_ASSIGNED: null,
  ALREADY_ASSIGNED: null,
  NO_OPERATOR: null,
  TOO_MANY_CHATS: null,
  EMPTY_MESSAGE: null,
  UNSUPPORTED_BODY: null,
  TOO_LARGE: null,
  TOO_FAST: 'temporarily unavailable',
  ID_CONFLICT: null,
  BUSY: 'temporarily unavailable',
};

/** The text an acknowledgement carries for a refusal; null: this protocol keeps silent. */
export function toRefusal(code: RejectionCode): string | null {
  return refusals[code];
}
