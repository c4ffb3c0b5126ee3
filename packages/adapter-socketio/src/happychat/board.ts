import {
  addressIn,
  type ChatSummary,
  type Happening,
  type Lobby,
  type OperatorRecord,
  type ParticipantId,
} from '@dragoman/core';
import { toChat, toFullUser, wireId } from './people.js';
import { isUnderWay, statusForOperators } from './status.js';
import { createTree, type Change, type Tree } from './tree.js';

/** What the wire shows for a capacity without limit, which it has no word for. */
export const unlimitedCapacity = 1000;

/** The state all operators share [HCS state], kept up to date event by event: a change costs what it is large itself. */
export interface Board {
  /** Notes whom and what an event concerns; looks at nothing yet. */
  note(event: Happening): void;
  /** Brings what was noted up to date with the lobby; undefined when nothing that is shown has changed. */
  settle(lobby: Lobby): Change | undefined;
  /** The whole state as of the last `settle`. */
  state(): unknown;
}

/** What the board remembers of a chat beside what it shows. */
interface Trace {
  /** Where it stands in the list; undefined: it is not shown. */
  wireId: string | undefined;
  /** Whose load it counts in. */
  helpers: readonly ParticipantId[];
  /** The assignee as he was when he got the chat: later changes do not touch it [HCS chat record]. */
  assignee: { readonly assignment: number; readonly record: unknown } | undefined;
}

/** Starts with everything the lobby holds. */
export function createBoard(lobby: Lobby, space: string): Board {
  const tree = createTree([
    ['operators', 'identities'],
    ['operators', 'system'],
    ['chatlist'],
    ['groups'],
    ['locales', 'memberships'],
  ]);
  const traces = new Map<string, Trace>();
  const dirtyChats = new Set<string>(lobby.chats.keys());
  const dirtyOperators = new Set<ParticipantId>(lobby.operators.keys());
  let isRoutingDirty = true;
  let snapshot: unknown;

  function settle(now: Lobby): Change | undefined {
    const from = lookAt(now);
    if (isRoutingDirty) putRouting(tree, from);
    for (const id of dirtyOperators) putOperator(tree, from, id, space);
    for (const id of dirtyChats) putChat(from, id);
    isRoutingDirty = false;
    dirtyOperators.clear();
    dirtyChats.clear();
    const change = tree.takeChange();
    if (change !== undefined) snapshot = undefined;
    return change;
  }

  function putChat(from: Sight, id: string): void {
    const chat = from.chats.get(id);
    const trace = traces.get(id) ?? { wireId: undefined, helpers: [], assignee: undefined };
    const listed = chat !== undefined && isShown(chat) ? addressIn(chat, space) : undefined;
    if (trace.wireId !== undefined && trace.wireId !== listed) tree.put(['chatlist', trace.wireId], undefined);
    trace.wireId = listed;
    if (chat === undefined || listed === undefined) {
      traces.delete(id);
      return;
    }
    traces.set(id, trace);
    trace.helpers = chat.memberIds;
    if (trace.assignee?.assignment !== chat.assignment) {
      trace.assignee = { assignment: chat.assignment, record: toAssignee(chat, from, space) };
    }
    tree.put(
      ['chatlist', listed],
      toRecord(chat, chat.assigneeId === null ? null : trace.assignee.record, from, space),
    );
  }

  function noteChat(chat: ChatSummary): void {
    dirtyChats.add(chat.id);
    const trace = traces.get(chat.id) ?? { wireId: undefined, helpers: [], assignee: undefined };
    for (const id of [...trace.helpers, ...chat.memberIds]) dirtyOperators.add(id);
    trace.helpers = chat.memberIds;
    traces.set(chat.id, trace);
  }

  settle(lobby);

  return {
    note(event) {
      switch (event.type) {
        case 'TypingChanged':
        case 'QueueMoved':
        case 'MessagePosted':
        case 'MessageAcknowledged':
          return;
        case 'OperatorChanged':
        case 'ParticipantUpdated':
          if (event.participantId !== null) dirtyOperators.add(event.participantId);
          return;
        case 'PresenceChanged':
          dirtyOperators.add(event.participantId);
          return;
        case 'RoutingConfigured':
          isRoutingDirty = true;
          return;
        default:
          if ('chat' in event) noteChat(event.chat);
      }
    },
    settle,
    state: () => (snapshot ??= tree.toJson()),
  };
}

