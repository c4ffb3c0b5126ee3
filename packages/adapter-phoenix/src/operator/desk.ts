import type { Core, Delivery, Fields, Identity, Session } from '@dragoman/core';
import { encodeFrame } from '../channels/index.js';
import type { Channel, ChannelHandler, EncodedFrame, Join, JoinAnswer, Push, PushAnswer } from '../channels/index.js';
import { dismiss } from '../dismissal.js';
import type { FramesOf } from '../encoder.js';
import type { ClustaarOptions } from '../options.js';
import { admitOperator } from './admission.js';
import { answer } from './answers.js';
import { toChat, toPerson, type Surface } from './chat.js';
import { operatorLimits, operatorOf, parseCall, parseOperatorJoin, type OperatorJoin } from './frames.js';
import { toReceipts } from './translate.js';

/** What joins of operators need of the adapter. */
export interface OperatorDesk {
  readonly core: Core;
  readonly options: ClustaarOptions;
  readonly on: Surface;
  readonly framesOf: FramesOf;
  /** Whose channel it is, for whoever is told that bytes were written. */
  readonly sessions: WeakMap<Channel, Session>;
  /** Whether another page of this operator is there. */
  readonly isJoined: (topic: string) => boolean;
}

/** What a page that was away is handed over of the chats that are its operator's [OP coming back]. */
const missed = { limit: 500, maxAgeMs: 86_400_000 } as const;

/** Frames of a gap that may be on their way before the page has shown to have them: more would overrun one that polls. */
const framesAhead = 400;

export async function joinOperator(join: Join<undefined>, desk: OperatorDesk): Promise<JoinAnswer | undefined> {
  const operatorId = operatorOf(join.topic);
  if (operatorId === undefined) return undefined;
  const params = parseOperatorJoin(join.params);
  if (params === undefined) return { ok: false, reason: 'invalid params', isFinal: true };
  const { address } = join.socket.request;
  const admission = await admitOperator(params, operatorId, desk.options, { remoteAddress: address });
  if (!admission.ok) return { ok: false, reason: admission.reason, isFinal: admission.reason === 'unauthorized' };
  const status = params.status ?? (desk.isJoined(join.topic) ? undefined : 'available');
  const page = new OperatorPage(join, desk, params);
  try {
    return { ok: true, response: await page.open(admission.identity, status), handler: page };
  } catch (error) {
    desk.core.log.warn({ error: String(error) }, 'an operator could not be connected');
    page.ended();
    return { ok: false, reason: 'unavailable', isFinal: false };
  }
}

/** One page of an operator, joined to his topic. */
class OperatorPage implements ChannelHandler {
  readonly #join: Join<undefined>;
  readonly #channel: Channel;
  readonly #desk: OperatorDesk;
  readonly #params: OperatorJoin;
  #session: Session | undefined;
  /** Whether what the page missed has been handed over. */
  #resumed: Promise<void> = Promise.resolve();
  /** Up to where this page was told of chats whose gap it asked to be filled. */
  readonly #told = new Map<string, number>();
  /** Frames of gaps since the page last showed what it has. */
  #ahead = 0;

  constructor(join: Join<undefined>, desk: OperatorDesk, params: OperatorJoin) {
    this.#join = join;
    this.#channel = join.channel;
    this.#desk = desk;
    this.#params = params;
  }

  async open(identity: Identity, status: string | undefined): Promise<Fields> {
    const { core, sessions, on } = this.#desk;
    const session = await core.connect(
      identity,
      {
        scope: 'lobby',
        echo: 'others',
        away: null,
        mode: 'auto',
        chats: 'mine',
        begins: 'replay',
        saysDelivered: false,
        hearsDelivered: true,
        connectionId: this.#join.socket.id,
        onEnd: (reason) => dismiss(this.#join, reason),
      },
      (delivery) => this.#hear(delivery),
    );
    this.#session = session;
    sessions.set(this.#channel, session);
    if (status !== undefined) await core.dispatch(session, { type: 'SetAvailability', status });
    const { id, isSupervisor } = session.participant;
    const operator = toPerson(id, 'operator', () => session.participant, on.space);
    const known = core.lobby(session).operators.get(id);
    return { operator, is_supervisor: isSupervisor, status: known?.status ?? 'unavailable' };
  }

  joined(): void {
    this.#resumed = this.#resume().catch((error: unknown) => {
      this.#desk.core.log.warn({ error: String(error) }, 'an operator was not told what he missed');
      this.#channel.crash();
    });
  }

  async push({ event, payload }: Push): Promise<PushAnswer | undefined> {
    const call = parseCall(event, payload);
    const session = this.#session;
    if (call === undefined || session === undefined) return undefined;
    return typeof call === 'string'
      ? { ok: false, reason: call }
      : answer(call, { ...this.#desk, session, resumed: this.#resumed });
  }

  ended(): void {
    void this.#session?.end();
  }

  /** First what the page says it has not got, then what no page of his was written [OP coming back]. */
  async #resume(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    for (const [chatId, version] of this.#params.since) await this.#fill(session, chatId, version);
    await session.replay(missed);
    this.#told.clear();
  }

  async #fill(session: Session, chatId: string, since: number): Promise<void> {
    const { core, on, framesOf } = this.#desk;
    const chat = await core.find(session, { chatId });
    if (chat === undefined) return;
    const { version } = chat;
    session.written(chatId, Math.min(since, version));
    this.#told.set(chatId, version);
    if (version <= since) return;
    const page = { include: 'everything', limit: operatorLimits.page, upToVersion: version } as const;
    const { entries, people } = await core.transcript(session, { chatId }, page);
    for (const { event } of entries) if (event.version > since) this.#send(framesOf({ event }, this.#channel));
    for (const { event, payload } of toReceipts(chat, entries)) this.#channel.push(event, payload);
    const now = { event: 'now', at: core.clock.now(), version, by: null };
    const arrived = this.#tell({ ...now, chat: toChat(chat, (id) => people[id], on.space) });
    void arrived.then(() => session.written(chatId, version));
    this.#ahead += entries.length;
    if (this.#ahead < framesAhead) return;
    await arrived;
    this.#ahead = 0;
  }

  /** Resolves when the page has it; never, if it goes before. */
  #tell(payload: Fields): Promise<void> {
    const { topic } = this.#channel;
    return new Promise((written) => {
      this.#channel.send(encodeFrame({ topic, event: 'chat', payload, written: () => written() }));
    });
  }

  #hear(delivery: Delivery): void {
    const { event } = delivery;
    const isTold = 'version' in event && 'chatId' in event && event.version <= (this.#told.get(event.chatId) ?? 0);
    if (!isTold) this.#send(this.#desk.framesOf(delivery, this.#channel));
  }

  #send(frames: readonly EncodedFrame[]): void {
    for (const frame of frames) this.#channel.send(frame);
  }
}
