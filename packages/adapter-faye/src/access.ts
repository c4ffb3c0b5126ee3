import type { ChatId, Core, Session, Wire } from '@dragoman/core';
import type { Application } from './application.js';
import { errors, type Ext } from './bayeux.js';
import { conversationChannel, dutyChannel, parseChannel, type Channel } from './convead/channels.js';
import type { Claim, Credentials } from './convead/credentials.js';
import type { Speaker } from './convead/frames.js';
import type { EventFrame } from './event-frame.js';
import { participantId, type People, type Person } from './people.js';
import { Rates } from './rates.js';
import type { BayeuxSession } from './sessions.js';

/** How much of what was missed a new subscription hands over. */
const replay = { limit: 100, maxAgeMs: 24 * 3_600_000 } as const;

/** Hand-overs of one chat to one person: pages that come back together get one, and nobody else asks often. */
const replayRate = { perSecond: 1, burst: 3 } as const;
const replayPauseMs = 250;

/** Connections of one person at a time; one more sends the oldest away. */
const maxListeners = 50;

export interface AccessOptions {
  readonly core: Core;
  readonly wire: Wire | undefined;
  readonly people: People;
  readonly observer: Session;
  readonly credentials: Credentials;
  /** Sessions that may hear everything; kept here. */
  readonly observers: Set<BayeuxSession>;
  readonly sendAway: (session: BayeuxSession) => void;
}

/** A hand-over that is running. */
interface Replay {
  /** Whether somebody has subscribed since it began. */
  isWantedAgain: boolean;
}

/** Whom a Bayeux session stands for. */
interface Binding {
  claim: Claim;
  role: 'nobody' | 'visitor' | 'manager' | 'observer';
  /** Of a visitor: the one id the session may use. */
  visitorId: string | undefined;
  person: Person | undefined;
  isEnded: boolean;
  /** One subscription after the other: the first says who the session is, and the next may be there already. */
  turn: Promise<unknown>;
  readonly chats: Map<number, ChatId>;
}

