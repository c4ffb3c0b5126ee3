import type { ChatEvent, ChatSummary, Core, Delivery, ParticipantId, Session } from '@dragoman/core';
import type { Carrier } from '../transport.js';
import { bodyOf, hasPicture } from './bodies.js';
import type { Address, InboundWords, OutboundEvent, Problem } from './frames.js';
import { Heartbeats } from './heartbeats.js';
import type { Circumstances, Verdict } from './intake.js';
import { verdictOf } from './intake.js';
import type { Post } from './letters.js';
import type { SermoSetup } from './options.js';
import type { Tally } from './tally.js';
import type { Unsent } from './unsent.js';
import { fill, textsFor, type SermoTexts } from './texts.js';
import { completed, customerTyping, deskCommand, notice } from './translate.js';
import { TypingPace } from './typing-pace.js';
import { ReadPace } from './read-pace.js';

export interface DesksPorts {
  readonly core: Core;
  readonly setup: SermoSetup;
  readonly carrier: () => Carrier;
  readonly post: Post;
  readonly tally: Tally;
  readonly unsent: Unsent;
}

interface Desk {
  readonly platformId: string;
  readonly session: Session;
}

const chatForm = /^[0-9a-f-]{36}$/;

/** Our customers, their desk: each platform's desk is one operator who stands for many people. */
export class Desks {
  readonly #ports: DesksPorts;
  readonly #byPlatform = new Map<string, Desk>();
  readonly #byId = new Map<ParticipantId, Desk>();
  readonly #isBot: (agentId: string) => boolean;
  readonly heartbeats: Heartbeats;
  readonly #typing: TypingPace;
  readonly #reads: ReadPace;
  #isStopped = false;
  /** Platforms whose desks get no new chats now. */
  readonly #unavailable = new Set<string>();

  constructor(ports: DesksPorts) {
    this.#ports = ports;
    const botIds = new Set(ports.setup.botIds);
    this.#isBot = (agentId) => botIds.has(agentId);
    const toss = (platformId: string, userId: string, words: InboundWords): void => {
      const how = { messageId: ports.core.ids.command(), at: ports.core.clock.now(), isKept: false };
      const about = { direction: 'inbound', address: { platformId, userId }, words } as const;
      ports.carrier().publisher.toss(ports.post.passing(about, how));
    };
    this.heartbeats = new Heartbeats(ports.core.clock, ports.setup.times, toss, (platformId, chatId) =>
      this.#unloaded(platformId, chatId),
    );
    this.#typing = new TypingPace(ports.core.clock, toss);
    this.#reads = new ReadPace(ports.core.clock);
  }

