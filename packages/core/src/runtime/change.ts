import type { Chat } from '../chat/chat.js';
import { duesOf } from '../chat/due.js';
import { evolve } from '../chat/evolve.js';
import { movesBetween } from '../chat/places.js';
import type { Address } from '../address.js';
import { evolveAddress } from '../address.js';
import { evolveAlias } from '../alias.js';
import type { CommandContext } from '../command.js';
import type { ChatFact, Fact, Happening, PersonFact, RoutingFact, WorkspaceEvent } from '../event.js';
import type { Participant, ParticipantId, People } from '../participant.js';
import type { Person } from '../person.js';
import { evolvePerson, updated } from '../person.js';
import type { Policies } from '../policies.js';
import type { Trigger } from '../routing/run.js';
import type { AppendRequest, StoredEvent, StreamWrite, TimerOrder } from '../store.js';
import { streams } from '../store.js';
import { deliverable, envelopeOf } from './deliverable.js';
import type { ChatHead, Heads } from './heads.js';

/** What one command changes, before it is known whether the store takes it. */
export interface Change {
  /** The chat before it, and what happens to it. */
  readonly chat?: { readonly before: ChatHead; readonly facts: readonly ChatFact[] };
  /** Changes of routing beside the moves that follow from the chat. */
  readonly routing?: readonly RoutingFact[];
  readonly people?: readonly { readonly id: ParticipantId; readonly facts: readonly PersonFact[] }[];
  /** Outside names that lead to the chat from now on: streams of addresses and numbers. */
  readonly names?: readonly string[];
  /** The timer of the chat that has fired. */
  readonly fired?: string;
  /** Why the queue is served though nothing moves. */
  readonly serve?: Trigger;
}

/** One stream's part of a change: what is written, and how each stored event is told. */
interface Part {
  readonly write: StreamWrite;
  readonly tell: readonly ((stored: StoredEvent) => Happening | undefined)[];
}

/** A change put into the heads: ready to be appended and told. */
export interface Applied {
  readonly parts: readonly Part[];
  readonly setTimers: readonly TimerOrder[];
  readonly clearTimers: readonly string[];
  readonly chat: Chat | undefined;
  readonly routing: readonly RoutingFact[];
}

/** Puts a change into the heads and says what must be appended for it. */
export function apply(heads: Heads, change: Change, context: CommandContext, policies: Policies): Applied {
  const actor = actorOf(heads, context);
  const chat = change.chat && applyChat(heads, change.chat, context, actor);
  const moves = chat && movesOf(chat, context.at);
  const routing = moves === undefined ? (change.routing ?? none) : [...(change.routing ?? none), moves];
  const parts = chat === undefined || chat.part.write.facts.length === 0 ? [] : [chat.part];
  if (routing.length > 0) parts.push(applyRouting(heads, routing, actor));
  for (const person of change.people ?? none) applyPerson(heads, person, { actor, parts });
  if (chat !== undefined) for (const name of change.names ?? none) parts.push(applyName(heads, name, chat.after.id));
  const timers = chat === undefined ? noTimers : timersOf(heads, chat, policies, change.fired);
  return { parts, setTimers: timers.set, clearTimers: timers.clear, chat: chat?.after, routing };
}

const none: readonly never[] = [];

/** What the store is asked for; undefined when there is nothing to write. */
export function requestOf(
  { parts, setTimers, clearTimers }: Applied,
  context: CommandContext,
  remember?: AppendRequest['remember'],
): AppendRequest | undefined {
  if (parts.length + setTimers.length + clearTimers.length === 0) return undefined;
  const writes = parts.map(({ write }) => write);
  return { context, writes, setTimers, clearTimers, remember: writes.length > 0 ? remember : undefined };
}

interface AppliedChat {
  readonly before: Chat;
  readonly after: Chat;
  readonly facts: readonly ChatFact[];
  readonly part: Part;
}

function applyChat(
  heads: Heads,
  { before, facts }: NonNullable<Change['chat']>,
  context: CommandContext,
  actor: Participant | undefined,
): AppliedChat {
  const people = peopleAfter(heads, before, facts, actor);
  let { chat } = before;
  const tell = facts.map((fact) => {
    const after = evolve(chat, fact, context.at);
    chat = after;
    return (stored: StoredEvent) => deliverable(stored, fact, after, people);
  });
  const { stream } = before;
  if (facts.length > 0) heads.setChat({ chat, people, stream });
  const part: Part = { write: { stream, expectedVersion: before.chat.version, facts }, tell };
  return { before: before.chat, after: chat, facts, part };
}

/** Everybody the facts may name; the same object while nobody is new. */
function peopleAfter(
  heads: Heads,
  before: ChatHead,
  facts: readonly ChatFact[],
  actor: Participant | undefined,
): People {
  let { people } = before;
  const add = (who: Participant | undefined): void => {
    if (who !== undefined && people[who.id] !== who) people = { ...people, [who.id]: who };
  };
  add(actor);
  for (const fact of facts) {
    const id = 'operatorId' in fact ? fact.operatorId : fact.type === 'ChatOpened' ? fact.customerId : undefined;
    if (id !== undefined) add(heads.operators.get(id) ?? heads.person(id)?.participant);
  }
  return people;
}

