import type { Group, OperatorRecord, QueueEntry } from '@dragoman/core';
import { defaultGroup, emptyShard, evolveShard, newOperator } from '@dragoman/core/domain';
import type { Shard } from '@dragoman/core/domain';

export const locales = { default: 'en', supported: ['en', 'fr', 'pt-BR'] };

export const groups: readonly Group[] = [
  defaultGroup,
  { id: 'shoes', name: 'Shoes', isExclusive: false },
  { id: 'hats', name: 'Hats', isExclusive: false },
  { id: 'vip', name: 'VIP', isExclusive: true },
  { id: 'staff', name: 'Staff', isExclusive: true },
];

/** An operator at work, with how many chats he has already. */
export interface Working extends Partial<OperatorRecord> {
  readonly id: string;
  /** In the locale `en`, unless `locales` is given. Default 3. */
  readonly capacity?: number | null;
  /** Chats of the locale `en`. Default 0. */
  readonly load?: number;
}

/** Routing with these operators and nobody waiting. */
export function shardOf(...operators: readonly Working[]): Shard {
  const shard = emptyShard({ isAccepting: true, groups, locales });
  for (const operator of operators) seat(shard, operator);
  return shard;
}

export function seat(shard: Shard, { capacity = 3, load = 0, ...record }: Working): void {
  const operator: OperatorRecord = {
    ...newOperator(record.id, 'auto', shard),
    isOnline: true,
    status: 'available',
    locales: { en: { capacity, isActive: true } },
    ...record,
  };
  evolveShard(shard, { type: 'OperatorChanged', operator });
  for (let n = 1; n <= load; n++) hold(shard, record.id, `${record.id}-held-${n}`);
}

/** The operator has one more chat. */
export function hold(shard: Shard, operatorId: string, chatId: string, locale = 'en'): void {
  const slot = { operatorId, chatId, locale, kind: 'assignee' } as const;
  evolveShard(shard, { type: 'RoutingMoved', entered: [], left: [], opened: [slot], freed: [], granted: null });
}

/** A chat that waits for anybody who speaks `en`. */
export function waiting(chatId: string, place: number, more: Partial<QueueEntry> = {}): QueueEntry {
  return { chatId, place, priority: 0, locale: 'en', groups: ['__default'], queuedAt: place, isMissed: false, ...more };
}

export function queue(shard: Shard, ...entered: readonly QueueEntry[]): void {
  evolveShard(shard, { type: 'RoutingMoved', entered, left: [], opened: [], freed: [], granted: null });
}
