import type { ChatSummary, Core, Delivery, Session } from '@dragoman/core';
import { neverAway } from '@dragoman/core';
import type { Channel, ChannelHandler, Join, JoinAnswer, Push, PushAnswer } from '../channels/index.js';
import { dismiss } from '../dismissal.js';
import type { FramesOf } from '../encoder.js';
import { markSaid } from '../own-words.js';
import type { ClustaarOptions } from '../options.js';
import { admit, isSameKey } from './admission.js';
import { interlocutorOf, parseJoin, parseReply, type JoinParams } from './frames.js';
import { isHeld, keyOf, openingOf, toCommand, toControl, toRefusal, turnOf } from './translate.js';

/** What joins of interlocutors need of the adapter. */
export interface InterlocutorDesk {
  readonly core: Core;
  readonly options: ClustaarOptions;
  readonly framesOf: FramesOf;
  /** Whose channel it is, for whoever is told that bytes were written. */
  readonly sessions: WeakMap<Channel, Session>;
}

/** What a page that has no socket is kept [CLU missed]. */
const missed = { limit: 100, maxAgeMs: 600_000 } as const;

/** The reply of the core, or silence, within what the channel server waits. */
export async function joinInterlocutor(join: Join<undefined>, desk: InterlocutorDesk): Promise<JoinAnswer | undefined> {
  const interlocutorId = interlocutorOf(join.topic);
  if (interlocutorId === undefined) return undefined;
  const params = parseJoin(join.params);
  if (params === undefined) return { ok: false, reason: 'invalid params', isFinal: true };
  const { address } = join.socket.request;
  const admission = await admit(params, interlocutorId, desk.options, { remoteAddress: address });
  if (!admission.ok) return { ok: false, reason: admission.reason, isFinal: admission.reason === 'unauthorized' };
  const page = new Page(join, { params, interlocutorId }, desk);
  try {
    await page.open(admission.identity);
  } catch (error) {
    desk.core.log.warn({ error: String(error) }, 'an interlocutor could not be connected');
    page.ended();
    return { ok: false, reason: 'unavailable', isFinal: false };
  }
  return { ok: true, response: { control: page.isHeld }, handler: page };
}

/** One page of an interlocutor, joined to his topic. */
class Page implements ChannelHandler {
  readonly #join: Join<undefined>;
  readonly #channel: Channel;
  readonly #desk: InterlocutorDesk;
  readonly #params: JoinParams;
  readonly #key: string;
  #session: Session | undefined;
  /** Whether what the page missed has been handed over. */
  #resumed: Promise<void> = Promise.resolve();
  /** What the page was told last. */
  isHeld = false;

  constructor(
    join: Join<undefined>,
    { params, interlocutorId }: { readonly params: JoinParams; readonly interlocutorId: string },
    desk: InterlocutorDesk,
  ) {
    this.#join = join;
    this.#channel = join.channel;
    this.#desk = desk;
    this.#params = params;
    this.#key = keyOf(params.botId, interlocutorId);
  }

  async open(identity: Parameters<Core['connect']>[0]): Promise<void> {
    const { core, sessions } = this.#desk;
    const session = await core.connect(
      identity,
      {
        scope: 'own',
        echo: 'others',
        away: neverAway,
        chats: 'mine',
        begins: 'replay',
        saysDelivered: false,
        connectionId: this.#join.socket.id,
        onEnd: (reason) => dismiss(this.#join, reason),
      },
      (delivery) => this.#hear(delivery),
    );
    this.#session = session;
    sessions.set(this.#channel, session);
    const chat = await core.find(session, { key: this.#key });
    this.isHeld = chat !== undefined && isHeld(chat);
  }

  /** Pages read `control` in their first reply alone: after an interruption it is told again [CLU control]. */
  joined(): void {
    this.#resumed = this.#resume().catch((error: unknown) => {
      this.#desk.core.log.warn({ error: String(error) }, 'a page was not told what it missed');
      this.#channel.crash();
    });
  }

  async push({ event, payload }: Push): Promise<PushAnswer | undefined> {
    if (event !== 'interlocutor_reply') return undefined;
    const { core, options } = this.#desk;
    const session = this.#session;
    const frame = parseReply(payload);
    if (typeof frame === 'string') return { ok: false, reason: frame };
    const bot = options.bots[this.#params.botId];
    if (session === undefined || bot === undefined || !isSameKey(frame.botToken, bot.publicKey)) {
      return { ok: false, reason: 'unauthorized' };
    }
    const current = await core.find(session, { key: this.#key });
    const opening = openingOf(this.#params);
    const command = toCommand(frame, { space: options.name, key: this.#key, opening, current });
    if (command === undefined) return { ok: true };
    const outcome = await core.dispatch(session, command);
    if (!outcome.ok) return { ok: false, ...toRefusal(outcome.rejection) };
    return { ok: true, written: () => void this.#resumed.then(() => markSaid(outcome, session)) };
  }

  ended(): void {
    void this.#session?.end();
  }

  async #resume(): Promise<void> {
    const { core } = this.#desk;
    const session = this.#session;
    if (session === undefined) return;
    const chat = await core.find(session, { key: this.#key });
    if (chat !== undefined) await this.#tellControl(session, chat);
    await session.replay(missed);
  }

  /** What a page that comes back may have wrong: somebody has the word, or let go of it not long ago. */
  async #tellControl(session: Session, chat: ChatSummary): Promise<void> {
    const { core } = this.#desk;
    const isRecent = (at: number): boolean => core.clock.now() - at < missed.maxAgeMs;
    const isTaken = isHeld(chat);
    if (!isTaken && (chat.previousAssigneeId === null || !isRecent(chat.changedAt))) return;
    const page = { include: 'everything', limit: 1000, upToVersion: chat.version } as const;
    const turnedAt = turnOf(await core.transcript(session, { chatId: chat.id }, page));
    if (!isTaken && (turnedAt === undefined || !isRecent(turnedAt))) return;
    this.isHeld = isTaken;
    this.#sendControl(turnedAt ?? chat.changedAt);
  }

  #hear(delivery: Delivery): void {
    const { event, isReplay } = delivery;
    if (!isReplay && 'version' in event && 'chatId' in event && isHeld(event.chat) !== this.isHeld) {
      this.isHeld = !this.isHeld;
      this.#sendControl(event.at);
    }
    for (const frame of this.#desk.framesOf(delivery, this.#channel)) this.#channel.send(frame);
  }

  #sendControl(at: number): void {
    const { event, payload } = toControl(this.isHeld, at);
    this.#channel.push(event, payload);
  }
}
