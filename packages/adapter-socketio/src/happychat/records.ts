import type { ChatSummary, Lobby, OperatorRecord, ParticipantId } from '@dragoman/core';
import { toChat, toFullUser, wireId } from './people.js';
import { isUnderWay, statusForOperators } from './status.js';
import type { Tree } from './tree.js';

/** What the wire shows for a capacity without limit, which it has no word for. */
export const unlimitedCapacity = 1000;

/** What of a lobby is shown here, looked at once: some of it is made when it is asked for. */
export type Sight = Omit<Lobby, 'queue'>;

export function lookAt(lobby: Lobby): Sight {
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

/** Whether operators see the chat in their list. */
export function isShown(chat: ChatSummary): boolean {
  return isUnderWay(statusForOperators(chat.status));
}

/** Groups, locales and acceptance. */
export function putRouting(tree: Tree, lobby: Sight): void {
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

/** One operator wherever he stands: identity, locales, groups. */
export function putOperator(tree: Tree, lobby: Sight, id: ParticipantId, space: string): void {
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
export function toRecord(chat: ChatSummary, assignee: unknown, lobby: Sight, space: string): readonly unknown[] {
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
export function toAssignee(chat: ChatSummary, lobby: Sight, space: string): unknown {
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
