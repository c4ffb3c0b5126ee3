import { addressIn, type ChatSummary, type Happening, type Lobby, type ParticipantId } from '@dragoman/core';
import { isShown, lookAt, putOperator, putRouting, toAssignee, toRecord, type Sight } from './records.js';
import { createTree, type Change, type Tree } from './tree.js';

/** The state all operators share [HCS state], kept up to date event by event: a change costs what it is large itself. */
export interface Board {
  /** Notes whom and what an event concerns; looks at nothing yet. */
  note(event: Happening): void;
  /** Brings what was noted up to date with the lobby; undefined when nothing that is shown has changed. */
  settle(lobby: Lobby): Change | undefined;
  /** The whole state as of the last `settle`. */
  state(): unknown;
}

/** Starts with everything the lobby holds. */
export function createBoard(lobby: Lobby, space: string): Board {
  return new SharedBoard(lobby, space);
}

/** What the board remembers of a chat beside what it shows. */
interface Trace {
  /** Where it stands in the list; undefined: it is not shown. */
  wireId: string | undefined;
  readonly customerId: ParticipantId | undefined;
  /** Whose load it counts in. */
  helpers: readonly ParticipantId[];
  /** The assignee as he was when he got the chat: later changes do not touch it [HCS chat record]. */
  assignee: { readonly assignment: number; readonly record: unknown } | undefined;
}

class SharedBoard implements Board {
  readonly #space: string;
  readonly #tree: Tree = createTree([
    ['operators', 'identities'],
    ['operators', 'system'],
    ['chatlist'],
    ['groups'],
    ['locales', 'memberships'],
  ]);
  readonly #traces = new Map<string, Trace>();
  readonly #chats: Set<string>;
  readonly #operators = new Set<ParticipantId>();
  /** The chats that are shown, by their customer. */
  readonly #chatsOf = new Map<ParticipantId, Set<string>>();
  #isRoutingNoted = true;
  #snapshot: unknown;

  constructor(lobby: Lobby, space: string) {
    this.#space = space;
    this.#chats = new Set(lobby.chats.keys());
    this.settle(lobby);
  }

  note(event: Happening): void {
    switch (event.type) {
      case 'TypingChanged':
      case 'QueueMoved':
      case 'MessagePosted':
      case 'MessageAcknowledged':
        return;
      case 'OperatorChanged':
      case 'ParticipantUpdated':
        if (event.participantId !== null) this.#notePerson(event.participantId);
        return;
      case 'PresenceChanged':
        this.#operators.add(event.participantId);
        return;
      case 'RoutingConfigured':
        this.#isRoutingNoted = true;
        return;
      default:
        if ('chat' in event) this.#noteChat(event.chat);
    }
  }

  settle(lobby: Lobby): Change | undefined {
    const sight = lookAt(lobby);
    if (this.#isRoutingNoted) {
      putRouting(this.#tree, sight);
      // A group that is new may have its members already.
      for (const id of sight.operators.keys()) this.#operators.add(id);
    }
    for (const id of this.#operators) putOperator(this.#tree, sight, id, this.#space);
    for (const id of this.#chats) this.#putChat(sight, id);
    this.#isRoutingNoted = false;
    this.#operators.clear();
    this.#chats.clear();
    const change = this.#tree.takeChange();
    if (change !== undefined) this.#snapshot = undefined;
    return change;
  }

  state(): unknown {
    return (this.#snapshot ??= this.#tree.toJson());
  }

  /** An operator stands in the list of operators, a customer in his chats. */
  #notePerson(id: ParticipantId): void {
    this.#operators.add(id);
    for (const chatId of this.#chatsOf.get(id) ?? []) this.#chats.add(chatId);
  }

  /** Whoever helped until now, or helps from now on, has another load. */
  #noteChat(chat: ChatSummary): void {
    this.#chats.add(chat.id);
    const trace = this.#traceOf(chat.id);
    for (const id of [...trace.helpers, ...chat.memberIds]) this.#operators.add(id);
    trace.helpers = chat.memberIds;
    this.#traces.set(chat.id, trace);
  }

  #putChat(sight: Sight, id: string): void {
    const chat = sight.chats.get(id);
    const trace = this.#traceOf(id);
    const listed = chat !== undefined && isShown(chat) ? addressIn(chat, this.#space) : undefined;
    if (trace.wireId !== undefined && trace.wireId !== listed) this.#tree.put(['chatlist', trace.wireId], undefined);
    if (chat === undefined || listed === undefined) return this.#forget(id, trace);
    if (trace.assignee?.assignment !== chat.assignment) {
      trace.assignee = { assignment: chat.assignment, record: toAssignee(chat, sight, this.#space) };
    }
    this.#chatsOf.set(chat.customerId, (this.#chatsOf.get(chat.customerId) ?? new Set()).add(id));
    this.#traces.set(id, { ...trace, wireId: listed, helpers: chat.memberIds, customerId: chat.customerId });
    const assignee = chat.assigneeId === null ? null : trace.assignee.record;
    this.#tree.put(['chatlist', listed], toRecord(chat, assignee, sight, this.#space));
  }

  #forget(id: string, { customerId }: Trace): void {
    this.#traces.delete(id);
    if (customerId === undefined) return;
    const chats = this.#chatsOf.get(customerId);
    chats?.delete(id);
    if (chats?.size === 0) this.#chatsOf.delete(customerId);
  }

  #traceOf(id: string): Trace {
    return this.#traces.get(id) ?? { wireId: undefined, customerId: undefined, helpers: [], assignee: undefined };
  }
}
