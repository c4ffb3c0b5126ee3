import type { QueueEntry, RoutingFact, Slot } from '../event.js';
import type { Chat } from './chat.js';

type RoutingMoved = Extract<RoutingFact, { type: 'RoutingMoved' }>;

/** The chat's entry in our queue, as a function of its state; undefined when it does not wait there. */
export function entryOf(chat: Chat): QueueEntry | undefined {
  const isWaiting = chat.status === 'pending' || chat.status === 'missed';
  if (!isWaiting || chat.delegateId !== null || chat.place === null) return undefined;
  return {
    chatId: chat.id,
    place: chat.place,
    priority: chat.priority,
    locale: chat.locale,
    groups: chat.groups,
    queuedAt: chat.queuedAt ?? chat.changedAt,
    isMissed: chat.status === 'missed',
  };
}

/** The operators' memberships the chat counts for; none once it is closed. */
export function slotsOf(chat: Chat): readonly Slot[] {
  if (chat.status === 'closed') return [];
  return Object.keys(chat.members)
    .filter((id) => chat.members[id] === 'operator')
    .map((operatorId) => ({
      operatorId,
      chatId: chat.id,
      locale: chat.locale,
      kind: operatorId === chat.assigneeId ? 'assignee' : 'member',
    }));
}

/** Whether all is the same that an entry and slots are made of. */
function occupyTheSame(a: Chat, b: Chat): boolean {
  return (
    a.status === b.status &&
    a.members === b.members &&
    a.assigneeId === b.assigneeId &&
    a.delegateId === b.delegateId &&
    a.locale === b.locale &&
    a.groups === b.groups &&
    a.place === b.place &&
    a.priority === b.priority &&
    a.queuedAt === b.queuedAt
  );
}

/**
 * What a change of the chat moves in routing: the difference of what it occupied before and after. Because both are
 * functions of the chat, queue and slots can never disagree with it. Null when nothing moves.
 */
export function movesBetween(before: Chat, after: Chat): Omit<RoutingMoved, 'granted'> | null {
  if (occupyTheSame(before, after)) return null;
  const [entryBefore, entryAfter] = [entryOf(before), entryOf(after)];
  const entered = entryAfter !== undefined && !isSame(entryBefore, entryAfter) ? [entryAfter] : [];
  const left = entryBefore !== undefined && entryAfter === undefined ? [before.id] : [];
  const [slotsBefore, slotsAfter] = [slotsOf(before), slotsOf(after)];
  const opened = slotsAfter.filter((slot) => !slotsBefore.some((other) => isSame(other, slot)));
  const freed = slotsBefore
    .filter(
      ({ operatorId, locale }) =>
        !slotsAfter.some((other) => other.operatorId === operatorId && other.locale === locale),
    )
    .map(({ operatorId, chatId }) => ({ operatorId, chatId }));
  if (entered.length + left.length + opened.length + freed.length === 0) return null;
  return { type: 'RoutingMoved', entered, left, opened, freed };
}

function isSame(a: QueueEntry | Slot | undefined, b: QueueEntry | Slot): boolean {
  return a !== undefined && Object.entries(b).every(([key, value]) => sameValue(a[key as keyof typeof a], value));
}

function sameValue(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
