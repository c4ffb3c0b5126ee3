import type { ChatFact, Group, OpenChat, OperatorRecord, Policies, Rejection, RoutingFact } from '@dragoman/core';
import { defaultPolicies } from '@dragoman/core';
import {
  decide,
  defaultGroup,
  delegateOf,
  duesOf,
  evolve,
  isAnyoneThere,
  isRejection,
  movesBetween,
  newOperator,
  nextForNewcomer,
  nextGrant,
  normalise,
  openChat,
  prospect,
} from '@dragoman/core/domain';
import type { Chat, ChatDecision, Entrance, Scene, Speaker, Trigger } from '@dragoman/core/domain';
import { theSystem } from '@dragoman/core/testing';
import { RoutingAudit } from './routing-audit.js';

export const locales = { default: 'en', supported: ['en', 'fr'] } as const;
export const groups: readonly Group[] = [
  defaultGroup,
  { id: 'vip', name: 'VIP', isExclusive: true },
  { id: 'shoes', name: 'Shoes', isExclusive: false },
];

/** One thing somebody does, as data: what a failing run prints is what happened. */
export type Deed =
  | {
      readonly kind: 'open';
      readonly chat: string;
      readonly command: Omit<OpenChat, 'type' | 'key'>;
      readonly by: Speaker;
    }
  | { readonly kind: 'ask'; readonly chat: string; readonly command: ChatDecision; readonly by: Speaker }
  | { readonly kind: 'grant late'; readonly chat: string; readonly operatorId: string }
  | { readonly kind: 'work'; readonly operatorId: string; readonly changes: Partial<OperatorRecord> }
  | { readonly kind: 'configure'; readonly isAccepting: boolean; readonly groups: readonly Group[] }
  | { readonly kind: 'wait'; readonly chat: string };

/** Chats and their routing driven by the pure rules alone, in the steps the core takes: decide, append, grant. */
export class Desk {
  readonly audit: RoutingAudit;
  readonly #policies: Policies;
  #now = 1_000;

  constructor(policies: Partial<Policies> = {}) {
    this.#policies = { ...defaultPolicies, ...policies };
    this.audit = new RoutingAudit({ isAccepting: true, locales, groups }, policies);
  }