function movesOf({ before, after, facts }: AppliedChat, at: number): RoutingFact | undefined {
  const moves = movesBetween(before, after);
  if (moves === null) return undefined;
  const granted = facts.findLast((fact) => fact.type === 'ChatAssigned' && fact.cause === 'queue');
  return { ...moves, granted: granted?.type === 'ChatAssigned' ? { operatorId: granted.operatorId, at } : null };
}

function applyRouting(heads: Heads, facts: readonly RoutingFact[], actor: Participant | undefined): Part {
  const expectedVersion = heads.shard.version;
  for (const fact of facts) heads.evolveShard(fact);
  const tell = facts.map((fact) => (stored: StoredEvent) => tellRouting(heads, fact, stored, actor));
  return { write: { stream: streams.routing(heads.workspaceId), expectedVersion, facts }, tell };
}

function tellRouting(
  heads: Heads,
  fact: RoutingFact,
  stored: StoredEvent,
  actor: Participant | undefined,
): WorkspaceEvent | undefined {
  if (fact.type === 'RoutingMoved') return undefined;
  const participantId = fact.type === 'OperatorChanged' ? fact.operator.id : null;
  const operator = participantId === null ? undefined : heads.operators.get(participantId);
  const people = Object.fromEntries([actor, operator].filter((who) => who !== undefined).map((who) => [who.id, who]));
  return { ...fact, ...envelopeOf(stored), participantId, people };
}

function applyPerson(
  heads: Heads,
  { id, facts }: NonNullable<Change['people']>[number],
  { actor, parts }: { readonly actor: Participant | undefined; readonly parts: Part[] },
): void {
  const before = heads.person(id);
  if (before === undefined || before === null || (before.isSaved && facts.length === 0)) return;
  const all = before.isSaved ? facts : [updated(before.participant), ...facts];
  const after = all.reduce(evolvePerson, before);
  heads.setPerson(after);
  const tell = all.map((fact) => (stored: StoredEvent) => tellPerson(fact, stored, after.participant, actor));
  const stream = streams.person(heads.workspaceId, id);
  parts.push({ write: { stream, expectedVersion: before.version, facts: all }, tell });
  if (!before.isSaved) parts.push(...applyAliases(heads, before));
}

/** One that is not in memory any more is bound when he signs in the next time: nobody waits for it. */
function applyAliases(heads: Heads, { participant, aliases }: Person): Part[] {
  return aliases.flatMap((id) => {
    const before = heads.alias(id);
    if (before === undefined) return [];
    const fact = { type: 'AliasBound', participantId: participant.id } as const;
    heads.setAlias(id, evolveAlias(before, fact));
    return [untold({ stream: streams.alias(heads.workspaceId, id), expectedVersion: before.version, facts: [fact] })];
  });
}

function untold(write: StreamWrite): Part {
  return { write, tell: write.facts.map(() => () => undefined) };
}

function tellPerson(
  fact: PersonFact,
  stored: StoredEvent,
  who: Participant,
  actor: Participant | undefined,
): WorkspaceEvent | undefined {
  if (fact.type === 'ChatListed') return undefined;
  const people = { ...(actor && { [actor.id]: actor }), [who.id]: who };
  return { ...fact, ...envelopeOf(stored), participantId: who.id, people };
}

function applyName(heads: Heads, stream: string, chatId: string): Part {
  const before: Address = heads.address(stream) ?? { version: 0, generation: 0, chatId: null };
  const fact: Fact = { type: 'AddressBound', chatId, generation: before.generation + 1 };
  heads.setAddress(stream, evolveAddress(before, fact));
  return untold({ stream, expectedVersion: before.version, facts: [fact] });
}

const noTimers = { set: [] as TimerOrder[], clear: [] as string[] };

/** The difference between the timers the chat had and those it has now. One that fired is set again if it still runs. */
function timersOf(
  heads: Heads,
  { before, after }: AppliedChat,
  policies: Policies,
  fired: string | undefined,
): typeof noTimers {
  const [had, has] = [duesOf(before, policies), duesOf(after, policies)];
  if (had === has && fired === undefined) return noTimers;
  const key = (name: string): string => `${streams.chat(heads.workspaceId, after.id)}/${name}`;
  const set = Object.entries(has)
    .filter(([name, due]) => name === fired || had[name]?.dueAt !== due.dueAt || had[name].token !== due.token)
    .map(([name, due]) => ({ key: key(name), name, ...due, workspaceId: heads.workspaceId, chatId: after.id }));
  const clear = [...new Set([...Object.keys(had), ...(fired === undefined ? [] : [fired])])]
    .filter((name) => !(name in has))
    .map(key);
  return { set, clear };
}

function actorOf(heads: Heads, context: CommandContext): Participant | undefined {
  const id = context.by.participantId;
  return id === null ? undefined : (heads.person(id)?.participant ?? heads.operators.get(id));
}
