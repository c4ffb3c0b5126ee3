import type { ChatFact, ChatId, OperatorRecord, Policies, QueueEntry, RoutingFact, StoredEvent } from '@dragoman/core';
import { defaultPolicies } from '@dragoman/core';
import {
  duesOf,
  emptyShard,
  entryOf,
  evolve,
  evolveShard,
  isInGroup,
  isWorking,
  loadOf,
  nextOperator,
  prospect,
  slotsOf,
} from '@dragoman/core/domain';
import type { Chat, Shard } from '@dragoman/core/domain';

/** What one append wrote: the facts of at most one chat, and of routing. */
export interface Appended {
  readonly chatId: ChatId | null;
  readonly chat: readonly ChatFact[];
  readonly routing: readonly RoutingFact[];
  /** Ms since epoch. */
  readonly at: number;
}

type Routing = Parameters<typeof emptyShard>[0];

/**
 * Reads what is appended, keeps chats and routing by it, and says what must never be: each grant is judged by what was
 * true before it, everything else by what is true after each append.
 */
export class RoutingAudit {
  readonly chats = new Map<ChatId, Chat>();
  readonly shard: Shard;
  /** What was broken, in words; empty while all is well. */
  readonly broken: string[] = [];
  readonly #workspaceId: string;
  readonly #policies: Policies;

  constructor(routing: Routing, policies: Partial<Policies> = {}, workspaceId = 'default') {
    this.shard = emptyShard(routing);
    this.#policies = { ...defaultPolicies, ...policies };
    this.#workspaceId = workspaceId;
  }

