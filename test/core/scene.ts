import type { ChatFact, Message } from '@dragoman/core';
import { defaultPolicies, evolve, prospect } from '@dragoman/core/domain';
import type { Chat, Policies, Scene, Speaker } from '@dragoman/core/domain';

/** When everything happens that has no time of its own. */
export const noon = Date.UTC(2026, 0, 1, 12);

/** The people of these tests. `olga` and `oscar` work, `offline` is known and away, nobody knows `nobody`. */
export const people = {
  joe: speaker('joe', 'customer'),
  ann: speaker('ann', 'customer'),
  olga: speaker('olga', 'operator'),
  oscar: speaker('oscar', 'operator'),
  offline: speaker('offline', 'operator'),
  busy: speaker('busy', 'operator'),
  desk: speaker('desk', 'operator'),
  bot: speaker('bot', 'bot'),
  agent: speaker('agent', 'bot'),
  monitor: speaker('monitor', 'monitor'),
  system: { id: null, role: 'system', name: 'System', isSupervisor: false, space: '' },
} as const satisfies Record<string, Speaker>;

function speaker(id: string, role: Exclude<Speaker['role'], 'system'>): Speaker & { readonly id: string } {
  return { id, role, name: id, isSupervisor: false, space: 'web' };
}

const operators: Readonly<Record<string, { isOnline: boolean; status: string }>> = {
  olga: { isOnline: true, status: 'available' },
  oscar: { isOnline: true, status: 'reserve' },
  desk: { isOnline: true, status: 'available' },
  busy: { isOnline: true, status: 'unavailable' },
  offline: { isOnline: false, status: 'unavailable' },
};

export interface SceneChanges {
  readonly by?: Speaker;
  readonly now?: number;
  readonly policies?: Partial<Policies>;
  /** Operators who have no session. */
  readonly gone?: readonly string[];
  readonly delegate?: string;
}

export function sceneOf(changes: SceneChanges = {}): Scene {
  return {
    by: changes.by ?? people.system,
    now: changes.now ?? noon,
    policies: { ...defaultPolicies, ...changes.policies },
    desk: {
      operator(id) {
        const known = operators[id];
        return known !== undefined && changes.gone?.includes(id) === true ? { ...known, isOnline: false } : known;
      },
      normalise: ({ locale = 'en-US', groups = ['__default'] }) => ({ locale, groups }),
      nextPlace: 17,
      delegateFor: () => changes.delegate ?? null,
    },
  };
}

/** A chat as these facts leave it, all of them at noon. */
export function chatAfter(...facts: readonly ChatFact[]): Chat {
  return facts.reduce((chat, fact) => evolve(chat, fact, noon), prospect('chat', 'default'));
}

export const opened: ChatFact = {
  type: 'ChatOpened',
  customerId: 'joe',
  space: 'web',
  key: 'joe',
  publicNumber: 2 ** 41,
  subject: '',
  displayName: '',
  locale: 'en-US',
  groups: ['__default'],
  fields: {},
  away: { leavesDesk: true, noticeMs: 10_000, closeMs: 90_000 },
  idleMs: null,
};

export const queued: ChatFact = { type: 'ChatQueued', cause: 'first', place: 3, priority: 0, delegateId: null };
export const missed: ChatFact = { type: 'ChatMissed', cause: 'timeout', place: 3, priority: 0 };
export const abandoned: ChatFact = { type: 'ChatAbandoned', operatorId: 'olga' };
export const closed: ChatFact = { type: 'ChatClosed', reason: 'operator', byId: 'olga' };

export function assigned(operatorId = 'olga', assignment = 1): ChatFact {
  return { type: 'ChatAssigned', operatorId, fromId: null, cause: 'queue', byId: null, assignment };
}

export function handedTo(to: 'bot' | 'queue' | 'customer', fromId: string | null = null): ChatFact {
  return { type: 'ChatHandedOver', to, fromId, flow: null, reason: null };
}

export const gone: ChatFact = {
  type: 'AbsenceNoted',
  phase: 'away',
  status: 'customer-disconnected',
  away: { leavesDesk: true, noticeMs: 10_000, closeMs: 90_000 },
};

export const back: ChatFact = { type: 'AbsenceNoted', phase: 'back', status: 'customer-disconnected', away: null };

export function said(seq: number, authorRole: Message['authorRole'], text = 'hello'): ChatFact {
  const message: Message = {
    id: `chat:${seq}`,
    seq,
    clientId: null,
    authorId: authorRole,
    authorRole,
    authorName: authorRole,
    at: noon,
    claimedAt: null,
    body: { kind: 'text', text },
    extras: null,
    visibility: 'all',
    holdMs: 0,
    variants: {},
  };
  return { type: 'MessagePosted', message };
}
