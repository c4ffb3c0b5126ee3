import type { Address } from '../address.js';
import { evolveAddress, unbound } from '../address.js';
import type { Alias } from '../alias.js';
import { evolveAlias, noAlias } from '../alias.js';
import type { Chat } from '../chat/chat.js';
import { prospect } from '../chat/chat.js';
import { evolve } from '../chat/evolve.js';
import type { AddressFact, AliasFact, ChatFact, DirectoryFact, PersonFact, RoutingFact } from '../event.js';
import type { ChatId, Participant, ParticipantId, People, WorkspaceId } from '../participant.js';
import type { Person } from '../person.js';
import { evolvePerson } from '../person.js';
import type { PackedShard, Shard } from '../routing/shard.js';
import { emptyShard, evolveShard, packShard, unpackShard } from '../routing/shard.js';
import type { Store, StoredEvent } from '../store.js';
import { chatIdIn, streams } from '../store.js';
import { Recent } from './recent.js';

/** A chat as far as it is decided, and everybody it names. */
export interface ChatHead {
  readonly chat: Chat;
  readonly people: People;
  /** The name of its stream: made once, since each of its events asks for it. */
  readonly stream: string;
}

/**
 * The newest state of every stream of one workspace, as far as it is in memory: what commands are decided by. It runs
 * ahead of the store by the batch in flight; what fails to be stored is dropped here and read again.
 */
export class Heads {
  readonly workspaceId: WorkspaceId;
  readonly #store: Store;
  /** Chats that are not closed: all of them, always. */
  readonly open: Map<ChatId, ChatHead> = new Map();
  /** Everybody routing knows: all of them, always. */
  readonly operators: Map<ParticipantId, Participant> = new Map();
  shard: Shard;
  readonly #freshShard: () => Shard;
  readonly #closed: Recent<ChatId, ChatHead | null>;
  readonly #people: Recent<ParticipantId, Person | null>;
  readonly #addresses: Recent<string, Address>;
  readonly #aliases: Recent<ParticipantId, Alias>;
  /** Open chats by customer. */
  readonly #openOf = new Map<ParticipantId, Set<ChatId>>();

  constructor(
    workspaceId: WorkspaceId,
    store: Store,
    options: { readonly cached: number; readonly shard: Parameters<typeof emptyShard>[0] },
  ) {
    this.workspaceId = workspaceId;
    this.#store = store;
    this.#freshShard = () => emptyShard(options.shard);
    this.shard = this.#freshShard();
    this.#closed = new Recent(options.cached);
    this.#people = new Recent(options.cached);
    this.#addresses = new Recent(options.cached);
    this.#aliases = new Recent(options.cached);
  }

  /** Undefined: not in memory; null: there is none. */
  chat(id: ChatId): ChatHead | null | undefined {
    return this.open.get(id) ?? this.#closed.get(id);
  }

  person(id: ParticipantId): Person | null | undefined {
    return this.#people.get(id);
  }

  address(stream: string): Address | undefined {
    return this.#addresses.get(stream);
  }

  alias(id: ParticipantId): Alias | undefined {
    return this.#aliases.get(id);
  }

  openChatsOf(customerId: ParticipantId): ReadonlySet<ChatId> {
    return this.#openOf.get(customerId) ?? new Set();
  }

  setChat(head: ChatHead): void {
    const { chat } = head;
    const before = this.open.get(chat.id);
    if (chat.status === 'closed') {
      this.open.delete(chat.id);
      this.#closed.set(chat.id, head);
    } else {
      this.#closed.delete(chat.id);
      this.open.set(chat.id, head);
    }
    if (before?.chat.customerIds !== chat.customerIds || chat.status === 'closed') this.#index(chat);
  }

  setPerson(person: Person): void {
    this.#people.set(person.participant.id, person);
    if (this.operators.has(person.participant.id)) this.operators.set(person.participant.id, person.participant);
  }

  setAddress(stream: string, address: Address): void {
    this.#addresses.set(stream, address);
  }

  setAlias(id: ParticipantId, alias: Alias): void {
    this.#aliases.set(id, alias);
  }

  evolveShard(fact: RoutingFact): void {
    evolveShard(this.shard, fact);
  }

  /** Forgets what these streams were thought to hold. */
  async forget(streamNames: ReadonlySet<string>): Promise<void> {
    for (const stream of streamNames) {
      const [kind] = stream.split('/', 1);
      const id = stream.slice(stream.lastIndexOf('/') + 1);
      if (kind === 'chat') await this.#reloadChat(id);
      if (kind === 'person') this.#people.delete(id);
      if (kind === 'alias') this.#aliases.delete(id);
      this.#addresses.delete(stream);
    }
    if (streamNames.has(streams.routing(this.workspaceId))) await this.loadShard();
  }

  // What comes into memory while the store is read is never older than what was read: it stays.

  async loadChat(id: ChatId): Promise<ChatHead | null> {
    const known = this.chat(id);
    if (known !== undefined) return known;
    const head = await this.#readChat(id);
    const meanwhile = this.chat(id);
    if (meanwhile !== undefined) return meanwhile;
    if (head === null) this.#closed.set(id, null);
    else this.setChat(head);
    return head;
  }

  async loadPerson(id: ParticipantId): Promise<Person | null> {
    const known = this.person(id);
    if (known !== undefined) return known;
    const person = await this.#readPerson(id);
    const meanwhile = this.person(id);
    if (meanwhile !== undefined) return meanwhile;
    this.#people.set(id, person);
    return person;
  }

