import type { Signal } from '../event.js';
import type { ChatId } from '../participant.js';
import type { Clock } from '../ports.js';
import { positions } from '../routing/lines.js';
import type { Shard } from '../routing/shard.js';
import type { Heads } from './heads.js';
import type { Seated, Sessions } from './sessions.js';
import { queueMoved } from './queue-moved.js';
import { Throttle } from './throttle.js';

/** Least time between two announcements of the queue, and of who is accepted, ms. */
const pace = { queue: 2_000, accepting: 1_000 } as const;

interface AnnouncementPorts {
  readonly heads: Heads;
  /** Routing as it is durable. */
  readonly shard: () => Shard;
  readonly sessions: Sessions;
  /** Whether a new chat of this session's customer would find somebody. */
  readonly accepts: (session: Seated) => boolean;
  readonly clock: Clock;
  /** Policy `queueNotice`. */
  readonly queueNotice: string | null;
  readonly tell: (signal: Signal) => void;
  readonly tellSome: (sessions: Iterable<Seated>, signal: Signal) => void;
}

/** Tells waiting customers their position, and customers without a chat whether somebody would take them. */
export class Announcements {
  readonly #ports: AnnouncementPorts;
  readonly #queue: Throttle;
  readonly #accepting: Throttle;
  #told = new Map<ChatId, number>();
  /** By wishes: what customers with them were told last. */
  #accepted = new Map<string, boolean>();

  constructor(ports: AnnouncementPorts) {
    this.#ports = ports;
    this.#queue = new Throttle(pace.queue, ports.clock, () => this.#announceQueue());
    this.#accepting = new Throttle(pace.accepting, ports.clock, () => this.#announceAccepting());
  }

  /** Something in routing moved. */
  routingMoved(): void {
    this.#queue.request();
    this.#accepting.request();
  }

  stop(): void {
    this.#queue.stop();
    this.#accepting.stop();
  }

  #announceQueue(): void {
    const { heads, tell, queueNotice, clock } = this.#ports;
    const now = positions(this.#ports.shard().lines);
    for (const chatId of this.#told.keys()) if (!now.has(chatId)) now.set(chatId, 0);
    for (const [chatId, position] of now) {
      const head = heads.open.get(chatId);
      if (head === undefined || this.#told.get(chatId) === position) continue;
      tell(queueMoved(head, position, { words: queueNotice, at: clock.now() }));
    }
    this.#told = new Map([...now].filter(([, position]) => position > 0));
  }

  #announceAccepting(): void {
    const { tellSome } = this.#ports;
    const shard = this.#ports.shard();
    const before = this.#accepted;
    this.#accepted = new Map();
    for (const [key, sessions] of this.#unserved()) {
      const [first] = sessions;
      const isAccepted = first !== undefined && this.#ports.accepts(first);
      this.#accepted.set(key, isAccepted);
      if (before.get(key) === isAccepted) continue;
      tellSome(sessions, { type: 'AcceptingChanged', canAccept: isAccepted, isPlatformOpen: shard.isAccepting });
    }
  }

  /** Customers who are not being served, by what they would ask for. */
  #unserved(): Map<string, Seated[]> {
    const alike = new Map<string, Seated[]>();
    for (const session of this.#ports.sessions.everybody()) {
      if (session.participant.role !== 'customer' || this.#isServed(session)) continue;
      const { space, realm, locale, groups = [] } = session.identity;
      const key = [space, realm, locale, ...groups].join('\n');
      const others = alike.get(key);
      if (others === undefined) alike.set(key, [session]);
      else others.push(session);
    }
    return alike;
  }

  #isServed(session: Seated): boolean {
    const { heads } = this.#ports;
    return [...heads.openChatsOf(session.participant.id)].some((id) => heads.open.get(id)?.chat.status === 'assigned');
  }
}
