import type { Away, Body, Cancel, ChatEvent, ChatSummary, Core, Delivery, Identity, Session } from '@dragoman/core';
import type { Carrier } from '../transport.js';
import { bodyOf, hasPicture } from './bodies.js';
import type { Address, InboundEvent, OutboundWords, Problem } from './frames.js';
import type { Circumstances, Verdict } from './intake.js';
import { verdictOf } from './intake.js';
import { addressIn, sessionKey } from './keys.js';
import type { Post } from './letters.js';
import type { SermoSetup } from './options.js';
import type { Tally } from './tally.js';
import type { Unsent } from './unsent.js';
import { textsFor } from './texts.js';
import { trustedTime } from './times.js';
import { agentTyping, completed, customerCommand } from './translate.js';
import { TypingLamp } from './typing-lamp.js';

/** A customer of their front end who is there, as far as his events tell. */
interface Present {
  readonly session: Session;
  readonly address: Address;
  readonly lamp: TypingLamp;
  seenAt: number;
  isFaltering: boolean;
  hasOpened: boolean;
  cancelSilence: Cancel | undefined;
}

export interface CustomersPorts {
  readonly core: Core;
  readonly setup: SermoSetup;
  readonly carrier: () => Carrier;
  readonly post: Post;
  readonly tally: Tally;
  readonly unsent: Unsent;
}

type Spoken = Extract<InboundEvent, { readonly type: 'text' }>;

/** Refusals of a customer's words that end them: there is nobody to tell. */
const asGoodAsDone = ['CHAT_CLOSED', 'BAD_TRANSITION'] as const;

/** Their front end, our operators: customers by (platformId, userId), there as long as anything comes from them. */
export class Customers {
  readonly #ports: CustomersPorts;
  /** The one heard longest ago first. */
  readonly #present = new Map<string, Present>();
  #isPlatformOpen = true;

  constructor(ports: CustomersPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#present.size;
  }

  readonly handle = (event: InboundEvent, about: Circumstances): Promise<Verdict> => {
    if (event.type === 'client_unload') return this.#unload(about);
    const present = this.#seen(about.session);
    const isAsked = present !== undefined && !this.#isToOpen(present, event);
    return isAsked ? this.#obey(present, event, about) : this.#welcome(event, about);
  };

