import type { ChatFact, OperatorRecord } from '@dragoman/core';
import {
  decide,
  defaultPolicies,
  delegateOf,
  duesOf,
  emptyShard,
  entryOf,
  evolve,
  evolveShard,
  isRejection,
  loadOf,
  movesBetween,
  newOperator,
  nextGrant,
  nextOperator,
  normalise,
  prospect,
  slotsOf,
} from '@dragoman/core/domain';
import type { Chat, ChatDecision, Policies, Scene, Shard, Speaker, Trigger } from '@dragoman/core/domain';

export const locales = { default: 'en', supported: ['en', 'fr'] } as const;
export const groups = [
  { id: '__default', name: 'Default', isExclusive: false },
  { id: 'vip', name: 'VIP', isExclusive: true },
  { id: 'shoes', name: 'Shoes', isExclusive: false },
] as const;

/** Chats and one shard of routing, driven without any runtime: what the rules alone do. */
export class Desk {
  readonly chats = new Map<string, Chat>();
  readonly shard: Shard = emptyShard({ isAccepting: true, locales, groups });
  readonly policies: Policies;
  /** What broke a rule on the way: grants are judged as they are made. */
  readonly broken: string[] = [];
  #now = 1_000;

  constructor(policies: Partial<Policies> = {}) {
    this.policies = { ...defaultPolicies, ...policies };
  }

  open(id: string, wanted: { locale: string; groups: readonly string[] }): void {
    if (this.chats.has(id)) return;
    const chat = prospect(id, 'default');
    const opened: ChatFact = {
      type: 'ChatOpened',
      customerId: `c-${id}`,
      space: 'web',
      key: id,
      publicNumber: 2 ** 41,
      subject: '',
      displayName: '',
      fields: {},
      away: { leavesDesk: true, noticeMs: 10, closeMs: 90 },
      idleMs: null,
      ...normalise(this.shard, wanted),
    };
    this.#change(chat, [opened]);
    this.ask(id, post, { id: `c-${id}`, role: 'customer', name: '', isSupervisor: false, space: 'web' });
  }

  ask(id: string, command: ChatDecision, by: Speaker): void {
    const chat = this.chats.get(id);
    if (chat === undefined) return;
    const verdict = decide(chat, command, this.#scene(by));
    if (!isRejection(verdict)) this.#change(chat, verdict);
  }

  /** An operator as he is after these changes; whoever goes offline leaves his chats. */
  work(id: string, changes: Partial<OperatorRecord>): void {
    const known = this.shard.seats.get(id)?.record ?? newOperator(id, 'auto', this.shard);
    const slots = [...(this.shard.seats.get(id)?.slots.keys() ?? [])];
    evolveShard(this.shard, { type: 'OperatorChanged', operator: { ...known, ...changes } });
    if (changes.isOnline === false) for (const chatId of slots) this.#present(chatId, id, false);
    if (changes.isOnline === true) for (const chatId of this.chats.keys()) this.#present(chatId, id, true);
    this.#serve('room-gained');
  }

  accept(isAccepting: boolean): void {
    evolveShard(this.shard, { type: 'RoutingConfigured', isAccepting, groups, locales });
    this.#serve('room-gained');
  }

  /** Fires every timer a chat has, in time. */
  wait(id: string): void {
    for (const [name, { token, dueAt }] of Object.entries(
      duesOf(this.chats.get(id) ?? prospect(id, ''), this.policies),
    )) {
      this.#now = Math.max(this.#now, dueAt);
      this.ask(id, { type: 'FireTimer', name, token }, system);
    }
  }

  #present(chatId: string, participantId: string, isOnline: boolean): void {
    this.ask(chatId, { type: 'NotePresence', side: 'operator', participantId, isOnline, away: null }, system);
  }

