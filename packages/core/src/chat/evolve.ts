import type { ChatStatus } from '../chat-summary.js';
import type { ChatFact } from '../event.js';
import type { Message } from '../message.js';
import type { ParticipantId } from '../participant.js';
import { acknowledge } from './receipts.js';
import type { Chat, ChatCopy } from './chat.js';
import { copyOf, voiceOf } from './chat.js';

/** The chat after one more fact. Facts of a type it does not know (a newer version wrote them) only count. */
export function evolve(chat: Chat, fact: ChatFact, at: number): Chat {
  const after = copyOf(chat);
  after.version += 1;
  after.leftIds = nobody;
  if (fact.type === 'MessagePosted') post(after, fact.message, at);
  else Object.assign(after, changesBy(chat, fact, at));
  if (after.members !== chat.members) {
    after.memberIds = Object.keys(after.members);
    after.leftIds = chat.memberIds.filter((id) => !(id in after.members));
  }
  return after;
}

const nobody: readonly ParticipantId[] = [];

function changesBy(chat: Chat, fact: ChatFact, at: number): Partial<Chat> {
  switch (fact.type) {
    case 'ChatOpened':
      return opened(fact, at);
    case 'ChatQueued':
      return queued(chat, fact, at);
    case 'ChatAssigned':
      return assigned(chat, fact, at);
    case 'ChatMissed':
      return {
        ...putDown(chat),
        ...to('missed', at),
        place: fact.place,
        priority: fact.priority,
        queuedAt: chat.queuedAt ?? at,
      };
    case 'ChatAbandoned':
      return { ...to('abandoned', at), members: without(chat, fact.operatorId) };
    case 'ChatHandedOver':
      return handedOver(chat, fact, at);
    case 'ChatClosed':
      return {
        ...to('closed', at),
        previousAssigneeId: chat.assigneeId ?? chat.previousAssigneeId,
        closedAt: at,
        closeReason: fact.reason,
        absence: null,
      };
    case 'ChatReopened':
      return {
        ...putDown(chat),
        ...to('new', at),
        members: {},
        closedAt: null,
        closeReason: null,
        place: null,
        queuedAt: null,
      };
    case 'ChatUpdated':
      return updated(chat, fact);
    case 'CustomerBlocked':
      return { isBlocked: true };
    case 'AbsenceNoted':
      return absence(chat, fact, at);
    case 'ParticipantJoined':
      if (fact.role === 'customer') return { customerIds: [...chat.customerIds, fact.participantId] };
      return { members: { ...chat.members, [fact.participantId]: fact.role === 'bot' ? 'bot' : 'operator' } };
    case 'ParticipantLeft':
      return { members: without(chat, fact.participantId) };
    case 'MessageAcknowledged':
      return acknowledge(chat, fact);
    default:
      return {};
  }
}

function to(status: ChatStatus, at: number): Partial<Chat> {
  return { status, before: null, changedAt: at, botAwaitedSince: null };
}

/** The assignee lets go of the chat and his membership with it. */
function putDown(chat: Chat): Partial<Chat> {
  if (chat.assigneeId === null) return {};
  return { assigneeId: null, previousAssigneeId: chat.assigneeId, members: without(chat, chat.assigneeId) };
}

function without(chat: Chat, id: ParticipantId): Chat['members'] {
  if (!(id in chat.members)) return chat.members;
  const { [id]: _, ...rest } = chat.members;
  return rest;
}

function opened(fact: Extract<ChatFact, { type: 'ChatOpened' }>, at: number): Partial<Chat> {
  return {
    ...to('new', at),
    publicNumber: fact.publicNumber,
    customerId: fact.customerId,
    customerIds: [fact.customerId],
    subject: fact.subject,
    displayName: fact.displayName,
    locale: fact.locale,
    groups: fact.groups,
    fields: fact.fields,
    addresses: { [fact.space]: fact.key },
    aways: { [fact.space]: fact.away },
    idleMs: fact.idleMs,
    openedAt: at,
    lastMessageAt: at,
  };
}

