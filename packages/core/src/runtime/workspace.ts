import type { Desk, Scene, Speaker } from '../chat/scene.js';
import type { ChatSummary } from '../chat-summary.js';
import type { Happening } from '../event.js';
import type { ChatId, CommandId, Identity, OutsideIdentity, ParticipantId, WorkspaceId } from '../participant.js';
import type { Person } from '../person.js';
import { derivationOf, linkedDerivationOf } from '../person.js';
import type { Attachments, Clock, Ids, Log, MessageFilter } from '../ports.js';
import type { Policies } from '../policies.js';
import { attachmentsIn } from '../redaction.js';
import type { Shard } from '../routing/shard.js';
import { defaultGroup, evolveShard, packShard, unpackShard } from '../routing/shard.js';
import type { Wishes } from '../routing/wishes.js';
import { delegateOf, normalise } from '../routing/wishes.js';
import { canAccept } from '../routing/eligible.js';
import type { Observe } from '../observe.js';
import type { Outcome } from '../outcome.js';
import { reject } from '../outcome.js';
import type { Store, StoredEvent } from '../store.js';
import { chatIdIn, streams } from '../store.js';
import { Announcements } from './announcements.js';
import { AssumedDeliveries } from './assumed.js';
import { Bookmarks } from './bookmarks.js';
import type { Applied } from './change.js';
import type { CoreLimits, WorkspaceConfig } from './config.js';
import { policiesOf } from './config.js';
import { Heads } from './heads.js';
import { Histories } from './history.js';
import { Lane } from './lane.js';
import { Ledger } from './ledger.js';
import { PostOffice } from './post-office.js';
import type { Trace } from '../trace.js';
import type { Recent } from './recent.js';
import type { Seated } from './sessions.js';
import { Sessions } from './sessions.js';
import { TypingPace } from './typing.js';
import { shown } from './unshown.js';

/** What the whole core has one of. */
export interface CorePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly attachments: Attachments;
  readonly limits: CoreLimits;
  readonly filters: readonly MessageFilter[];
  readonly observe: Observe | undefined;
  /** Of commands that came with one. */
  readonly traces: Recent<CommandId, Trace>;
}

/** Whose words these are, and what is known of him; null: nobody has met him. */
export interface Known {
  readonly id: ParticipantId;
  readonly person: Person | null;
  /** The id that his words make, where it should lead to him and does not. */
  readonly alias?: ParticipantId;
}

/** What others hear of a workspace's inner life. */
interface WorkspaceHooks {
  /** A session that must go: too slow, replaced. */
  readonly shed: (session: Seated, reason: 'SLOW' | 'REPLACED') => void;
  /** What was written to a session counts as delivered. */
  readonly assume: (session: Seated, what: { chatId: ChatId; upToSeq: number }) => void;
  /** A timer was set that may be due before the others. */
  readonly timerSet: (dueAt: number) => void;
}

/** One tenant: its state, its writer and its people, with nothing shared with any other. */
export class Workspace {
  readonly id: WorkspaceId;
  readonly ports: CorePorts;
  readonly heads: Heads;
  readonly sessions: Sessions;
  readonly policies: Policies;
  readonly ledger: Ledger;
  readonly post: PostOffice;
  readonly bookmarks: Bookmarks;
  readonly histories: Histories;
  readonly lane: Lane;
  readonly typing: TypingPace;
  readonly assumed: AssumedDeliveries;
  readonly #identityKey: string;
  readonly #desk: Desk;
  readonly #announcements: Announcements;
  /** Routing and chats as they have been told: what the lobby shows. */
  readonly shown: { shard: Shard; readonly chats: Map<ChatId, ChatSummary> };

