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

/** Brings a happening to every session that may hear it, once each, in its nearest view. */
export class PostOffice {
  readonly #ports: PostOfficePorts;

  constructor(ports: PostOfficePorts) {
    this.#ports = ports;
  }

  tell(happening: Happening): void {
    const audience = this.#audienceOf(happening);
    if (audience === undefined) return;
    const told = new Set<Seated>();
    const letters = new Map<View, Delivery>();
    const hand = (session: Seated, view: View): void => {
      if (told.has(session)) return;
      told.add(session);
      if (isOwnEcho(session, happening)) return;
      const letter = letters.get(view) ?? { event: seenBy(view, happening), view, isReplay: false };
      letters.set(view, letter);
      this.#hand(session, letter);
    };
    this.#toPeople(audience, happening, hand);
    if (audience.isForLobby) for (const session of this.#ports.sessions.inScope('lobby')) hand(session, 'lobby');
    if (audience.isForAll) for (const session of this.#ports.sessions.inScope('all')) hand(session, 'all');
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

  #toPeople(audience: Audience, happening: Happening, hand: (session: Seated, view: View) => void): void {
    const { sessions } = this.#ports;
    const chatId = 'chatId' in happening ? happening.chatId : undefined;
    const toCircle = (view: View, ids: readonly ParticipantId[]): void => {
      for (const id of ids) {
        for (const session of sessions.of(id)) if (isListening(session, chatId)) hand(session, view);
      }
    };
    toCircle('customer', audience.customers);
    toCircle('operator', audience.operators);
    toCircle('bot', audience.bots);
    if (happening.type === 'TypingChanged') this.#toAuthor(happening, hand);
    if (chatId === undefined) return;
    for (const session of sessions.followersOf(chatId)) {
      const view = ownView(session.participant);
      if (mayFollow(view, audience)) hand(session, view);
    }
  }

  /** Signals leave their author out; a dialect may ask for his own typing all the same. */
  #toAuthor({ authorId, chatId }: Typing, hand: (session: Seated, view: View) => void): void {
    for (const session of this.#ports.sessions.of(authorId)) {
      const asks = session.options.echoesTyping === true && isListening(session, chatId);
      if (asks) hand(session, ownView(session.participant));
    }
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
  switch (session.options.echo) {
    case 'all':
      return false;
    case 'others':
      return happening.by.sessionId === session.id;
    case 'foreign':
      return spaceOf(happening.by.sessionId) === session.identity.space;
  }
}

/** A session's id begins with its space, so that an event tells where its author spoke. */
export function spaceOf(sessionId: string | null): string | undefined {
  return sessionId?.slice(0, sessionId.lastIndexOf('/'));
}

/** Undefined for signals: they are in no history. */
function idOf(happening: Happening): string | undefined {
  return 'eventId' in happening ? happening.eventId : undefined;
}
