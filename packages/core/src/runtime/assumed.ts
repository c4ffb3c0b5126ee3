import type { ChatEvent, Happening } from '../event.js';
import { sideOf } from '../message.js';
import type { ChatId } from '../participant.js';
import type { Clock } from '../ports.js';
import type { Seated } from './sessions.js';
import { Throttle } from './throttle.js';

/** Least time between two rounds of assumed receipts, ms. */
const pace = 2_000;

/** The last words a session was handed in one chat. */
interface Handed {
  readonly version: number;
  readonly seq: number;
}

interface AssumedPorts {
  /** Policy `assumeDelivered`. */
  readonly isAllowed: boolean;
  readonly clock: Clock;
  /** Confirms, in the name of this session, everything of the other side up to this seq. */
  readonly confirm: (session: Seated, chatId: ChatId, upToSeq: number) => void;
}

/**
 * What was written to a client that has no word for "received" counts as delivered, where the author's own client shows
 * such a thing. Reading is never assumed.
 */
export class AssumedDeliveries {
  readonly #ports: AssumedPorts;
  /** Spaces whose clients show what was delivered. */
  readonly #shownIn = new Set<string>();
  readonly #handed = new WeakMap<Seated, Map<ChatId, Handed>>();
  readonly #written = new Map<ChatId, { readonly session: Seated; readonly seq: number }>();
  readonly #round: Throttle;

  constructor(ports: AssumedPorts) {
    this.#ports = ports;
    this.#round = new Throttle(pace, ports.clock, () => this.#confirm());
  }

  joined({ options, identity }: Seated): void {
    if (this.#ports.isAllowed && options.hearsDelivered === true) this.#shownIn.add(identity.space);
  }

  /** A session is being handed something: words of the other side, or a chat with all that was said in it. */
  handed(session: Seated, happening: Happening): void {
    if (session.options.saysDelivered !== false || this.#shownIn.size === 0) return;
    const seq = this.#newWordsFor(session, happening);
    if (seq === undefined || !('version' in happening) || !('chatId' in happening)) return;
    const chats = this.#handed.get(session) ?? new Map<ChatId, Handed>();
    this.#handed.set(session, chats.set(happening.chatId, { version: happening.version, seq }));
  }

  /** The client has what came up to this version. */
  written(session: Seated, chatId: ChatId, version: number): void {
    const chats = this.#handed.get(session);
    const last = chats?.get(chatId);
    if (last === undefined || last.version > version) return;
    chats?.delete(chatId);
    this.#written.set(chatId, { session, seq: last.seq });
    this.#round.request();
  }

  stop(): void {
    this.#round.stop();
  }

  #newWordsFor({ participant }: Seated, happening: Happening): number | undefined {
    if (happening.type === 'ChatAssigned' && happening.operatorId === participant.id) {
      return this.#isShownTo(happening, happening.chat.customerId) ? happening.chat.lastSeq : undefined;
    }
    if (happening.type !== 'MessagePosted') return undefined;
    const { authorId, authorRole, seq } = happening.message;
    const isOfOtherSide = sideOf(authorRole) !== sideOf(participant.role);
    return isOfOtherSide && authorId !== null && this.#isShownTo(happening, authorId) ? seq : undefined;
  }

  #isShownTo({ people }: ChatEvent, authorId: string): boolean {
    return people[authorId]?.identities.some(({ space }) => this.#shownIn.has(space)) === true;
  }

  #confirm(): void {
    for (const [chatId, { session, seq }] of this.#written) this.#ports.confirm(session, chatId, seq);
    this.#written.clear();
  }
}
