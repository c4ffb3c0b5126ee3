import type { Core, Delivery, Fields, Identity, Outcome, ParticipantId, Session } from '@dragoman/core';
import { outsideId } from '@dragoman/core';
import type { Channel, ChannelHandler, EncodedFrame, Join, JoinAnswer, Push, PushAnswer } from '../channels/index.js';
import { dismiss } from '../dismissal.js';
import type { FramesOf } from '../encoder.js';
import type { ClustaarOptions } from '../options.js';
import { toChat, toEntry, toPerson, type Surface, type WhoIs } from './chat.js';
import { operatorLimits, operatorOf, parseCall, parseOperatorJoin, type Call, type OperatorJoin } from './frames.js';
import { toCommand, toReceipts, toRefusal, type OperatorEvent, type Order } from './translate.js';

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

/** What a page that was away is handed over of the chats that are its operator's. */
const missed = { limit: 500, maxAgeMs: 86_400_000 } as const;

const unauthorized: JoinAnswer = { ok: false, reason: 'unauthorized', isFinal: true };

/** An operator signs in with a token of his own; nothing else of the wire says who he is [OP join]. */
export async function joinOperator(join: Join<undefined>, desk: OperatorDesk): Promise<JoinAnswer | undefined> {
  const externalId = operatorOf(join.topic);
  if (externalId === undefined) return undefined;
  const params = parseOperatorJoin(join.params);
  if (params === undefined) return { ok: false, reason: 'invalid params', isFinal: true };
  const verified = await desk.options.verify(params.token, { remoteAddress: join.socket.request.address });
  if (!verified.ok && verified.code === 'unavailable') return { ok: false, reason: 'unavailable', isFinal: false };
  if (!verified.ok || verified.identity.role !== 'operator' || verified.identity.externalId !== externalId) {
    return unauthorized;
  }
  const { workspaceId, name: space } = desk.options;
  const { realm = '', name = externalId, idType = 'string', ...person } = verified.identity;
  const identity: Identity = {
    ...person,
    ...{ workspaceId, space, side: 'operator', role: 'operator', realm, name, idType },
    ...(verified.expiresAt !== undefined && { expiresAt: verified.expiresAt }),
  };
  return open(join, desk, { identity, params });
}

