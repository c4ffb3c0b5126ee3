import type { Audience } from '../audience.js';
import { audienceOf, seenBy, signalAudience, workspaceAudience } from '../audience.js';
import type { ChatEvent, Happening } from '../event.js';
import type { Observe } from '../observe.js';
import { standpointOf } from '../observe.js';
import type { ParticipantId } from '../participant.js';
import type { Clock, Log } from '../ports.js';
import type { Delivery, View } from '../session.js';
import type { Seated, Sessions } from './sessions.js';
import { ownView } from './sessions.js';

type Typing = Extract<Happening, { type: 'TypingChanged' }>;

/** What the post office needs to know of the workspace. */
interface PostOfficePorts {
  readonly sessions: Sessions;
  readonly botId: ParticipantId | null;
  readonly log: Log;
  readonly clock: Clock;
  readonly observe: Observe | undefined;
  readonly heldDeliveries: number;
  /** Called before a session is handed something. */
  readonly handed: (session: Seated, happening: Happening) => void;
  /** Ends a session that cannot keep up. */
  readonly shed: (session: Seated) => void;
}

/** One happening on its way to everybody. */
interface Round {
  readonly happening: Happening;
  /** One for all who see it alike. */
  readonly letters: Partial<Record<View, Delivery>>;
  /** Who is heard of in several circles hears it in the nearest. */
  readonly told: Set<Seated>;
}

/** Brings a happening to every session that may hear it, once each, in its nearest view. */
export class PostOffice {
  readonly #ports: PostOfficePorts;

  constructor(ports: PostOfficePorts) {
    this.#ports = ports;
  }

  tell(happening: Happening): void {
    const audience = this.#audienceOf(happening);
    if (audience === undefined) return;
    const { sessions } = this.#ports;
    const round: Round = { happening, letters: {}, told: new Set() };
    this.#toPeople(audience, round);
    if (audience.isForLobby) this.#toScope(sessions.inScope('lobby'), 'lobby', round);
    if (audience.isForAll) this.#toScope(sessions.inScope('all'), 'all', round);
  }

  /** To one session alone: what it is handed of what it missed. */
  replay(session: Seated, event: ChatEvent, view: View): void {
    this.#deliver(session, { event: seenBy(view, event), view, isReplay: true });
    // What happened while the history was read may be in it and wait as well.
    const isTheSame = (letter: Delivery): boolean => idOf(letter.event) === event.eventId;
    if (session.held !== null) session.held = session.held.filter((letter) => !isTheSame(letter));
  }

  /** To chosen sessions: a signal that has no audience of its own. */
  signal(sessions: Iterable<Seated>, happening: Happening, view: View): void {
    const letter: Delivery = { event: happening, view, isReplay: false };
    for (const session of sessions) this.#hand(session, letter);
  }

  /** Ends a session that cannot be handed what it missed: what waits behind it would hide that it is missing. */
  giveUp(session: Seated): void {
    session.held = [];
    this.#ports.shed(session);
  }

  /** Hands over what waited and lets the session go on live. */
  release(session: Seated): void {
    const waiting = session.held ?? [];
    session.held = null;
    for (const letter of waiting) this.#deliver(session, letter);
  }

  #audienceOf(happening: Happening): Audience | undefined {
    switch (happening.type) {
      case 'TypingChanged':
      case 'QueueMoved':
        return signalAudience(happening, this.#ports);
      case 'PresenceChanged':
      case 'AcceptingChanged':
        return undefined;
      case 'OperatorChanged':
      case 'RoutingConfigured':
      case 'ParticipantUpdated':
      case 'ParticipantNotified':
      case 'ParticipantErased':
        return workspaceAudience(happening);
      default:
        return audienceOf(happening, this.#ports);
    }
  }

  #toPeople(audience: Audience, round: Round): void {
    const { happening } = round;
    const chatId = 'chatId' in happening ? happening.chatId : undefined;
    this.#toCircle('customer', audience.customers, round);
    this.#toCircle('operator', audience.operators, round);
    this.#toCircle('bot', audience.bots, round);
    if (happening.type === 'TypingChanged') this.#toAuthor(happening, round);
    if (chatId === undefined) return;
    for (const session of this.#ports.sessions.followersOf(chatId)) {
      const view = ownView(session.participant);
      if (mayFollow(view, audience)) this.#once(session, view, round);
    }
  }

  #toCircle(view: View, ids: readonly ParticipantId[], round: Round): void {
    const chatId = 'chatId' in round.happening ? round.happening.chatId : undefined;
    for (const id of ids) {
      for (const session of this.#ports.sessions.of(id)) {
        if (isListening(session, chatId)) this.#once(session, view, round);
      }
    }
  }

  /** Signals leave their author out; a dialect may ask for his own typing all the same. */
  #toAuthor({ authorId, chatId }: Typing, round: Round): void {
    for (const session of this.#ports.sessions.of(authorId)) {
      const asks = session.options.echoesTyping === true && isListening(session, chatId);
      if (asks) this.#once(session, ownView(session.participant), round);
    }
  }

  #toScope(sessions: Iterable<Seated>, view: View, round: Round): void {
    for (const session of sessions) if (!round.told.has(session)) this.#post(session, view, round);
  }

  #once(session: Seated, view: View, round: Round): void {
    if (round.told.has(session)) return;
    round.told.add(session);
    this.#post(session, view, round);
  }

  #post(session: Seated, view: View, { happening, letters }: Round): void {
    if (isOwnEcho(session, happening)) return;
    letters[view] ??= { event: seenBy(view, happening), view, isReplay: false };
    this.#hand(session, letters[view]);
  }

  #hand(session: Seated, letter: Delivery): void {
    if (session.held === null) this.#deliver(session, letter);
    else if (session.held.length < this.#ports.heldDeliveries) session.held.push(letter);
    else this.#ports.shed(session);
  }

  #deliver(session: Seated, letter: Delivery): void {
    if (session.isOver) return;
    const { handed, observe, clock } = this.#ports;
    handed(session, letter.event);
    observe?.({ type: 'delivery', at: clock.now(), ...standpointOf(session), ...letter });
    try {
      session.deliver(letter);
    } catch (error) {
      this.#ports.log.error({ error, sessionId: session.id, event: letter.event.type }, 'a deliver function threw');
    }
  }
}

function isListening(session: Seated, chatId: string | undefined): boolean {
  return session.followed === null || chatId === undefined || session.followed.has(chatId);
}

/** Whoever helps may follow any chat; a customer hears his own alone, and those he heard already. */
function mayFollow(view: View, audience: Audience): boolean {
  if (view === 'customer') return false;
  return view === 'operator' ? audience.operators.length > 0 || audience.isForLobby : audience.isForAll;
}

/** Whether this is the session's participant's own message, of the kind its echo leaves out. */
export function isOwnEcho(session: Seated, happening: Happening): boolean {
  if (happening.type !== 'MessagePosted' || happening.message.authorId !== session.participant.id) return false;
  const { echo } = session.options;
  if (echo === 'all') return false;
  const { sessionId } = happening.by;
  return sessionId === session.id || (echo === 'foreign' && isOfSpace(sessionId, session.identity.space));
}

/** A session's id begins with its space, so that an event tells where its author spoke. */
function isOfSpace(sessionId: string | null, space: string): boolean {
  return sessionId !== null && sessionId.lastIndexOf('/') === space.length && sessionId.startsWith(space);
}

/** Undefined for signals: they are in no history. */
function idOf(happening: Happening): string | undefined {
  return 'eventId' in happening ? happening.eventId : undefined;
}
