import type { Group, OperatorRecord, QueueEntry, RoutingFact, Slot } from '../event.js';
import type { ChatId, ParticipantId } from '../participant.js';
import type { Lines } from './lines.js';
import { enter, leave, noLines } from './lines.js';

/** The group every operator is in who is in no other, and every chat. */
export const defaultGroup: Group = { id: '__default', name: 'Default', isExclusive: false };

/** What an operator's membership in a locale starts with. */
export const defaultCapacity = 3;

/** One operator and the open chats he is a member of. */
export interface Seat {
  record: OperatorRecord;
  /** By chat. */
  readonly slots: Map<ChatId, Slot>;
  /** Number of slots by locale: the load that capacity is held against. */
  readonly loads: Map<string, number>;
}

/**
 * Everything a workspace routes by. Changed in place by `evolveShard`: it is one aggregate however long the queue is, and
 * copying it for each event would make a change cost as much as the queue is long.
 */
export interface Shard {
  version: number;
  isAccepting: boolean;
  groups: readonly Group[];
  locales: { readonly default: string; readonly supported: readonly string[] };
  readonly seats: Map<ParticipantId, Seat>;
  readonly lines: Lines;
  /** The next ticket number. */
  nextPlace: number;
}

export function emptyShard(config: Pick<Shard, 'groups' | 'locales'> & { readonly isAccepting: boolean }): Shard {
  const groups = config.groups.some((group) => group.id === defaultGroup.id)
    ? config.groups
    : [defaultGroup, ...config.groups];
  return { ...config, groups, version: 0, seats: new Map(), lines: noLines(), nextPlace: 1 };
}

/** Puts one more fact into the shard, in place. Facts it does not know only count. */
export function evolveShard(shard: Shard, fact: RoutingFact): void {
  shard.version += 1;
  switch (fact.type) {
    case 'OperatorChanged':
      seatOf(shard, fact.operator).record = fact.operator;
      break;
    case 'RoutingConfigured':
      shard.isAccepting = fact.isAccepting;
      shard.groups = fact.groups;
      shard.locales = fact.locales;
      break;
    case 'RoutingMoved':
      move(shard, fact);
      break;
  }
}

function seatOf(shard: Shard, record: OperatorRecord): Seat {
  const known = shard.seats.get(record.id);
  if (known !== undefined) return known;
  const seat: Seat = { record, slots: new Map(), loads: new Map() };
  shard.seats.set(record.id, seat);
  return seat;
}

function move(shard: Shard, fact: Extract<RoutingFact, { type: 'RoutingMoved' }>): void {
  for (const chatId of fact.left) leave(shard.lines, chatId);
  for (const entry of fact.entered) {
    enter(shard.lines, entry);
    shard.nextPlace = Math.max(shard.nextPlace, entry.place + 1);
  }
  for (const { operatorId, chatId } of fact.freed) vacate(shard, operatorId, chatId);
  for (const slot of fact.opened) occupy(shard, slot);
  if (fact.granted !== null) useGrant(shard, fact.granted);
}

function useGrant(shard: Shard, granted: { readonly operatorId: ParticipantId; readonly at: number }): void {
  const seat = shard.seats.get(granted.operatorId);
  if (seat !== undefined) seat.record = { ...seat.record, isRequesting: false, lastAssignedAt: granted.at };
}

function occupy(shard: Shard, slot: Slot): void {
  vacate(shard, slot.operatorId, slot.chatId);
  const seat = seatOf(shard, shard.seats.get(slot.operatorId)?.record ?? newOperator(slot.operatorId, 'auto', shard));
  seat.slots.set(slot.chatId, slot);
  seat.loads.set(slot.locale, (seat.loads.get(slot.locale) ?? 0) + 1);
}

function vacate(shard: Shard, operatorId: ParticipantId, chatId: ChatId): void {
  const seat = shard.seats.get(operatorId);
  const slot = seat?.slots.get(chatId);
  if (seat === undefined || slot === undefined) return;
  seat.slots.delete(chatId);
  const left = (seat.loads.get(slot.locale) ?? 1) - 1;
  if (left === 0) seat.loads.delete(slot.locale);
  else seat.loads.set(slot.locale, left);
}

/** An operator routing meets for the first time: not working yet. */
export function newOperator(
  id: ParticipantId,
  mode: OperatorRecord['mode'],
  shard: Pick<Shard, 'locales'>,
): OperatorRecord {
  return {
    id,
    mode,
    status: 'unavailable',
    isOnline: false,
    isRequesting: false,
    locales: { [shard.locales.default]: { capacity: mode === 'auto' ? defaultCapacity : null, isActive: true } },
    groups: [defaultGroup.id],
    lastAssignedAt: 0,
  };
}

/** How many open chats of the locale the operator is a member of. */
export function loadOf(shard: Shard, operatorId: ParticipantId, locale: string): number {
  return shard.seats.get(operatorId)?.loads.get(locale) ?? 0;
}

/** The shard as plain JSON, for a snapshot. */
export function packShard(shard: Shard): PackedShard {
  return {
    version: shard.version,
    isAccepting: shard.isAccepting,
    groups: shard.groups,
    locales: shard.locales,
    nextPlace: shard.nextPlace,
    queue: [...shard.lines.entries.values()],
    operators: [...shard.seats.values()].map((seat) => seat.record),
    slots: [...shard.seats.values()].flatMap((seat) => [...seat.slots.values()]),
  };
}

export interface PackedShard extends Pick<Shard, 'version' | 'isAccepting' | 'groups' | 'locales' | 'nextPlace'> {
  readonly queue: readonly QueueEntry[];
  readonly operators: readonly OperatorRecord[];
  readonly slots: readonly Slot[];
}

/** The shard a snapshot was made of. */
export function unpackShard(packed: PackedShard): Shard {
  const shard = emptyShard({ isAccepting: packed.isAccepting, groups: packed.groups, locales: packed.locales });
  for (const record of packed.operators) seatOf(shard, record);
  move(shard, {
    type: 'RoutingMoved',
    entered: packed.queue,
    left: [],
    opened: packed.slots,
    freed: [],
    granted: null,
  });
  shard.version = packed.version;
  shard.nextPlace = packed.nextPlace;
  return shard;
}

/** Whether an operator is there and takes chats. */
export function isWorking(record: OperatorRecord): boolean {
  return record.isOnline && (record.status === 'available' || record.status === 'reserve');
}

/** Whether an operator belongs to a group; everybody who is in none belongs to the default one. */
export function isInGroup(record: OperatorRecord, group: string): boolean {
  return record.groups.includes(group) || (group === defaultGroup.id && record.groups.length === 0);
}