  #scene(by: Speaker): Scene {
    this.#now += 1;
    return {
      by,
      now: this.#now,
      policies: this.policies,
      desk: {
        operator: (id) => this.shard.seats.get(id)?.record,
        normalise: (wanted) => normalise(this.shard, wanted),
        nextPlace: this.shard.nextPlace,
        delegateFor: (chat) => delegateOf(this.shard, this.policies.delegations, chat),
      },
    };
  }

  #change(before: Chat, facts: readonly ChatFact[]): void {
    const after = facts.reduce((chat, fact) => evolve(chat, fact, this.#now), before);
    this.chats.set(after.id, after);
    const moves = movesBetween(before, after);
    if (moves === null) return;
    const granted = facts.findLast((fact) => fact.type === 'ChatAssigned' && fact.cause === 'queue');
    const operatorId = granted?.type === 'ChatAssigned' ? granted.operatorId : undefined;
    evolveShard(this.shard, { ...moves, granted: operatorId === undefined ? null : { operatorId, at: this.#now } });
    if (moves.freed.length > 0) this.#serve('room-gained');
    if (moves.entered.some((entry) => !entry.isMissed)) this.#serve('chat-waits');
  }

  #serve(trigger: Trigger): void {
    const grant = nextGrant(this.shard, trigger);
    if (grant === undefined) return;
    const chat = this.chats.get(grant.chatId);
    if (chat === undefined) return void this.broken.push('a grant for a chat that is not there');
    this.#judge(chat, grant.operatorId, trigger);
    const facts = decide(
      chat,
      { type: 'GrantChat', operatorId: grant.operatorId, assignment: chat.assignment },
      this.#scene(system),
    );
    if (isRejection(facts) || facts.length === 0) return void this.broken.push('a grant that its chat did not take');
    this.#change(chat, facts);
    this.#serve(trigger);
  }

  /** No grant above capacity but for one request; nobody older of the same wishes is passed over. */
  #judge(chat: Chat, operatorId: string, trigger: Trigger): void {
    const record = this.shard.seats.get(operatorId)?.record;
    const capacity = record?.locales[chat.locale]?.capacity;
    const isFull = capacity !== null && loadOf(this.shard, operatorId, chat.locale) >= (capacity ?? 0);
    if (isFull && record?.isRequesting !== true) this.broken.push(`${operatorId} got a chat above capacity`);
    for (const entry of this.shard.lines.entries.values()) {
      const isEarlier = entry.priority === chat.priority && entry.place < (chat.place ?? 0);
      const isAlike = entry.locale === chat.locale && entry.groups.join() === chat.groups.join();
      if (isEarlier && isAlike && (!entry.isMissed || trigger === 'room-gained'))
        this.broken.push(`${entry.chatId} was passed over`);
    }
  }
}

export const system: Speaker = { id: null, role: 'system', name: '', isSupervisor: false, space: '' };
const post: ChatDecision = {
  type: 'PostMessage',
  to: { key: '' },
  body: { kind: 'text', text: 'hello' },
  ifClosed: 'reopen',
};

/** What must hold after every step, whoever did what. Empty when all of it does. */
export function violations(chats: readonly Chat[], shard: Shard): string[] {
  const found: string[] = [];
  const expectedSlots = new Set<string>();
  for (const chat of chats) {
    const entry = shard.lines.entries.get(chat.id);
    const shouldWait = entryOf(chat) !== undefined;
    if (shouldWait !== (entry !== undefined))
      found.push(`${chat.id} is ${chat.status} and ${entry === undefined ? 'not ' : ''}in the queue`);
    if (entry !== undefined && chat.assigneeId !== null) found.push(`${chat.id} waits and is assigned`);
    if (chat.status === 'assigned' && chat.assigneeId === null) found.push(`${chat.id} is assigned to nobody`);
    for (const slot of slotsOf(chat))
      expectedSlots.add(`${slot.operatorId} ${slot.chatId} ${slot.kind} ${slot.locale}`);
  }
  const slots = [...shard.seats.values()].flatMap((seat) => [...seat.slots.values()]);
  for (const slot of slots) {
    const name = `${slot.operatorId} ${slot.chatId} ${slot.kind} ${slot.locale}`;
    if (!expectedSlots.delete(name)) found.push(`a slot without a membership: ${name}`);
  }
  for (const name of expectedSlots) found.push(`a membership without a slot: ${name}`);
  const inLines = [...shard.lines.byWish.values()].flat();
  if (inLines.length !== shard.lines.entries.size) found.push('the lines and the entries of the queue differ');
  const known = new Set(chats.map((chat) => chat.id));
  for (const id of shard.lines.entries.keys()) if (!known.has(id)) found.push(`${id} waits and does not exist`);
  return found;
}

/** Chats that somebody could take and that wait all the same. */
export function starving(shard: Shard): string[] {
  if (!shard.isAccepting) return [];
  return [...shard.lines.entries.values()]
    .filter((entry) => !entry.isMissed && nextOperator(shard, entry) !== undefined)
    .map((entry) => entry.chatId);
}