  async #unload({ session }: Circumstances): Promise<Verdict> {
    await this.#end(session, this.#awayAfterUnload());
    return 'done';
  }

  /** Somebody new, or whose chat opens with any sign of him. */
  async #welcome(event: InboundEvent, about: Circumstances): Promise<Verdict> {
    const present = await this.#appear(event);
    const opened = this.#isToOpen(present, event) ? await this.#open(present, about) : 'done';
    return opened === 'done' ? this.#obey(present, event, about) : opened;
  }

  #obey(present: Present, event: InboundEvent, about: Circumstances): Promise<Verdict> {
    if (event.type === 'client_left') return this.#leave(present, event, about);
    return hasPicture(event) ? this.#show(present, event, about) : this.#ask(present, event, about);
  }

  async #leave(present: Present, event: InboundEvent, about: Circumstances): Promise<Verdict> {
    const verdict = await this.#ask(present, event, about);
    if (verdict === 'done') await this.#end(about.session);
    return verdict;
  }

  /** Tells the chat of what could not be shown, where there is a chat. */
  readonly parked = async ({ reason, address }: Problem): Promise<void> => {
    if (reason !== 'text_too_long' || address === undefined) return;
    const present = await this.#appear(address);
    await this.#say(present, 'textTooLong');
  };

  /** What their front end is shown of an event was confirmed by the broker. */
  published(event: ChatEvent, address: Address): void {
    const present = this.#present.get(sessionKey(address));
    if (event.type === 'MessagePosted') present?.lamp.clear();
    present?.session.written(event.chatId, event.version);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#present.keys()].map((key) => this.#end(key)));
  }

  #isToOpen({ hasOpened }: Present, { type }: InboundEvent): boolean {
    return this.#ports.setup.openChatOn === 'heartbeat' && !hasOpened && type !== 'client_left';
  }

  async #open(present: Present, { session: key }: Circumstances): Promise<Verdict> {
    const opened = await this.#ports.core.dispatch(present.session, { type: 'OpenChat', key, enqueue: true });
    present.hasOpened = opened.ok;
    return verdictOf(opened, []);
  }

  /** A picture that cannot be shown is put aside, and its words are said without it. */
  async #show(present: Present, event: Spoken, about: Circumstances): Promise<Verdict> {
    const { body, refused } = await bodyOf(event, this.#ports.core.attachments, present.session);
    if (refused === undefined) return this.#ask(present, event, about, body);
    await this.#say(present, 'imageRefused');
    const verdict = body === undefined ? 'done' : await this.#ask(present, event, about, body);
    return verdict === 'done' ? { park: { reason: refused, detail: 'image', address: event } } : verdict;
  }

  #ask(present: Present, event: InboundEvent, about: Circumstances, body?: Body): Promise<Verdict> {
    const { core, tally } = this.#ports;
    const time = trustedTime(event, about);
    if (!time.isTrusted) tally.count('at_untrusted');
    const to = { key: about.session };
    const command = customerCommand(event, { to, at: time.at, sentAt: about.sentAt, body });
    if (command === undefined) return Promise.resolve('done');
    const named = event.type === 'text' ? about.named : undefined;
    return core.dispatch(present.session, completed(command, named, about.trace)).then((outcome) => {
      if (outcome.ok && outcome.isRepeat) tally.count('duplicate');
      return verdictOf(outcome, event.type === 'text' ? asGoodAsDone : [...asGoodAsDone, 'UNKNOWN_CHAT']);
    });
  }

  async #say({ session, address }: Present, which: 'imageRefused' | 'textTooLong'): Promise<void> {
    const { core, setup } = this.#ports;
    const to = { key: sessionKey(address) };
    const chat = await core.find(session, to);
    if (chat === undefined || chat.status === 'closed') return;
    const words = textsFor(chat.locale, setup.texts)[which];
    const body = { kind: 'notice', code: which, params: {}, text: words } as const;
    if (words !== '') await core.dispatch(session, { type: 'PostMessage', to, body, ifClosed: 'refuse' });
  }

  #seen(key: string): Present | undefined {
    const known = this.#present.get(key);
    if (known === undefined) return undefined;
    known.seenAt = this.#ports.core.clock.monotonic();
    this.#present.delete(key);
    this.#present.set(key, known);
    if (known.isFaltering) this.#listenForSilence(key, known);
    return known;
  }

  /** Any event shows that he is there. */
  async #appear(address: Address): Promise<Present> {
    const key = sessionKey(address);
    const { clock } = this.#ports.core;
    const known = this.#seen(key);
    if (known !== undefined) return known;
    const present: Present = {
      session: await this.#connect(address, key),
      address: { platformId: address.platformId, userId: address.userId },
      lamp: new TypingLamp(clock, (isOn) => this.#toss(address, { type: isOn ? 'typing_on' : 'typing_off' })),
      seenAt: clock.monotonic(),
      isFaltering: false,
      hasOpened: false,
      cancelSilence: undefined,
    };
    this.#present.set(key, present);
    this.#listenForSilence(key, present);
    const [eldest] = this.#present.keys();
    if (this.#present.size > this.#ports.setup.limits.sessions && eldest !== undefined) await this.#end(eldest);
    return present;
  }

  #connect({ platformId, userId }: Address, key: string): Promise<Session> {
    const { core, setup } = this.#ports;
    const who: Identity = {
      workspaceId: setup.workspaceId,
      space: setup.name,
      side: 'customer',
      realm: platformId,
      externalId: userId,
      idType: 'string',
      role: 'customer',
      name: '',
    };
    return core.connect(
      who,
      {
        scope: 'own',
        echo: 'foreign',
        chats: 'mine',
        away: this.#awayAfterSilence(),
        saysDelivered: false,
        isQueued: true,
        onEnd: () => this.#forget(key),
      },
      (delivery, session) => this.#hear(delivery, session, { platformId, userId }),
    );
  }

  #hear({ event }: Delivery, session: Session, address: Address): void {
    if (event.type === 'TypingChanged') {
      const words = agentTyping(event);
      if (words !== undefined) this.#present.get(sessionKey(address))?.lamp.set(event.isOn, event.expiresInMs);
    }
    if (event.type === 'AcceptingChanged' && !event.isPlatformOpen) void this.#deskClosed(session, address);
  }

  /** The platform is closed: who waits in our queue is told. [SERMO outbound/platform_closed] */
  routingConfigured(isAccepting: boolean, chats: Iterable<ChatSummary>): void {
    const { name, customers } = this.#ports.setup;
    const hasClosed = this.#isPlatformOpen && !isAccepting;
    this.#isPlatformOpen = isAccepting;
    if (!hasClosed) return;
    for (const chat of chats) {
      const address = addressIn(chat.addresses[name]);
      const isWaiting = chat.status === 'pending' || chat.status === 'missed';
      if (address === undefined || !isWaiting || chat.delegateId !== null) continue;
      if (customers.includes(address.platformId)) void this.#tellClosed(address);
    }
  }

  /** The desk that has his chat said so. */
  async #deskClosed(session: Session, address: Address): Promise<void> {
    const chat = await this.#ports.core.find(session, { key: sessionKey(address) }).catch(() => undefined);
    if (chat !== undefined && chat.status !== 'closed' && chat.delegateId !== null) await this.#tellClosed(address);
  }

  async #tellClosed(address: Address): Promise<void> {
    const { core, carrier, post, unsent } = this.#ports;
    const how = { messageId: `closed:${core.ids.command()}`, at: core.clock.now(), isKept: true };
    const passing = { direction: 'outbound', address, words: { type: 'platform_closed' } } as const;
    await carrier()
      .publisher.send(post.passing(passing, how))
      .catch((error) => unsent.take({ type: 'platform_closed', chatId: null, origin: { passing, ...how } }, error))
      .catch(() => undefined);
  }

  #toss(address: Address, words: OutboundWords): void {
    const { core, carrier, post } = this.#ports;
    const how = { messageId: core.ids.command(), at: core.clock.now(), isKept: false };
    carrier().publisher.toss(post.passing({ direction: 'outbound', address, words }, how));
  }

  /** Short silence makes him unstable, longer silence ends his session. [SERMOD presence] */
  #listenForSilence(key: string, present: Present): void {
    const { clock } = this.#ports.core;
    const { unstableMs, offlineMs } = this.#ports.setup.times;
    const silentMs = clock.monotonic() - present.seenAt;
    present.cancelSilence?.();
    if (silentMs >= offlineMs) return void this.#end(key);
    present.isFaltering = silentMs >= unstableMs;
    present.session.faltering(present.isFaltering);
    const nextMs = present.isFaltering ? offlineMs : Math.min(unstableMs, offlineMs);
    present.cancelSilence = clock.after(nextMs - silentMs, () => this.#listenForSilence(key, present));
  }

  #forget(key: string): Present | undefined {
    const present = this.#present.get(key);
    this.#present.delete(key);
    present?.cancelSilence?.();
    present?.lamp.clear();
    return present;
  }

  async #end(key: string, away?: Away): Promise<void> {
    await this.#forget(key)?.session.end(away);
  }

  /** Silence takes nobody off the desk; after long silence the chat closes. [SERMOD sessions] */
  #awayAfterSilence(): Away {
    const { idleMs, offlineMs } = this.#ports.setup.times;
    return { leavesDesk: false, noticeMs: null, closeMs: Math.max(idleMs - offlineMs, 0) };
  }

  #awayAfterUnload(): Away {
    const { unloadMs } = this.#ports.setup.times;
    return { leavesDesk: false, noticeMs: unloadMs, closeMs: unloadMs };
  }
}