async function open(
  join: Join<undefined>,
  desk: OperatorDesk,
  { identity, params }: { readonly identity: Identity; readonly params: OperatorJoin },
): Promise<JoinAnswer> {
  const isFirst = !desk.isJoined(join.topic);
  const page = new OperatorPage(join, desk, params);
  try {
    return { ok: true, response: await page.open(identity, isFirst), handler: page };
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
  /** Up to where this page was told of chats whose gap it asked to be filled. */
  readonly #told = new Map<string, number>();

  constructor(join: Join<undefined>, desk: OperatorDesk, params: OperatorJoin) {
    this.#join = join;
    this.#channel = join.channel;
    this.#desk = desk;
    this.#params = params;
  }

  async open(identity: Identity, isFirst: boolean): Promise<Fields> {
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
    const status = this.#params.status ?? (isFirst ? 'available' : undefined);
    if (status !== undefined) await core.dispatch(session, { type: 'SetAvailability', status });
    const { id, isSupervisor } = session.participant;
    const whoIs: WhoIs = () => session.participant;
    const now = core.lobby(session).operators.get(id)?.status ?? status ?? 'unavailable';
    return { operator: toPerson(id, 'operator', whoIs, on.space), is_supervisor: isSupervisor, status: now };
  }

  joined(): void {
    void this.#resume().catch((error: unknown) => {
      this.#desk.core.log.warn({ error: String(error) }, 'an operator was not told what he missed');
      this.#channel.crash();
    });
  }

  async push({ event, payload }: Push): Promise<PushAnswer | undefined> {
    const call = parseCall(event, payload);
    const session = this.#session;
    if (call === undefined || session === undefined) return undefined;
    if (typeof call === 'string') return { ok: false, reason: call };
    switch (call.call) {
      case 'chats.list':
        return { ok: true, response: this.#list(session, call) };
      case 'operators.list':
        return { ok: true, response: this.#colleagues(session) };
      case 'chat.history':
        return this.#history(session, call);
      default:
        return this.#obey(session, call);
    }
  }

  ended(): void {
    void this.#session?.end();
  }

  async #obey(session: Session, order: Order): Promise<PushAnswer> {
    const { core, on } = this.#desk;
    const { id, isSupervisor } = session.participant;
    const colleague = (wireId: string): ParticipantId | undefined => this.#colleague(session, wireId);
    const command = toCommand(order, { id, isSupervisor, space: on.space, colleague });
    if (command === undefined) return { ok: false, reason: 'unknown operator' };
    const outcome = await core.dispatch(session, command);
    const whoIs: WhoIs = (one) => core.lobby(session).person(one);
    if (!outcome.ok) return { ok: false, ...toRefusal(outcome.rejection, whoIs, on.space) };
    return { ok: true, response: toResult(outcome) };
  }

  #list(session: Session, { scope, before, limit }: Extract<Call, { call: 'chats.list' }>): Fields {
    const { core, on } = this.#desk;
    const lobby = core.lobby(session);
    const { id: me } = session.participant;
    const found = [...lobby.chats.values()].filter((chat) => {
      if (before !== undefined && chat.id >= before) return false;
      if (scope === 'mine') return chat.assigneeId === me || chat.memberIds.includes(me);
      return scope === 'all' || chat.status === 'pending' || chat.status === 'missed';
    });
    // Ids grow with time.
    found.sort((a, b) => (a.id < b.id ? 1 : -1));
    const chats = found.slice(0, limit).map((chat) => toChat(chat, (id) => lobby.person(id), on.space));
    return { chats, has_more: found.length > limit };
  }

  #colleagues(session: Session): Fields {
    const { core, on } = this.#desk;
    const lobby = core.lobby(session);
    const operators = [...lobby.operators.values()].slice(0, operatorLimits.page).map((record) => ({
      ...toPerson(record.id, 'operator', (id) => lobby.person(id), on.space),
      status: record.status,
      is_online: record.isOnline,
    }));
    return { operators };
  }

  #colleague(session: Session, wireId: string): ParticipantId | undefined {
    const { core, on } = this.#desk;
    const lobby = core.lobby(session);
    return [...lobby.operators.keys()].find((id) => {
      const who = lobby.person(id);
      return id === wireId || (who !== undefined && String(outsideId(who, on.space, 'operator')) === wireId);
    });
  }

  async #history(session: Session, call: Extract<Call, { call: 'chat.history' }>): Promise<PushAnswer> {
    const { core, on } = this.#desk;
    const { chatId, before, limit } = call;
    const chat = await core.find(session, { chatId });
    if (chat === undefined) return { ok: false, reason: 'unknown chat' };
    const page = { limit, ...(before !== undefined && { beforeNumber: before }) };
    const { entries, hasMore, people } = await core.transcript(session, { chatId }, page);
    const messages = entries.flatMap((entry) => toEntry(entry, (id) => people[id], on) ?? []);
    return { ok: true, response: { chat_id: chatId, version: chat.version, messages, has_more: hasMore } };
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
    if (chat === undefined || chat.version <= since) return;
    const page = { include: 'everything', limit: operatorLimits.page, upToVersion: chat.version } as const;
    const { entries, people } = await core.transcript(session, { chatId }, page);
    const news = entries.filter(({ event }) => event.version > since);
    for (const { event } of news) this.#sendAll(framesOf({ event }, this.#channel));
    for (const { event, payload } of toReceipts(chat, entries)) this.#channel.push(event, payload);
    const now = { event: 'now', at: core.clock.now(), version: chat.version, by: null };
    this.#say({ event: 'chat', payload: { ...now, chat: toChat(chat, (id) => people[id], on.space) } });
    this.#told.set(chatId, chat.version);
    session.written(chatId, chat.version);
  }

  #hear(delivery: Delivery): void {
    const { event } = delivery;
    const isTold = 'version' in event && 'chatId' in event && event.version <= (this.#told.get(event.chatId) ?? 0);
    if (!isTold) this.#sendAll(this.#desk.framesOf(delivery, this.#channel));
  }

  #sendAll(frames: readonly EncodedFrame[]): void {
    for (const frame of frames) this.#channel.send(frame);
  }

  #say({ event, payload }: OperatorEvent): void {
    this.#channel.push(event, payload);
  }
}

/** What an order came to: where the chat stands now, and what was said [OP calls]. */
function toResult({ chat, events }: Extract<Outcome, { ok: true }>): Fields {
  const said = events.find((event) => event.type === 'MessagePosted');
  const message = said?.type === 'MessagePosted' ? said.message : undefined;
  return {
    ...(chat !== undefined && { version: chat.version, status: chat.status }),
    ...(message !== undefined && {
      message: { id: message.id, seq: message.seq, number: said?.number, at: message.at },
    }),
  };
}