/** Who may subscribe to what, and what a subscription means: presence, duty, the messages missed. [CONVEAD channels] */
export class Access implements Application {
  readonly #options: AccessOptions;
  readonly #bindings = new Map<BayeuxSession, Binding>();
  readonly #replayRate: Rates;
  readonly #replays = new WeakMap<Person, Map<ChatId, Replay>>();
  /** Who stood behind a session that has ended: what it has got may be known a moment later. */
  readonly #leavers = new WeakMap<BayeuxSession, Person>();

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#replayRate = new Rates(options.core.clock, replayRate);
  }

  admit(ext: Ext | undefined): string | undefined {
    return this.#options.credentials.claim(ext).trust === 'wrong' ? errors.invalidToken : undefined;
  }

  opened(session: BayeuxSession, ext: Ext | undefined): void {
    this.#options.wire?.opened({ connectionId: session.id, transport: 'bayeux', client: null });
    const claim = this.#options.credentials.claim(ext);
    const chats = new Map<number, ChatId>();
    this.#bindings.set(session, {
      claim,
      role: 'nobody',
      visitorId: undefined,
      person: undefined,
      isEnded: false,
      turn: Promise.resolve(),
      chats,
    });
  }

  async authorize(session: BayeuxSession, names: readonly string[], ext: Ext | undefined): Promise<string | undefined> {
    const binding = this.#bindings.get(session);
    if (binding === undefined) return errors.unknownClient(session.id);
    const claim = this.#options.credentials.claim(ext);
    if (claim.trust === 'wrong') return errors.invalidToken;
    if (ext !== undefined && claim.trust !== 'none') binding.claim = claim;
    const channels = new Map<string, Channel>();
    for (const name of names) {
      const channel = parseChannel(name);
      if (channel === undefined) return errors.forbidden(name);
      channels.set(name, channel);
    }
    try {
      const turn = binding.turn.then(() => this.#enter(session, binding, channels));
      binding.turn = turn.catch(() => undefined);
      return await turn;
    } catch (error) {
      this.#options.core.log.error({ error: String(error) }, 'a subscription failed');
      return errors.internal;
    }
  }

  subscribed(session: BayeuxSession, names: readonly string[]): void {
    const binding = this.#bindings.get(session);
    for (const name of names) {
      const channel = parseChannel(name);
      const chatId = channel?.family === 'conversation' ? binding?.chats.get(channel.number) : undefined;
      if (chatId !== undefined && binding?.person !== undefined) this.#follow(binding.person, chatId);
    }
    // Not before he is subscribed: he may be given a conversation at once, and is told of it there.
    if (names.includes(dutyChannel)) this.#goOnDuty(session);
  }

  unsubscribed(session: BayeuxSession, names: readonly string[]): void {
    if (names.includes(dutyChannel)) this.#goOffDuty(session);
    const binding = this.#bindings.get(session);
    if (binding?.person !== undefined) this.#unfollow(binding.person, binding.chats, names);
  }

  fellQuiet(session: BayeuxSession): void {
    this.#goOffDuty(session);
  }

  woke(session: BayeuxSession): void {
    if (session.channels.has(dutyChannel)) this.#goOnDuty(session);
  }

  written(session: BayeuxSession, { mark }: EventFrame): void {
    const person = this.#bindings.get(session)?.person ?? this.#leavers.get(session);
    if (mark !== undefined) person?.session.written(mark.chatId, mark.version);
  }

  ended(session: BayeuxSession): void {
    const binding = this.#bindings.get(session);
    if (binding === undefined) return;
    this.#options.wire?.closed(session.id);
    this.#goOffDuty(session);
    binding.isEnded = true;
    this.#bindings.delete(session);
    if (binding.person !== undefined) this.#leavers.set(session, binding.person);
    this.#options.observers.delete(session);
    this.#unbind(session, binding);
  }

  /** Binds the session to whom it stands for, then asks of each channel whether he may hear it. */
  async #enter(
    session: BayeuxSession,
    binding: Binding,
    channels: ReadonlyMap<string, Channel>,
  ): Promise<string | undefined> {
    await this.#bind(session, binding, channels.values());
    for (const [name, channel] of channels) {
      if (await this.#mayHear(binding, channel)) continue;
      if (!this.#options.credentials.isOpen || binding.role === 'manager') return errors.forbidden(name);
      this.#observe(session, binding);
    }
    return undefined;
  }

  async #bind(session: BayeuxSession, binding: Binding, channels: Iterable<Channel>): Promise<void> {
    const { trust, person } = binding.claim;
    const { isOpen, believesVisitors } = this.#options.credentials;
    if (person?.type === 'manager') {
      if (binding.role !== 'manager') await this.#become(session, binding, person);
    } else if (trust === 'trusted' && person === undefined && !isOpen) {
      this.#observe(session, binding);
    } else if (binding.role === 'nobody') {
      const visitor = person ?? (believesVisitors ? visitorOf(channels) : undefined);
      if (visitor !== undefined) await this.#become(session, binding, visitor);
    }
  }

  /** The role is taken before anything is waited for, so that two requests at once cannot take two. */
  async #become(session: BayeuxSession, binding: Binding, who: Speaker): Promise<void> {
    const role = who.type;
    this.#options.observers.delete(session);
    this.#unbind(session, binding);
    binding.role = role;
    binding.visitorId = role === 'visitor' ? who.id : undefined;
    const person = await this.#options.people.hold(who).catch((error: unknown) => {
      // Else nobody would ask for him again, and the session would be a stranger's for good.
      binding.role = 'nobody';
      throw error;
    });
    if (binding.isEnded || binding.role !== role) return this.#options.people.release(person);
    binding.person = person;
    for (const oldest of person.listeners) {
      if (person.listeners.size < maxListeners) break;
      this.#options.sendAway(oldest);
    }
    person.listeners.add(session);
  }

  #observe(session: BayeuxSession, binding: Binding): void {
    this.#unbind(session, binding);
    binding.role = 'observer';
    if (!binding.isEnded) this.#options.observers.add(session);
  }

  #unbind(session: BayeuxSession, binding: Binding): void {
    const { person } = binding;
    binding.person = undefined;
    if (person === undefined) return;
    person.listeners.delete(session);
    this.#unfollow(person, binding.chats, [...binding.chats.keys()].map(conversationChannel));
    this.#options.people.release(person);
  }

  async #mayHear(binding: Binding, channel: Channel): Promise<boolean> {
    const { role, person, visitorId } = binding;
    if (role === 'observer') return true;
    if (person === undefined) return false;
    if (channel.family === 'duty') return role === 'manager';
    if ('visitorId' in channel) return role === 'manager' || channel.visitorId === visitorId;
    const chat = await this.#options.core.find(this.#options.observer, { publicNumber: channel.number });
    const id = participantId(person);
    const isHis = role === 'manager' ? chat?.assigneeId === id : chat?.customerIds.includes(id) === true;
    if (chat !== undefined && isHis) binding.chats.set(channel.number, chat.id);
    return isHis;
  }

  /** What a manager was not written yet comes first, also what was said before the conversation was his. */
  #follow(person: Person, chatId: ChatId): void {
    if (person.type === 'manager') person.session.follow(chatId);
    const running = this.#replays.get(person) ?? new Map<ChatId, Replay>();
    this.#replays.set(person, running);
    const last = running.get(chatId);
    if (last !== undefined) last.isWantedAgain = true;
    else void this.#replay(person, chatId, running);
  }

  /** One at a time, and all who ask meanwhile get the next together: a long chat is read from its beginning for each. */
  async #replay(person: Person, chatId: ChatId, running: Map<ChatId, Replay>): Promise<void> {
    const own: Replay = { isWantedAgain: true };
    running.set(chatId, own);
    try {
      while (own.isWantedAgain) {
        own.isWantedAgain = false;
        await this.#untilDue(`${person.type}:${person.externalId} ${chatId}`);
        await person.session.replay({ chatId, ...replay });
      }
    } catch (error) {
      this.#options.core.log.error({ chatId, error: String(error) }, 'missed messages could not be handed over');
    }
    running.delete(chatId);
  }

  async #untilDue(key: string): Promise<void> {
    const { clock } = this.#options.core;
    while (!this.#replayRate.take(key)) await new Promise<void>((resolve) => void clock.after(replayPauseMs, resolve));
  }

  /** As soon as none of his connections listens there any more. */
  #unfollow(person: Person, chats: ReadonlyMap<number, ChatId>, names: readonly string[]): void {
    if (person.type !== 'manager') return;
    for (const [number, chatId] of chats) {
      const name = conversationChannel(number);
      const isHeard = [...person.listeners].some(({ channels }) => channels.has(name));
      if (names.includes(name) && !isHeard) person.session.unfollow(chatId);
    }
  }

  #goOnDuty(session: BayeuxSession): void {
    const binding = this.#bindings.get(session);
    if (binding?.role !== 'manager' || binding.person === undefined || binding.isEnded) return;
    void this.#options.people.goOnDuty(binding.person, session);
  }

  #goOffDuty(session: BayeuxSession): void {
    const binding = this.#bindings.get(session);
    if (binding?.role !== 'manager' || binding.person === undefined) return;
    void this.#options.people.goOffDuty(binding.person, session);
  }
}

/** Whoever asks for a visitor's channels first is that visitor. [CONVEAD channels] */
function visitorOf(channels: Iterable<Channel>): Speaker | undefined {
  for (const channel of channels) {
    if ('visitorId' in channel) return { type: 'visitor', id: channel.visitorId, name: '' };
  }
  return undefined;
}
