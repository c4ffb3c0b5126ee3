import { controlOf } from '@dragoman/core';
import type {
  ChatEvent,
  ChatSummary,
  Group,
  Message,
  OperatorRecord,
  Participant,
  People,
  Signal,
  TranscriptEntry,
  WorkspaceEvent,
} from '@dragoman/core';
import type { WireChat } from './chat.js';
import { keyIdIn } from './command-id.js';
import type { RecordedEvent, RecordedFacts, RecordedType, SignalEvent, WireOperator, WireRouting } from './event.js';
import type { WireEntry, WireMessage } from './message.js';
import type { WirePerson } from './person.js';

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

/** A place in the log as it stands in envelopes: of one length, so that text order is number order. */
export function sequenceOf(number: number): string {
  return String(number).padStart(16, '0');
}

/** The place that a cursor names; undefined for what is none. */
export function numberIn(sequence: string): number | undefined {
  return /^\d{1,16}$/.test(sequence) && Number.isSafeInteger(Number(sequence)) ? Number(sequence) : undefined;
}

/** Where events of a workspace come from. */
export const sourceOf = (workspaceId: string): string => `urn:dragoman:${workspaceId}`;

export function toPerson(who: Participant): WirePerson {
  const { id, role, name, isSupervisor, isDesk, locale, groups, profile, identities } = who;
  return {
    id,
    role,
    name,
    isSupervisor,
    isDesk,
    locale,
    groups: [...groups],
    profile: { ...profile },
    identities: identities.map(({ space, side, realm, externalId }) => ({ space, side, realm, externalId })),
  };
}

const toPeople = (people: People): Record<string, WirePerson> =>
  Object.fromEntries(Object.entries(people).map(([id, who]) => [id, toPerson(who)]));

export function toChat(chat: ChatSummary): WireChat {
  const { id, version, lastSeq, status, customerId, assigneeId, previousAssigneeId, delegateId } = chat;
  const { locale, subject, displayName, fields, addresses, isBlocked, unreadByDesk, unreadByCustomer } = chat;
  return {
    id,
    version,
    lastSeq,
    status,
    control: controlOf(chat),
    customerId,
    customerIds: [...chat.customerIds],
    memberIds: [...chat.memberIds],
    assigneeId,
    previousAssigneeId,
    delegateId,
    locale,
    groups: [...chat.groups],
    subject,
    displayName,
    fields: { ...fields },
    addresses: { ...addresses },
    isBlocked,
    unreadByDesk,
    unreadByCustomer,
    openedAt: iso(chat.openedAt),
    queuedAt: isoOrNull(chat.queuedAt),
    assignedAt: isoOrNull(chat.assignedAt),
    changedAt: iso(chat.changedAt),
    closedAt: isoOrNull(chat.closedAt),
    closeReason: chat.closeReason,
  };
}

/** A message as the given space reads it: ids that clients of other spaces chose are theirs. */
export function toMessage(chatId: string, message: Message, space: string): WireMessage {
  const { id, seq, clientId, authorId, authorRole, authorName, at, body, visibility } = message;
  return {
    id,
    chatId,
    seq,
    clientId: clientId?.space === space ? clientId.value : null,
    authorId,
    authorRole,
    authorName,
    at: iso(at),
    body,
    visibility,
  };
}

/** A message of a page, with what has become of it; none for a line of the chat's life. */
export function toEntries({ event, receipt }: TranscriptEntry, space: string): readonly WireEntry[] {
  if (event.type !== 'MessagePosted' || receipt === null) return [];
  const { state, deliveredAt, readAt } = receipt;
  return [
    {
      message: toMessage(event.chatId, event.message, space),
      receipt: { state, deliveredAt: isoOrNull(deliveredAt), readAt: isoOrNull(readAt) },
    },
  ];
}

export function toOperator(operator: OperatorRecord): WireOperator {
  const { id, mode, status, isOnline, isRequesting, locales, groups } = operator;
  return { id, mode, status, isOnline, isRequesting, locales: { ...locales }, groups: [...groups] };
}

export function toRouting(routing: {
  readonly isAccepting: boolean;
  readonly groups: readonly Group[];
  readonly locales: { readonly default: string; readonly supported: readonly string[] };
}): WireRouting {
  const { isAccepting, groups, locales } = routing;
  return { isAccepting, groups: [...groups], locales: { default: locales.default, supported: [...locales.supported] } };
}