  async loadAddress(stream: string): Promise<Address> {
    const known = this.address(stream);
    if (known !== undefined) return known;
    const events = await this.readAll(stream);
    const meanwhile = this.address(stream);
    if (meanwhile !== undefined) return meanwhile;
    const address = events.reduce((state, { fact }) => evolveAddress(state, fact as AddressFact), unbound);
    this.#addresses.set(stream, address);
    return address;
  }

  async loadAlias(id: ParticipantId): Promise<Alias> {
    const known = this.alias(id);
    if (known !== undefined) return known;
    const events = await this.readAll(streams.alias(this.workspaceId, id));
    const alias = events.reduce((state, { fact }) => evolveAlias(state, fact as AliasFact), noAlias);
    const meanwhile = this.alias(id);
    if (meanwhile !== undefined) return meanwhile;
    this.#aliases.set(id, alias);
    return alias;
  }

  /** Reads routing and which chats are open: the last snapshot, and what the lane holds after it. */
  async loadShard(): Promise<void> {
    const snapshot = await this.#store.loadSnapshot(streams.routing(this.workspaceId));
    const packed = snapshot?.schema === snapshotSchema ? (snapshot.state as PackedWorkspace) : undefined;
    const shard = packed === undefined ? this.#freshShard() : unpackShard(packed.shard);
    const openChats = new Set(packed?.openChats);
    let position = packed === undefined ? 0 : (snapshot?.position ?? 0);
    for (;;) {
      const events = await this.#store.readLane(this.workspaceId, position, 1_000);
      for (const event of events) follow(event, shard, openChats);
      position = events.at(-1)?.position ?? position;
      if (events.length < 1_000) break;
    }
    this.shard = shard;
    for (const id of openChats) await this.loadChat(id);
    for (const id of shard.seats.keys()) {
      const person = await this.loadPerson(id);
      if (person !== null) this.operators.set(id, person.participant);
    }
  }

  /** What a later start need not read the whole lane for. */
  pack(): { readonly schema: number; readonly state: PackedWorkspace } {
    return { schema: snapshotSchema, state: { shard: packShard(this.shard), openChats: [...this.open.keys()] } };
  }

  async loadDirectory(): Promise<DirectoryFact | undefined> {
    const [first] = await this.#store.readStream(streams.directory(this.workspaceId), 1, 1);
    return first?.fact as DirectoryFact | undefined;
  }

  async readAll(stream: string): Promise<StoredEvent[]> {
    const found: StoredEvent[] = [];
    for (;;) {
      const page = await this.#store.readStream(stream, found.length + 1, 1_000);
      found.push(...page);
      if (page.length < 1_000) return found;
    }
  }

  async peopleOf(chat: Chat): Promise<People> {
    const ids = new Set([...chat.customerIds, ...chat.memberIds, chat.assigneeId, chat.previousAssigneeId]);
    const found: Record<ParticipantId, Participant> = {};
    for (const id of ids) {
      const person = id === null ? null : await this.loadPerson(id);
      if (person !== null) found[person.participant.id] = person.participant;
    }
    return found;
  }

  async #reloadChat(id: ChatId): Promise<void> {
    const known = this.open.get(id);
    if (known !== undefined) this.#unindex(known.chat);
    this.open.delete(id);
    this.#closed.delete(id);
    await this.loadChat(id);
  }

  async #readChat(id: ChatId): Promise<ChatHead | null> {
    const stream = streams.chat(this.workspaceId, id);
    const events = await this.readAll(stream);
    if (events.length === 0) return null;
    const chat = events.reduce(
      (state, { fact, at }) => evolve(state, fact as ChatFact, at),
      prospect(id, this.workspaceId),
    );
    return { chat, people: await this.peopleOf(chat), stream };
  }

  async #readPerson(id: ParticipantId): Promise<Person | null> {
    const events = await this.readAll(streams.person(this.workspaceId, id));
    if (events.length === 0) return null;
    const blank: Person = {
      participant: nobody(id),
      version: 0,
      chats: [],
      isSaved: true,
      isErased: false,
      aliases: [],
    };
    return events.reduce((state, { fact }) => evolvePerson(state, fact as PersonFact), blank);
  }

  #index(chat: Chat): void {
    for (const id of chat.customerIds) {
      const chats = this.#openOf.get(id) ?? new Set();
      if (chat.status === 'closed') chats.delete(chat.id);
      else chats.add(chat.id);
      if (chats.size === 0) this.#openOf.delete(id);
      else this.#openOf.set(id, chats);
    }
  }

  #unindex(chat: Chat): void {
    this.#index({ ...chat, status: 'closed' });
  }
}

/** Another number: the snapshot is of an older shape and is ignored. */
const snapshotSchema = 1;

interface PackedWorkspace {
  readonly shard: PackedShard;
  readonly openChats: readonly ChatId[];
}

function follow({ stream, fact }: StoredEvent, shard: Shard, openChats: Set<ChatId>): void {
  const chatId = chatIdIn(stream);
  if (stream.startsWith('routing/')) evolveShard(shard, fact as RoutingFact);
  if (chatId === undefined) return;
  if (fact.type === 'ChatOpened' || fact.type === 'ChatReopened') openChats.add(chatId);
  else if (fact.type === 'ChatClosed') openChats.delete(chatId);
}

function nobody(id: ParticipantId): Participant {
  return {
    id,
    role: 'customer',
    name: '',
    isSupervisor: false,
    isDesk: false,
    locale: null,
    groups: [],
    profile: {},
    identities: [],
  };
}