  async start(): Promise<void> {
    for (const platformId of this.#ports.setup.desks) await this.#connect(platformId);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.heartbeats.stop();
    this.#typing.stop();
    this.#reads.stop();
    await Promise.all([...this.#byPlatform.values()].map(({ session }) => session.end()));
  }

  /** What a desk is shown of an event was confirmed by the broker. */
  published({ chatId, version }: ChatEvent, platformId: string): void {
    this.#byPlatform.get(platformId)?.session.written(chatId, version);
  }

  /** A customer has read: marks before this one need not be sent any more. */
  reads({ chatId, version }: ChatEvent): void {
    this.#reads.note(chatId, version);
  }

  /** At most one mark a second; none where a newer one follows. [SERMO inbound/messages_read] */
  async paced({ chatId, version }: ChatEvent, send: () => Promise<void>): Promise<void> {
    if (await this.#reads.turn(chatId, version)) await send();
  }

  /** The platform whose desk has the chat; undefined: none of ours. */
  platformOf(chat: ChatSummary): string | undefined {
    return chat.delegateId === null ? undefined : this.#byId.get(chat.delegateId)?.platformId;
  }

  /** What the desks have from before the start: its customers may come back without a word. */
  resume(chats: Iterable<ChatSummary>): void {
    for (const chat of chats) {
      const platformId = this.platformOf(chat);
      if (platformId !== undefined) this.heartbeats.follow(platformId, chat.id, chat.customerIds);
    }
  }

  /** An event of a chat, in its order: whose heart beats follows from it. */
  hear(event: ChatEvent): void {
    const platformId = this.platformOf(event.chat);
    if (platformId === undefined || event.chat.status === 'closed') {
      this.#reads.forget(event.chatId);
      return this.heartbeats.forget(event.chatId);
    }
    const isSign = event.type === 'MessagePosted' && event.message.authorRole === 'customer';
    if (isSign) this.#typing.said(event.chatId);
    this.heartbeats.follow(platformId, event.chatId, event.chat.customerIds);
    const { core, setup } = this.#ports;
    // What is only now read from the log says nothing of who is there.
    const isNew = core.clock.now() - event.at < setup.times.offlineMs;
    if (isNew && (isSign || event.type === 'ChatQueued')) this.heartbeats.seen(event.chatId);
    if (event.type === 'AbsenceNoted' && event.phase === 'left') this.heartbeats.unloaded(event.chatId);
  }

  /** While what we publish for a desk is held up, it gets no new chats. */
  async setAvailable(platformId: string, isAvailable: boolean): Promise<void> {
    if (this.#unavailable.has(platformId) !== isAvailable) return;
    if (isAvailable) this.#unavailable.delete(platformId);
    else this.#unavailable.add(platformId);
    const desk = this.#byPlatform.get(platformId);
    if (desk !== undefined) await this.#show(desk);
  }

  /** A customer's words wait: he is told once, also by whoever goes on after a restart. `since` names this delay. */
  async tellDelay(chat: ChatSummary, since: number): Promise<void> {
    const desk = chat.delegateId === null ? undefined : this.#byId.get(chat.delegateId);
    const { name } = this.#ports.setup;
    if (desk !== undefined) await this.#note(desk, chat, 'deskDelayed', `${name}/delayed/${chat.id}/${since}`);
  }

  /** The chat that a desk names, if it has it. */
  readonly chatOf = async ({ platformId, userId }: Address): Promise<ChatSummary | undefined> => {
    const desk = this.#byPlatform.get(platformId);
    if (desk === undefined || !chatForm.test(userId)) return undefined;
    const chat = await this.#ports.core.find(desk.session, { chatId: userId });
    return chat?.delegateId === desk.session.participant.id ? chat : undefined;
  };

  readonly handle = async (event: OutboundEvent, about: Circumstances): Promise<Verdict> => {
    const { core } = this.#ports;
    const desk = this.#byPlatform.get(event.platformId);
    const chat = await this.chatOf(event);
    if (desk === undefined || chat === undefined) {
      return { park: { reason: 'unknown_session', detail: event.type, address: event } };
    }
    const to = { chatId: chat.id };
    const said = hasPicture(event) ? await bodyOf(event, core.attachments, desk.session) : undefined;
    const refused = said?.refused;
    if (refused !== undefined) await this.#note(desk, chat, 'imageRefused');
    const park = refused === undefined ? undefined : { park: { reason: refused, detail: 'image', address: event } };
    if (park !== undefined && said?.body === undefined) return park;
    const command = deskCommand(event, { to, at: about.sentAt ?? about.receivedAt, body: said?.body }, this.#isBot);
    if (command === undefined) return 'done';
    const outcome = await core.dispatch(desk.session, completed(command, about.named, about.trace));
    if (outcome.ok && outcome.isRepeat) this.#ports.tally.count('duplicate');
    else if (outcome.ok) await this.#follow(desk, chat, event);
    return park ?? verdictOf(outcome, ['CHAT_CLOSED', 'BAD_TRANSITION', 'NO_OPERATOR', 'NOT_ALLOWED']);
  };

  readonly parked = async ({ reason, address }: Problem): Promise<void> => {
    const desk = address === undefined ? undefined : this.#byPlatform.get(address.platformId);
    if (reason !== 'text_too_long' || desk === undefined || address === undefined) return;
    const chat = await this.chatOf(address);
    if (chat !== undefined) await this.#note(desk, chat, 'textTooLong');
  };

  /** What our customer is told beside what the event does. */
  async #follow(desk: Desk, chat: ChatSummary, event: OutboundEvent): Promise<void> {
    if (event.type === 'platform_closed') await this.#note(desk, chat, 'platformClosed');
    if (event.type === 'agent_done') await this.#note(desk, chat, 'agentDone');
  }

  async #note(desk: Desk, chat: ChatSummary, which: keyof SermoTexts, commandId?: string): Promise<void> {
    const words = fill(textsFor(chat.locale, this.#ports.setup.texts)[which], {});
    const named = commandId === undefined ? {} : { commandId };
    if (words !== '')
      await this.#ports.core.dispatch(desk.session, { ...notice({ chatId: chat.id }, words), ...named });
  }

  async #connect(platformId: string): Promise<void> {
    const { core, setup } = this.#ports;
    const session = await core.connect(
      {
        workspaceId: setup.workspaceId,
        space: setup.name,
        side: 'operator',
        realm: '',
        externalId: platformId,
        idType: 'string',
        role: 'operator',
        name: platformId,
        isDesk: true,
      },
      {
        scope: 'own',
        echo: 'foreign',
        away: null,
        chats: 'mine',
        mode: 'desk',
        saysDelivered: false,
        onEnd: () => this.#comeBack(platformId),
      },
      (delivery) => this.#listen(delivery, platformId),
    );
    const desk: Desk = { platformId, session };
    this.#byPlatform.set(platformId, desk);
    this.#byId.set(session.participant.id, desk);
    await this.#show(desk);
  }

  /** The core ended the session of a desk; unless everything stops the desk is there again at once. */
  #comeBack(platformId: string): void {
    this.#ports.core.clock.after(this.#ports.setup.times.reconnectFirstMs, () => {
      if (!this.#isStopped) void this.#connect(platformId).catch(() => this.#comeBack(platformId));
    });
  }

  async #show({ platformId, session }: Desk): Promise<void> {
    const status = this.#unavailable.has(platformId) ? 'unavailable' : 'available';
    await this.#ports.core.dispatch(session, { type: 'SetAvailability', status });
  }

  #listen({ event }: Delivery, platformId: string): void {
    if (event.type !== 'TypingChanged') return;
    const words = customerTyping(event, this.#ports.core.clock.now());
    if (words !== undefined) this.#typing.push(platformId, event.chatId, words);
  }

  /** Nobody of the customer's is there any more. */
  #unloaded(platformId: string, chatId: string): void {
    const { core, carrier, post, unsent } = this.#ports;
    const at = core.clock.now();
    const words = { type: 'client_unload', at: new Date(at).toISOString() } as const;
    const how = { messageId: `unload:${core.ids.command()}`, at, isKept: true };
    const passing = { direction: 'inbound', address: { platformId, userId: chatId }, words } as const;
    void carrier()
      .publisher.send(post.passing(passing, how))
      .catch((error) => unsent.take({ type: words.type, chatId, origin: { passing, ...how } }, error))
      .catch(() => undefined);
  }
}