function queued(chat: Chat, fact: Extract<ChatFact, { type: 'ChatQueued' }>, at: number): Partial<Chat> {
  return {
    ...putDown(chat),
    ...to('pending', at),
    place: fact.place,
    priority: fact.priority,
    delegateId: fact.delegateId,
    queuedAt: fact.place === chat.place && chat.queuedAt !== null ? chat.queuedAt : at,
  };
}

function assigned(chat: Chat, fact: Extract<ChatFact, { type: 'ChatAssigned' }>, at: number): Partial<Chat> {
  const others = fact.fromId !== null && fact.fromId !== fact.operatorId ? without(chat, fact.fromId) : chat.members;
  return {
    ...to('assigned', at),
    members: { ...others, [fact.operatorId]: 'operator' },
    assigneeId: fact.operatorId,
    previousAssigneeId: chat.assigneeId ?? chat.previousAssigneeId,
    delegateId: fact.operatorId === chat.delegateId ? chat.delegateId : null,
    assignment: fact.assignment,
    assignedAt: at,
    place: null,
    queuedAt: null,
  };
}

function handedOver(chat: Chat, fact: Extract<ChatFact, { type: 'ChatHandedOver' }>, at: number): Partial<Chat> {
  if (fact.to === 'queue') return { ...putDown(chat), wasHandedOver: true };
  const bots = Object.fromEntries(Object.entries(chat.members).filter(([, role]) => role === 'bot'));
  return {
    ...putDown(chat),
    ...to(fact.to === 'bot' ? 'with-bot' : 'released', at),
    members: bots,
    botId: fact.to === 'bot' ? (fact.botId ?? null) : chat.botId,
    wasHandedOver: true,
    place: null,
    queuedAt: null,
  };
}

function updated(chat: Chat, fact: Extract<ChatFact, { type: 'ChatUpdated' }>): Partial<Chat> {
  const { address } = fact;
  return {
    subject: fact.subject ?? chat.subject,
    locale: fact.locale ?? chat.locale,
    groups: fact.groups ?? chat.groups,
    fields: fact.fields ?? chat.fields,
    ...(address && {
      addresses: { ...chat.addresses, [address.space]: address.key },
      aways: { ...chat.aways, [address.space]: address.away },
    }),
  };
}

function absence(chat: Chat, fact: Extract<ChatFact, { type: 'AbsenceNoted' }>, at: number): Partial<Chat> {
  const status: Partial<Chat> =
    fact.status === chat.status
      ? {}
      : {
          status: fact.status,
          before: fact.status === 'customer-disconnected' ? chat.status : null,
          changedAt: at,
          botAwaitedSince: null,
        };
  switch (fact.phase) {
    case 'away':
      return fact.away === null ? status : { ...status, absence: { since: at, hasLeft: false, away: fact.away } };
    case 'left':
      return chat.absence === null ? status : { ...status, absence: { ...chat.absence, hasLeft: true } };
    case 'back':
      return { ...status, absence: null };
  }
}

function post(after: ChatCopy, message: Message, at: number): void {
  const voice = voiceOf(message);
  const asked = after.botAwaitedSince ?? (after.status === 'with-bot' && voice === 'c' ? at : null);
  after.botAwaitedSince = isBotsAnswer(after, message) ? null : asked;
  after.lastSeq = message.seq;
  after.voices += voice;
  after.lastMessageAt = at;
  if (voice === 'c') after.unreadByDesk += 1;
  if (voice === 'd') after.unreadByCustomer += 1;
  if (voice === 'd' && message.authorRole === 'operator') after.lastDeskAt = at;
}

/** Whether these are the words of the bot that has the word, not those of another that looks on. */
function isBotsAnswer(chat: Chat, message: Message): boolean {
  return message.authorRole === 'bot' && (chat.botId ?? message.authorId) === message.authorId;
}