type Facts = {
  readonly [T in RecordedType]: (event: Extract<ChatEvent, { type: T }>, space: string) => RecordedFacts<T>;
};

const facts: Facts = {
  ChatOpened: ({ customerId, space }) => ({ customerId, space }),
  ChatQueued: ({ cause }) => ({ cause }),
  ChatAssigned: ({ operatorId, fromId, cause, byId }) => ({ operatorId, fromId, cause, byId }),
  ChatMissed: ({ cause }) => ({ cause }),
  ChatAbandoned: ({ operatorId }) => ({ operatorId }),
  ChatHandedOver: ({ to, botId = null, fromId, flow, reason }) => ({ to, botId, fromId, flow, reason }),
  ChatClosed: ({ reason, byId }) => ({ reason, byId }),
  ChatReopened: ({ byId }) => ({ byId }),
  ChatUpdated: () => ({}),
  CustomerBlocked: ({ byId }) => ({ byId }),
  AbsenceNoted: ({ phase, status }) => ({ phase, status }),
  ParticipantJoined: ({ participantId, role }) => ({ participantId, role }),
  ParticipantLeft: ({ participantId, role, cause }) => ({ participantId, role, cause }),
  MessagePosted: ({ message, chatId }, space) => ({ message: toMessage(chatId, message, space) }),
  MessageAcknowledged: ({ side, state, ranges, byId }) => ({
    side,
    state,
    byId,
    ranges: ranges.map(([from, to]) => [from, to]),
  }),
};

function factsOf<T extends RecordedType>(type: T, event: ChatEvent, space: string): RecordedFacts<T> {
  return facts[type](event as Extract<ChatEvent, { type: T }>, space);
}

/** A recorded event as every receiver reads it; ids and names are those of the given space. */
export function toEvent(event: ChatEvent, space: string): RecordedEvent {
  const data = {
    chat: toChat(event.chat),
    people: toPeople(event.people),
    by: { participantId: event.by.participantId, keyId: keyIdIn(event.commandId, space) },
    ...factsOf(event.type, event, space),
  };
  return {
    specversion: '1.0',
    id: event.eventId,
    source: sourceOf(event.workspaceId),
    type: `dragoman.${event.type}`,
    subject: event.chatId,
    time: iso(event.at),
    datacontenttype: 'application/json',
    sequence: sequenceOf(event.number),
    data,
  } as RecordedEvent;
}

/** What an envelope of a signal needs beside the signal: it has no id, time or workspace of its own. */
export interface Occasion {
  readonly id: string;
  readonly at: number;
  readonly workspaceId: string;
}

/** A signal as every receiver reads it; undefined for those that are not told. */
export function toSignal(signal: Signal | WorkspaceEvent, occasion: Occasion): SignalEvent | undefined {
  const about = {
    specversion: '1.0',
    id: occasion.id,
    source: sourceOf(occasion.workspaceId),
    time: iso(occasion.at),
    datacontenttype: 'application/json',
  } as const;
  switch (signal.type) {
    case 'TypingChanged': {
      const { authorId, authorRole, isOn, preview = null, expiresInMs } = signal;
      const [chat, people] = [toChat(signal.chat), toPeople(signal.people)];
      const data = { chat, people, authorId, authorRole, isOn, preview, expiresInMs };
      return { ...about, type: 'dragoman.TypingChanged', subject: signal.chatId, data };
    }
    case 'QueueMoved': {
      const data = { chat: toChat(signal.chat), position: signal.position };
      return { ...about, type: 'dragoman.QueueMoved', subject: signal.chatId, data };
    }
    case 'PresenceChanged': {
      const { participantId, role, isOnline, isUnstable = false } = signal;
      const data = { participantId, role, isOnline, isUnstable };
      return { ...about, type: 'dragoman.PresenceChanged', subject: participantId, data };
    }
    case 'OperatorChanged': {
      const person = signal.people[signal.operator.id];
      if (person === undefined) return undefined;
      const data = { operator: toOperator(signal.operator), person: toPerson(person) };
      return { ...about, type: 'dragoman.OperatorChanged', subject: signal.operator.id, data };
    }
    case 'RoutingConfigured': {
      const data = { routing: toRouting(signal) };
      return { ...about, type: 'dragoman.RoutingConfigured', subject: occasion.workspaceId, data };
    }
    default:
      return undefined;
  }
}
