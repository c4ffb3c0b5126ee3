import type { Away } from '../chat-summary.js';
import type { ChatId, Identity, Participant, ParticipantId, SessionId } from '../participant.js';
import type { Clock, Cancel } from '../ports.js';
import type { Delivery, SessionOptions, View } from '../session.js';
import type { Speaker } from '../chat/scene.js';
import type { CoreLimits } from './config.js';
import { Bucket } from './rates.js';
import { Recent } from './recent.js';

/** One session as the core holds it. */
export interface Seated {
  readonly id: SessionId;
  readonly participant: Participant;
  /** The participant as decisions know him. */
  readonly speaker: Speaker;
  readonly identity: Identity;
  readonly options: SessionOptions;
  readonly deliver: (delivery: Delivery) => void;
  /** Chats heard, when not all of the participant's own. */
  readonly followed: Set<ChatId> | null;
  /** What waits while the session is handed what it missed; null: nothing is held back. */
  held: Delivery[] | null;
  /** How many hand-overs are running; what is held goes out after the last. */
  replays: number;
  isOver: boolean;
  /** Nothing was heard of its client for a while. */
  isFaltering: boolean;
  /** What its end means to its participant's chats, where that differs from what was said at its start. */
  leftAs: Away | undefined;
  cancelExpiry: Cancel | undefined;
  /** Its participant's, since it first asked for something. */
  bucket: Bucket | undefined;
}

/** What one participant may still ask: himself, and through queues. */
interface Buckets {
  readonly direct?: Bucket;
  readonly queued?: Bucket;
}

/** Everybody who is connected to one workspace. */
export class Sessions {
  readonly #limits: CoreLimits;
  readonly #clock: Clock;
  readonly #byParticipant = new Map<ParticipantId, Set<Seated>>();
  readonly #followers = new Map<ChatId, Set<Seated>>();
  readonly #lobby = new Set<Seated>();
  readonly #all = new Set<Seated>();
  readonly #buckets = new Map<ParticipantId, Buckets>();
  /** Of those who have gone: who comes back at once finds his as he left it. */
  readonly #left: Recent<ParticipantId, Buckets>;

  constructor(limits: CoreLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#left = new Recent(limits.cached);
  }

  of(id: ParticipantId): ReadonlySet<Seated> {
    return this.#byParticipant.get(id) ?? none;
  }

  inScope(scope: 'lobby' | 'all'): ReadonlySet<Seated> {
    return scope === 'lobby' ? this.#lobby : this.#all;
  }

  /** Sessions that follow a chat by name, whoever they are. */
  followersOf(chatId: ChatId): ReadonlySet<Seated> {
    return this.#followers.get(chatId) ?? none;
  }

  everybody(): Iterable<Seated> {
    return [...this.#byParticipant.values()].flatMap((sessions) => [...sessions]);
  }

  /** Adds a session; returns the one that must go because its participant has too many. */
  add(session: Seated): Seated | undefined {
    const own = this.#byParticipant.get(session.participant.id) ?? new Set();
    this.#byParticipant.set(session.participant.id, own.add(session));
    if (session.options.scope === 'lobby') this.#lobby.add(session);
    if (session.options.scope === 'all') this.#all.add(session);
    for (const chatId of session.followed ?? []) this.#link(session, chatId);
    const [oldest] = own;
    return own.size > this.#limits.sessionsPerParticipant ? oldest : undefined;
  }

  remove(session: Seated): void {
    const own = this.#byParticipant.get(session.participant.id);
    own?.delete(session);
    if (own?.size === 0) {
      this.#byParticipant.delete(session.participant.id);
      this.#putAwayBuckets(session.participant.id);
    }
    this.#lobby.delete(session);
    this.#all.delete(session);
    for (const chatId of [...(session.followed ?? [])]) this.unfollow(session, chatId);
  }

  follow(session: Seated, chatId: ChatId): void {
    if (session.followed === null || session.isOver) return;
    session.followed.add(chatId);
    this.#link(session, chatId);
  }

  unfollow(session: Seated, chatId: ChatId): void {
    session.followed?.delete(chatId);
    const followers = this.#followers.get(chatId);
    followers?.delete(session);
    if (followers?.size === 0) this.#followers.delete(chatId);
  }

  /** One bucket a participant, however many sessions he has; one more for what he asks through queues. */
  bucketOf(session: Seated): Bucket {
    session.bucket ??= this.#bucketFor(session);
    return session.bucket;
  }

  #bucketFor({ participant: { id, role }, options: { isQueued = false } }: Seated): Bucket {
    const kind = isQueued ? 'queued' : 'direct';
    const own = this.#buckets.get(id);
    const known = own?.[kind];
    if (known !== undefined) return known;
    const { customer, operator } = this.#limits.rates;
    const rate = role === 'customer' && !isQueued ? customer : operator;
    const left = this.#left.get(id)?.[kind];
    const bucket = left?.rate === rate ? left : new Bucket(rate, this.#clock);
    this.#buckets.set(id, { ...own, [kind]: bucket });
    return bucket;
  }

  #putAwayBuckets(id: ParticipantId): void {
    const own = this.#buckets.get(id);
    if (own === undefined) return;
    this.#buckets.delete(id);
    this.#left.set(id, { ...this.#left.get(id), ...own });
  }

  #link(session: Seated, chatId: ChatId): void {
    const followers = this.#followers.get(chatId) ?? new Set();
    this.#followers.set(chatId, followers.add(session));
  }
}

const none: ReadonlySet<Seated> = new Set();

/** Sessions that make their participant present: of customers, those that say what their end means. */
export function countsAsPresent(session: Seated): boolean {
  if (session.participant.role === 'customer') return session.options.away !== null;
  return session.participant.role !== 'operator' || session.options.mode !== undefined;
}

/** How a session sees what it hears as one of a chat's own people. */
export function ownView(participant: Participant): View {
  switch (participant.role) {
    case 'customer':
      return 'customer';
    case 'operator':
      return 'operator';
    case 'bot':
      return 'bot';
    case 'monitor':
      return 'all';
  }
}