/** What of a lobby is shown here, looked at once: some of it is made when it is asked for. */
type Sight = Omit<Lobby, 'queue'>;

function lookAt(lobby: Lobby): Sight {
  const { chats, operators, groups, locales, isAccepting } = lobby;
  return {
    chats,
    operators,
    groups,
    locales,
    isAccepting,
    person: (id) => lobby.person(id),
    load: (id, locale) => lobby.load(id, locale),
  };
}

function isShown(chat: ChatSummary): boolean {
  return isUnderWay(statusForOperators(chat.status));
}

function putRouting(tree: Tree, lobby: Sight): void {
  tree.put(['operators', 'system', 'acceptsCustomers'], lobby.isAccepting);
  tree.put(['locales', 'defaultLocale'], lobby.locales.default);
  tree.put(['locales', 'supported'], lobby.locales.supported);
  const kept = new Set(lobby.groups.map((group) => group.id));
  for (const id of tree.keys(['groups'])) if (!kept.has(id)) tree.put(['groups', id], undefined);
  for (const group of lobby.groups) {
    tree.put(['groups', group.id, 'id'], group.id);
    tree.put(['groups', group.id, 'name'], group.name);
    tree.put(['groups', group.id, 'exclusive'], group.isExclusive || undefined);
  }
}

function putOperator(tree: Tree, lobby: Sight, id: ParticipantId, space: string): void {
  const operator = lobby.operators.get(id);
  const who = lobby.person(id);
  if (operator === undefined || who === undefined) return;
  const key = String(wireId(who, space));
  tree.put(['operators', 'identities', key], toIdentity(operator, lobby, space));
  for (const locale of Object.keys(operator.locales)) {
    tree.put(['locales', 'memberships', locale, key], toMembership(operator, locale, lobby));
  }
  for (const group of lobby.groups) {
    tree.put(['groups', group.id, 'members', key], operator.groups.includes(group.id) || undefined);
  }
}

/** An operator as every operator sees him: all his own facts, and how he works [HCS state]. */
export function toIdentity(operator: OperatorRecord, lobby: Sight, space: string): Readonly<Record<string, unknown>> {
  return {
    ...toFullUser(lobby.person(operator.id), space),
    online: operator.isOnline,
    requestingChat: operator.isRequesting,
    status: operator.status,
  };
}

interface HappychatMembership {
  readonly capacity: number;
  /** Open chats of this locale in which the operator is a member. */
  readonly load: number;
  readonly active: boolean;
}

function toMembership(operator: OperatorRecord, locale: string, lobby: Sight): HappychatMembership {
  const membership = operator.locales[locale];
  return {
    capacity: membership?.capacity ?? unlimitedCapacity,
    load: lobby.load(operator.id, locale),
    active: membership?.isActive ?? false,
  };
}

/** The chat record: a list with fixed places [HCS chat record]. */
function toRecord(chat: ChatSummary, assignee: unknown, lobby: Sight, space: string): readonly unknown[] {
  const shown = toChat(chat, lobby.person(chat.customerId), space);
  const members = chat.memberIds.flatMap((id) => {
    const who = lobby.person(id);
    return who?.role === 'operator' ? [[String(wireId(who, space)), true] as const] : [];
  });
  return [
    statusForOperators(chat.status),
    shown,
    assignee,
    // An assignment does not touch the time; before it the chat was waiting.
    chat.status === 'assigned' ? (chat.queuedAt ?? chat.openedAt) : chat.changedAt,
    Object.fromEntries(members),
    shown.locale ?? null,
    shown.groups ?? null,
  ];
}

/** The assignee with his numbers from just before this chat [HCS operator record]. */
function toAssignee(chat: ChatSummary, lobby: Sight, space: string): unknown {
  if (chat.assigneeId === null) return null;
  const operator = lobby.operators.get(chat.assigneeId);
  if (operator === undefined) return toFullUser(lobby.person(chat.assigneeId), space);
  const { capacity, load, active } = toMembership(operator, chat.locale, lobby);
  const before = chat.memberIds.includes(operator.id) ? Math.max(0, load - 1) : load;
  const free = capacity - before;
  return {
    ...toIdentity(operator, lobby, space),
    capacity,
    load: before,
    active,
    percentAvailable: capacity === 0 ? 0 : free / capacity,
    totalAvailable: free,
  };
}