  append({ chatId, chat: facts, routing, at }: Appended): void {
    if (chatId !== null) this.#appendChat(chatId, facts, at);
    for (const fact of routing) evolveShard(this.shard, fact);
    for (const fact of facts) this.broken.push(...this.#stillAsking(fact));
    this.broken.push(...disagreements([...this.chats.values()], this.shard));
  }

  /** Whoever could be served now and is not. Nobody is owed anything while the workspace lets nobody in. */
  starving(): string[] {
    if (!this.shard.isAccepting) return [];
    return [...this.shard.lines.entries.values()]
      .filter((entry) => !entry.isMissed && nextOperator(this.shard, entry) !== undefined)
      .map((entry) => `${entry.chatId} waits and could be served`);
  }

  #appendChat(chatId: ChatId, facts: readonly ChatFact[], at: number): void {
    let chat = this.chats.get(chatId) ?? prospect(chatId, this.#workspaceId);
    for (const fact of facts) {
      if (fact.type === 'ChatAssigned') this.broken.push(...this.#judge(chat, fact));
      chat = evolve(chat, fact, at);
    }
    this.chats.set(chatId, deeplyFrozen(chat));
    const timers = Object.keys(duesOf(chat, this.#policies));
    if (chat.status === 'closed' && timers.length > 0) this.broken.push(`${chatId} is closed and waits for ${timers}`);
  }

  /** A grant uses up the one request of its operator. */
  #stillAsking(fact: ChatFact): string[] {
    if (fact.type !== 'ChatAssigned' || fact.cause !== 'queue') return [];
    const isAsking = this.shard.seats.get(fact.operatorId)?.record.isRequesting === true;
    return isAsking ? [`${fact.operatorId} was granted a chat and still asks for one`] : [];
  }

  #judge(chat: Chat, fact: Extract<ChatFact, { type: 'ChatAssigned' }>): string[] {
    const { id } = chat;
    const who = fact.operatorId;
    if (fact.assignment !== chat.assignment + 1)
      return [`${id} was assigned with number ${fact.assignment} after ${chat.assignment}`];
    if (fact.cause !== 'queue') return [];
    const record = this.shard.seats.get(who)?.record;
    if (record === undefined) return [`${id} was granted to ${who}, whom nobody knows`];
    const passed = this.#olderThan(chat).map((entry) => `${id} was granted to ${who} before ${entry.chatId}`);
    return canBeGiven(this.shard, chat, record)
      ? passed
      : [`${id} was granted to ${who}, who cannot have it`, ...passed];
  }

  /** Those with the same wishes and priority who wait longer; missed ones stand in lines of their own. */
  #olderThan(chat: Chat): QueueEntry[] {
    const own = this.shard.lines.entries.get(chat.id);
    const { place, priority, isMissed } = own ?? { place: this.shard.nextPlace, priority: 0, isMissed: false };
    return [...this.shard.lines.entries.values()].filter(
      (other) =>
        other.place < place &&
        other.priority === priority &&
        other.isMissed === isMissed &&
        other.locale === chat.locale &&
        other.groups.join() === chat.groups.join(),
    );
  }
}

/** At work, in the language and a group of the chat, and with room, or asking for one more. */
function canBeGiven(shard: Shard, chat: Chat, record: OperatorRecord): boolean {
  const membership = record.locales[chat.locale];
  if (record.mode !== 'auto' || !isWorking(record) || membership?.isActive !== true) return false;
  if (!chat.groups.some((group) => isInGroup(record, group))) return false;
  const hasRoom = membership.capacity === null || membership.capacity > loadOf(shard, record.id, chat.locale);
  return hasRoom || record.isRequesting;
}

/** Where queue and slots are not what the chats say, or the chats not what a chat can be. */
export function disagreements(chats: readonly Chat[], shard: Shard): string[] {
  const slots = [...shard.seats.values()].flatMap((seat) => [...seat.slots.values()]);
  const loads = [...shard.seats].flatMap(([id, seat]) => [...seat.loads].map(([locale, n]) => `${id} ${locale} ${n}`));
  const counted = new Map<string, number>();
  for (const { operatorId, locale } of slots) {
    counted.set(`${operatorId} ${locale}`, (counted.get(`${operatorId} ${locale}`) ?? 0) + 1);
  }
  const inLines = [...shard.lines.byWish.values()].flat();
  return [
    ...chats.flatMap(impossible),
    ...difference('a slot', slots, chats.flatMap(slotsOf)),
    ...difference(
      'an entry',
      [...shard.lines.entries.values()],
      chats.map(entryOf).filter((entry) => entry !== undefined),
    ),
    ...difference('a place in a line', inLines, [...shard.lines.entries.values()]),
    ...difference(
      'a load',
      loads,
      [...counted].map(([key, n]) => `${key} ${n}`),
    ),
  ];
}

function impossible(chat: Chat): string[] {
  const isHeld = chat.status === 'assigned' || chat.status === 'abandoned';
  const isFree = chat.status === 'pending' || chat.status === 'missed' || chat.status === 'with-bot';
  const isFound = entryOf(chat) !== undefined;
  const shouldWait = (chat.status === 'pending' || chat.status === 'missed') && chat.delegateId === null;
  return [
    ...(isHeld && chat.assigneeId === null ? [`${chat.id} is ${chat.status} and nobody's`] : []),
    ...(isFree && chat.assigneeId !== null ? [`${chat.id} is ${chat.status} and ${chat.assigneeId}'s`] : []),
    ...(slotsOf(chat).filter((slot) => slot.kind === 'assignee').length > 1 ? [`${chat.id} has two assignees`] : []),
    ...(isFound === shouldWait ? [] : [`${chat.id} is ${chat.status} and ${isFound ? '' : 'not '}queued`]),
  ];
}

function difference(what: string, held: readonly unknown[], wanted: readonly unknown[]): string[] {
  const missing = new Map<string, number>();
  const count = (all: readonly unknown[], by: 1 | -1): void => {
    for (const one of all) {
      const text = JSON.stringify(one);
      missing.set(text, (missing.get(text) ?? 0) + by);
    }
  };
  count(wanted, 1);
  count(held, -1);
  return [...missing].filter(([, n]) => n !== 0).map(([one, n]) => `${what} too ${n > 0 ? 'few' : 'many'}: ${one}`);
}

/** So that whoever changes a state in place is found out. */
function deeplyFrozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deeplyFrozen(part);
  return Object.freeze(value);
}

/** A workspace's events as a store keeps them, in the order of its lane, as the appends they were made by. */
export function appendsOf(events: Iterable<StoredEvent>): Appended[] {
  const together: StoredEvent[][] = [];
  for (const event of events) {
    const last = together.at(-1);
    if (last?.[0]?.commandId === event.commandId) last.push(event);
    else together.push([event]);
  }
  return together.map(appendOf);
}

function appendOf(events: readonly StoredEvent[]): Appended {
  const ofChat = events.filter((event) => event.stream.startsWith('chat/'));
  const ofRouting = events.filter((event) => event.stream.startsWith('routing/'));
  return {
    chatId: ofChat[0]?.stream.split('/').at(-1) ?? null,
    chat: ofChat.map((event) => event.fact as ChatFact),
    routing: ofRouting.map((event) => event.fact as RoutingFact),
    at: events[0]?.at ?? 0,
  };
}