  do(deed: Deed): void {
    switch (deed.kind) {
      case 'open':
        return this.#open(deed.chat, { type: 'OpenChat', key: deed.chat, ...deed.command }, deed.by);
      case 'ask':
        return this.#ask(deed.chat, deed.command, deed.by);
      case 'grant late':
        return this.#grantLate(deed.chat, deed.operatorId);
      case 'work':
        return this.#work(deed.operatorId, deed.changes);
      case 'configure':
        this.#append(
          null,
          [],
          [{ type: 'RoutingConfigured', locales, isAccepting: deed.isAccepting, groups: deed.groups }],
        );
        break;
      case 'wait':
        return this.#wait(deed.chat);
    }
  }

  /** A chat that is closed makes way for the next one under its name, which here has its id too: one less to follow. */
  #open(id: string, command: OpenChat, by: Speaker): void {
    const { shard, chats } = this.audit;
    const current = chats.get(id);
    if (current?.status === 'closed') return;
    const wishes = normalise(shard, command);
    const answer = openChat(
      {
        workspaceId: 'default',
        space: 'web',
        key: id,
        current,
        elsewhere: undefined,
        openCount: 0,
        customerId: `c-${id}`,
        away: { leavesDesk: true, noticeMs: 10, closeMs: 90 },
        fresh: () => ({ chatId: id, publicNumber: 2 ** 41 }),
        wishes,
        isAnyoneThere: isAnyoneThere(shard, wishes),
        nextOperator: nextForNewcomer(shard, wishes)?.id,
      },
      command,
      this.#scene(by),
    );
    if (!isRefused(answer)) this.#change(answer.chat, answer.facts);
  }

  #ask(id: string, command: ChatDecision, by: Speaker): void {
    const chat = this.audit.chats.get(id);
    if (chat === undefined) return;
    const verdict = decide(chat, command, this.#scene(by));
    if (!isRejection(verdict)) this.#change(chat, verdict);
  }

  /** A grant by what routing saw one assignment ago. */
  #grantLate(id: string, operatorId: string): void {
    const chat = this.audit.chats.get(id);
    if (chat === undefined) return;
    const late = { type: 'GrantChat', operatorId, assignment: chat.assignment - 1 } as const;
    const verdict = decide(chat, late, this.#scene(theSystem));
    if (isRejection(verdict) || verdict.length > 0) this.audit.broken.push(`${id} took a grant that came too late`);
  }

  /** Whoever goes leaves his chats; whoever comes has those back that were abandoned. */
  #work(operatorId: string, changes: Partial<OperatorRecord>): void {
    const seat = this.audit.shard.seats.get(operatorId);
    const record = { ...(seat?.record ?? newOperator(operatorId, 'auto', this.audit.shard)), ...changes };
    const held = [...(seat?.slots.keys() ?? [])];
    this.#append(null, [], [{ type: 'OperatorChanged', operator: record }]);
    const isOnline = changes.isOnline ?? null;
    if (isOnline === null) return;
    const command = {
      type: 'NotePresence',
      side: 'operator',
      participantId: operatorId,
      isOnline,
      away: null,
    } as const;
    for (const id of isOnline ? this.audit.chats.keys() : held) this.#ask(id, command, theSystem);
  }

  /** Time passes until everything the chat waits for is due. */
  #wait(id: string): void {
    const chat = this.audit.chats.get(id);
    if (chat === undefined) return;
    for (const [name, { token, dueAt }] of Object.entries(duesOf(chat, this.#policies))) {
      this.#now = Math.max(this.#now, dueAt);
      this.#ask(id, { type: 'FireTimer', name, token }, theSystem);
    }
  }

  #scene(by: Speaker): Scene {
    this.#now += 1;
    const { shard } = this.audit;
    return {
      by,
      now: this.#now,
      policies: this.#policies,
      desk: {
        operator: (id) => shard.seats.get(id)?.record,
        normalise: (wanted) => normalise(shard, wanted),
        nextPlace: shard.nextPlace,
        delegateFor: (chat) => delegateOf(shard, this.#policies.delegations, chat),
      },
    };
  }

  #change(before: Chat, facts: readonly ChatFact[]): void {
    if (facts.length === 0) return;
    this.#append(before.id, facts, this.#movesOf(before, facts));
  }

  #movesOf(before: Chat, facts: readonly ChatFact[]): RoutingFact[] {
    const after = facts.reduce((chat, fact) => evolve(chat, fact, this.#now), before);
    const moves = movesBetween(before, after);
    const grant = facts.findLast((fact) => fact.type === 'ChatAssigned' && fact.cause === 'queue');
    const granted = grant?.type === 'ChatAssigned' ? { operatorId: grant.operatorId, at: this.#now } : null;
    return moves === null ? [] : [{ ...moves, granted }];
  }

  #append(chatId: string | null, chat: readonly ChatFact[], routing: readonly RoutingFact[]): void {
    this.audit.append({ chatId, chat, routing, at: this.#now });
    const { shard } = this.audit;
    const trigger = triggerOf(routing, shard.isAccepting);
    if (trigger === undefined) return;
    let grant = nextGrant(shard, trigger);
    while (grant !== undefined && this.#isGranted(grant.chatId, grant.operatorId)) grant = nextGrant(shard, trigger);
  }

  #isGranted(chatId: string, operatorId: string): boolean {
    const chat = this.audit.chats.get(chatId) ?? prospect(chatId, 'default');
    const command = { type: 'GrantChat', operatorId, assignment: chat.assignment } as const;
    const facts = decide(chat, command, this.#scene(theSystem));
    const isTaken = !isRejection(facts) && facts.length > 0;
    if (isTaken) this.audit.append({ chatId, chat: facts, routing: this.#movesOf(chat, facts), at: this.#now });
    else this.audit.broken.push(`${chatId} did not take its grant`);
    return isTaken;
  }
}

/** Why the queue is served after a change; undefined when nothing moved that matters to it. */
function triggerOf(routing: readonly RoutingFact[], isAccepting: boolean): Trigger | undefined {
  const isRoomier = routing.some((fact) => fact.type !== 'RoutingMoved' || fact.freed.length > 0);
  if (isRoomier && isAccepting) return 'room-gained';
  const isWaiting = routing.some((fact) => fact.type === 'RoutingMoved' && fact.entered.some((one) => !one.isMissed));
  return isWaiting ? 'chat-waits' : undefined;
}

function isRefused(answer: Entrance | Rejection): answer is Rejection {
  return 'code' in answer;
}
