import type { ChatFact } from '@dragoman/core';
import { neverAway } from '@dragoman/core';
import type { Doorway } from '@dragoman/core/domain';

/** What is known around the name `visitor` in the space `web`. */
export function doorway(more: Partial<Doorway> = {}): Doorway {
  return {
    workspaceId: 'default',
    space: 'web',
    key: 'visitor',
    current: undefined,
    elsewhere: undefined,
    openCount: 0,
    customerId: 'ann',
    away: neverAway,
    fresh: () => ({ chatId: 'fresh', publicNumber: 2 ** 40 }),
    wishes: { locale: 'en-US', groups: ['__default'] },
    isAnyoneThere: true,
    nextOperator: undefined,
    ...more,
  };
}

export function typesOf(facts: readonly ChatFact[]): string[] {
  return facts.map((fact) => fact.type);
}