  private constructor(
    config: WorkspaceConfig,
    ports: CorePorts,
    loaded: { heads: Heads; identityKey: string; head: number },
    hooks: WorkspaceHooks,
  ) {
    this.id = config.id;
    this.ports = ports;
    this.heads = loaded.heads;
    this.#identityKey = loaded.identityKey;
    this.policies = policiesOf(config, (named, side) =>
      this.participantId({ realm: '', idType: 'string', ...named, side }),
    );
    this.#desk = deskOf(this.heads, this.policies);
    this.shown = { shard: unpackShard(packShard(this.heads.shard)), chats: new Map() };
    for (const { chat } of this.heads.open.values()) this.shown.chats.set(chat.id, chat);
    this.sessions = new Sessions(ports.limits, ports.clock);
    this.post = new PostOffice({
      sessions: this.sessions,
      botId: this.policies.botId,
      log: ports.log,
      clock: ports.clock,
      observe: ports.observe,
      heldDeliveries: ports.limits.heldDeliveries,
      handed: (session, happening) => this.assumed.handed(session, happening),
      shed: (session) => hooks.shed(session, 'SLOW'),
    });
    this.bookmarks = new Bookmarks(this.id, ports);
    this.histories = new Histories(this.heads, ports.store);
    this.lane = new Lane(this.id, ports.store, this.histories);
    this.assumed = new AssumedDeliveries({
      isAllowed: this.policies.assumeDelivered,
      clock: ports.clock,
      confirm: (session, chatId, upToSeq) => hooks.assume(session, { chatId, upToSeq }),
    });
    this.typing = new TypingPace(ports.clock, (signal) => this.post.tell(signal));
    this.#announcements = new Announcements({
      heads: this.heads,
      shard: () => this.shown.shard,
      sessions: this.sessions,
      accepts: (session) => this.accepts(session),
      clock: ports.clock,
      queueNotice: this.policies.queueNotice,
      tell: (signal) => this.post.tell(signal),
      tellSome: (sessions, signal) => this.post.signal(sessions, signal, 'customer'),
    });
    this.ledger = new Ledger({
      store: ports.store,
      head: loaded.head,
      heads: this.heads,
      policies: this.policies,
      log: ports.log,
      limits: ports.limits,
      clock: ports.clock,
      observe: ports.observe,
      scene: (at) => this.scene(system, at),
      tell: (happening) => this.#tell(happening),
      committed: (applied) => this.#committed(applied, hooks),
      firstAnswer: (commandId, digest) => this.firstAnswer(commandId, digest),
    });
  }

  /** Reads what the store holds of the workspace; founds it the first time. */
  static async open(config: WorkspaceConfig, ports: CorePorts, hooks: WorkspaceHooks): Promise<Workspace> {
    const shard = {
      isAccepting: config.isAccepting ?? true,
      groups: config.groups ?? [defaultGroup],
      locales: config.locales ?? { default: 'en-US', supported: ['en-US'] },
    };
    const heads = new Heads(config.id, ports.store, { cached: ports.limits.cached, shard });
    const identityKey = (await heads.loadDirectory())?.identityKey ?? (await found(config.id, ports));
    await heads.loadShard();
    const head = await ports.store.head(config.id);
    return new Workspace(config, ports, { heads, identityKey, head }, hooks);
  }

  /** The id behind an outside identity: the same words, the same participant. */
  participantId(identity: OutsideIdentity | Identity): ParticipantId {
    return this.#idFrom(derivationOf(identity));
  }

  /** Who signs in: by his subject where that links, unless he was met before under what this dialect calls him. */
  async whoIs(identity: OutsideIdentity & Pick<Identity, 'subject'>): Promise<Known> {
    const own = await this.#bearerOf(derivationOf(identity));
    const { subject, side } = identity;
    if (this.policies.linkBy === 'none' || subject === undefined || (own.person?.version ?? 0) > 0) return own;
    const linked = await this.#bearerOf(linkedDerivationOf(side, subject));
    const leadsTo = (await this.heads.loadAlias(own.id)).participantId;
    return leadsTo === linked.id ? linked : { ...linked, alias: own.id };
  }

  /** Whom a dialect calls so, whether these words have made him who he is or a subject has. */
  async whoIsCalled(words: OutsideIdentity): Promise<Known> {
    const own = await this.#bearerOf(derivationOf(words));
    if ((own.person?.version ?? 0) > 0) return own;
    const { participantId: id } = await this.heads.loadAlias(own.id);
    const person = id === null ? null : await this.heads.loadPerson(id);
    return id === null || person === null || person.isErased ? own : { id, person };
  }

  /** What a decision may know. */
  scene(by: Speaker, now: number): Scene {
    return { by, now, policies: this.policies, desk: this.#desk };
  }

  /** Whether a new chat of this participant, with these wishes, would find somebody: an operator or a desk. */
  accepts({ identity }: Pick<Seated, 'identity'>, wanted: Partial<Wishes> = {}): boolean {
    const { shard } = this.shown;
    const { space, realm, locale, groups } = identity;
    const wishes = normalise(shard, { locale: wanted.locale ?? locale, groups: wanted.groups ?? groups });
    const asked = { ...wishes, realm, addresses: { [space]: '' } };
    const isDelegated = delegateOf(shard, this.policies.delegations, asked) !== null;
    return (shard.isAccepting && isDelegated) || canAccept(shard, wishes);
  }

  /** Of a command that was accepted before, if these are its words; undefined for one that is not remembered. */
  async firstAnswer(commandId: CommandId, digest: string): Promise<Outcome | undefined> {
    const known = await this.ports.store.findCommand(this.id, commandId);
    if (known === undefined) return undefined;
    return known.digest === digest ? this.retell(known.events) : { ok: false, rejection: reject('ID_CONFLICT') };
  }

  /** What these events answered when they were new. */
  async retell(stored: readonly StoredEvent[]): Promise<Outcome> {
    const ids = new Set(stored.map((event) => event.eventId));
    const inChat = stored.filter((event) => chatIdIn(event.stream) !== undefined);
    const [first, last] = [inChat[0], inChat.at(-1)];
    const chatId = first && chatIdIn(first.stream);
    if (first === undefined || chatId === undefined) return { ok: true, events: [], isRepeat: true };
    const told = await this.histories.of(chatId).after(first.version - 1, last?.version);
    const events = told.filter((event) => ids.has(event.eventId));
    const chat = events.at(-1)?.chat;
    return { ok: true, events, isRepeat: true, ...(chat && { chat }) };
  }

  async stop(): Promise<void> {
    this.#announcements.stop();
    this.typing.stop();
    this.assumed.stop();
    await this.ledger.stop();
    await this.bookmarks.stop();
  }

  /** Whoever bears these words now: who bore them before may have been erased. */
  async #bearerOf(words: readonly string[]): Promise<Known> {
    for (let erased = 0; ; erased += 1) {
      const id = this.#idFrom(erased === 0 ? words : [...words, String(erased)]);
      const person = await this.heads.loadPerson(id);
      if (person?.isErased !== true) return { id, person };
    }
  }

  #idFrom(words: readonly string[]): ParticipantId {
    return `p_${this.ports.ids.derive(this.#identityKey, words)}`;
  }

  #committed(applied: Applied, hooks: WorkspaceHooks): void {
    for (const fact of applied.routing) evolveShard(this.shown.shard, fact);
    const { chat } = applied;
    if (chat !== undefined && chat.version > 0) {
      if (chat.status === 'closed') this.shown.chats.delete(chat.id);
      else this.shown.chats.set(chat.id, chat);
    }
    for (const timer of applied.setTimers) hooks.timerSet(timer.dueAt);
    if (applied.routing.length === 0) return;
    this.#announcements.routingMoved();
    const { observe, clock } = this.ports;
    const { lines } = this.shown.shard;
    observe?.({ type: 'queue', at: clock.now(), workspaceId: this.id, chats: lines.entries.size });
  }

  #tell(happening: Happening): void {
    if (happening.type === 'MessagePosted' && happening.message.authorId !== null) {
      this.typing.drop(happening.chatId, happening.message.authorId);
    }
    if (happening.type === 'MessagePosted') {
      const pictures = attachmentsIn(happening);
      if (pictures.length > 0) shown(this, pictures, happening.message.authorId);
    }
    this.post.tell(happening);
  }
}

/** The people around a chat, by the newest that is decided. */
function deskOf(heads: Heads, policies: Policies): Desk {
  return {
    operator: (id) => heads.shard.seats.get(id)?.record,
    normalise: (wanted) => normalise(heads.shard, wanted),
    get nextPlace() {
      return heads.shard.nextPlace;
    },
    delegateFor: (chat) => {
      const realm = heads.person(chat.customerId)?.participant.identities[0]?.realm ?? '';
      return delegateOf(heads.shard, policies.delegations, { ...chat, realm });
    },
  };
}

/** The system as a speaker. */
export const system: Speaker = { id: null, role: 'system', name: 'System', isSupervisor: false, space: '' };

async function found(workspaceId: WorkspaceId, ports: CorePorts): Promise<string> {
  const identityKey = ports.ids.secret(32);
  await ports.store.append({
    context: {
      workspaceId,
      commandId: ports.ids.command(),
      by: { participantId: null, sessionId: null },
      at: ports.clock.now(),
    },
    writes: [
      {
        stream: streams.directory(workspaceId),
        expectedVersion: 0,
        facts: [{ type: 'WorkspaceFounded', identityKey }],
      },
    ],
    setTimers: [],
    clearTimers: [],
  });
  return identityKey;
}
