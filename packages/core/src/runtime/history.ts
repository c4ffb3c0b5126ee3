import type { Chat } from '../chat/chat.js';
import { prospect } from '../chat/chat.js';
import { evolve } from '../chat/evolve.js';
import type { ChatEvent, ChatFact } from '../event.js';
import type { ChatId, Participant, ParticipantId, People } from '../participant.js';
import type { Store, StoredEvent } from '../store.js';
import { streams } from '../store.js';
import { deliverable } from './deliverable.js';
import type { Heads } from './heads.js';
import { markEvery, Marks, type ToldSoFar } from './marks.js';
import { Recent } from './recent.js';
import { Turns } from './turns.js';

/** Chats whose marks are kept. */
const keptChats = 1_000;

/** A run of a chat's events, read when it is asked for, and how the chat stood before and after it. */
export interface Piece {
  readonly before: ToldSoFar;
  readonly after: ToldSoFar;
  events(): Promise<readonly ChatEvent[]>;
}

/** A chat, whom it named, and what happened in it, newest piece first. Version 0: there is no such chat. */
export interface Reading {
  readonly chat: Chat;
  readonly people: People;
  readonly pieces: Iterable<Piece>;
}

/** What happened in one chat, as it would be delivered now: for transcripts, for what was missed, for repeats. */
export class ChatHistory {
  readonly #heads: Heads;
  readonly #store: Store;
  readonly #stream: string;
  readonly #untold: ToldSoFar;
  readonly #marks = new Marks();
  readonly #turns = new Turns();
  /** As far as the log's readers have come. */
  #newest: ToldSoFar | undefined;

  constructor(heads: Heads, store: Store, chatId: ChatId) {
    this.#heads = heads;
    this.#store = store;
    this.#stream = streams.chat(heads.workspaceId, chatId);
    this.#untold = { chat: prospect(chatId, heads.workspaceId), named: new Set(), number: 0 };
  }

  /** Events after a version, up to another one, both of them versions; default: the newest. */
  async after(version: number, upTo: number = Infinity): Promise<ChatEvent[]> {
    const found: ChatEvent[] = [];
    for await (const { events } of this.#walk(this.#before(version), upTo)) found.push(...events);
    return found.filter((event) => event.version > version);
  }

  /** The chat as it stands, and what happened in it. Of that only the newest piece has been read by then. */
  read(): Promise<Reading> {
    // The first one leaves marks for the others, who come at once after a start.
    return this.#turns.take('read', () => this.#read());
  }

  async #read(): Promise<Reading> {
    let [before, newest]: [ToldSoFar, readonly ChatEvent[]] = [this.#before(Infinity), []];
    let told: Told = { events: [], people: {}, after: before };
    for await (told of this.#walk(before, Infinity)) {
      const mark = this.#before(told.after.chat.version);
      if (mark.chat.version > before.chat.version) before = mark;
      const { version } = before.chat;
      newest = [...newest, ...told.events].filter((event) => event.version > version);
    }
    const { after, people } = told;
    return { chat: after.chat, people, pieces: this.#pieces({ before, after, events: async () => newest }) };
  }

  /** What comes next of the chat in the log. */
  async next(stored: readonly StoredEvent[]): Promise<readonly ChatEvent[]> {
    const version = (stored[0]?.version ?? 1) - 1;
    const before = this.#newest?.chat.version === version ? this.#newest : await this.#toldUpTo(version);
    const { events, after } = await tell(this.#heads, before, stored);
    this.#newest = after;
    return events;
  }

  *#pieces(newest: Piece): Generator<Piece> {
    let { before } = newest;
    yield newest;
    while (before.chat.version > 0) {
      const after = before;
      before = this.#before(after.chat.version - 1);
      const { version } = before.chat;
      yield { before, after, events: () => this.after(version, after.chat.version) };
    }
  }

  #before(version: number): ToldSoFar {
    return this.#marks.before(version) ?? this.#untold;
  }

  async #toldUpTo(version: number): Promise<ToldSoFar> {
    let told = this.#before(version);
    for await (const { after } of this.#walk(told, version)) told = after;
    return told;
  }

  /** Tells the chat from there on, as much at once as lies between two marks, and leaves marks on the way. */
  async *#walk(from: ToldSoFar, upTo: number): AsyncGenerator<Told> {
    for (let before = from; before.chat.version < upTo;) {
      const { version } = before.chat;
      const limit = Math.min(upTo - version, markEvery - (version % markEvery));
      const stored = await this.#store.readStream(this.#stream, version + 1, limit);
      const told = await tell(this.#heads, before, stored);
      this.#marks.add(told.after);
      yield told;
      if (told.events.length < limit) return;
      before = told.after;
    }
  }
}

/** The histories of a workspace's chats. */
export class Histories {
  readonly #heads: Heads;
  readonly #store: Store;
  readonly #kept = new Recent<ChatId, ChatHistory>(keptChats);

  constructor(heads: Heads, store: Store) {
    this.#heads = heads;
    this.#store = store;
  }

  of(chatId: ChatId): ChatHistory {
    const known = this.#kept.get(chatId);
    if (known !== undefined) return known;
    const history = new ChatHistory(this.#heads, this.#store, chatId);
    this.#kept.set(chatId, history);
    return history;
  }

  /** What was read of a chat is not what lies there any more. */
  forget(chatId: ChatId): void {
    this.#kept.delete(chatId);
  }
}

interface Told {
  readonly events: readonly ChatEvent[];
  readonly people: People;
  readonly after: ToldSoFar;
}

async function tell(heads: Heads, before: ToldSoFar, stored: readonly StoredEvent[]): Promise<Told> {
  const named = new Set([...before.named, ...stored.flatMap(idsIn)]);
  // Looked up each time: they are shown as they are called now.
  const people = await peopleOf(heads, named);
  let { chat } = before;
  const events = stored.map((event): ChatEvent => {
    const fact = event.fact as ChatFact;
    chat = evolve(chat, fact, event.at);
    return deliverable(event, fact, chat, people);
  });
  return { events, people, after: { chat, named, number: stored.at(-1)?.position ?? before.number } };
}

async function peopleOf(heads: Heads, ids: Iterable<ParticipantId>): Promise<People> {
  const found: Record<ParticipantId, Participant> = {};
  for (const id of ids) {
    const person = heads.operators.get(id) ?? (await heads.loadPerson(id))?.participant;
    if (person !== undefined) found[id] = person;
  }
  return found;
}

function idsIn({ fact, by }: StoredEvent): ParticipantId[] {
  const ids: (ParticipantId | null)[] = [by.participantId];
  if ('customerId' in fact) ids.push(fact.customerId);
  if ('operatorId' in fact) ids.push(fact.operatorId);
  if ('participantId' in fact) ids.push(fact.participantId);
  if (fact.type === 'MessagePosted') ids.push(fact.message.authorId);
  return ids.filter((id) => id !== null);
}
