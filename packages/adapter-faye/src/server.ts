import type { Application } from './application.js';
import {
  adviseFailure,
  errors,
  isMeta,
  isSubscribable,
  metaChannels,
  refusal,
  waitMs,
  type Answer,
  type ClientMessage,
  type Incoming,
} from './bayeux.js';
import type { EventFrame } from './event-frame.js';
import type { Farewell } from './farewell.js';
import type { Library } from './library.js';
import type { Sessions } from './sessions.js';

export interface ServerLimits {
  readonly sessions: number;
  /** Per session. */
  readonly subscriptions: number;
  /** The longest a connect is held, ms. */
  readonly timeoutMs: number;
  /** False takes `callback-polling` from the offered connection types. */
  readonly offersJsonp: boolean;
}

/** What one message is answered with: its answer, and behind a connect's the events that ended it. */
export type Reply = Answer | EventFrame;

/** Bayeux without transports: one message in, its replies out. */
export interface BayeuxServer {
  /** Of a connect, resolves when it ends. */
  answer(incoming: Incoming): Promise<readonly Reply[]>;
}

/** Decides what is ours to decide and leaves the rest to Faye, so that its clients read the texts they know. */
export function createServer(
  { library, sessions, farewell }: { library: Library; sessions: Sessions; farewell: Farewell },
  application: Application,
  limits: ServerLimits,
): BayeuxServer {
  const ask = (message: ClientMessage): Promise<readonly Reply[]> =>
    library.process(message).then(readReplies, () => [refusal(message, errors.internal)]);

  async function handshake({ message, ext }: Incoming): Promise<readonly Reply[]> {
    const isFull = sessions.size >= limits.sessions;
    const later = farewell.advice() ?? (isFull ? ({ reconnect: 'handshake', interval: waitMs } as const) : undefined);
    if (later !== undefined) return [refusal(message, errors.tryAgain, later)];
    const error = application.admit(ext);
    if (error !== undefined) return [refusal(message, error, { reconnect: 'none' })];
    const replies = await ask(message);
    for (const reply of replies) {
      const session = 'clientId' in reply ? sessions.get(reply.clientId) : undefined;
      if (session !== undefined) application.opened(session, ext);
    }
    return limits.offersJsonp ? replies : replies.map(withoutJsonp);
  }

  /** A client has one connect at a time: an older one is answered before the newer is held. [BAYEUX connect] */
  async function connect({ message }: Incoming): Promise<readonly Reply[]> {
    const { clientId } = message;
    if (sessions.get(clientId) !== undefined && clientId !== undefined) {
      library.release(clientId);
      sessions.repeatLost(clientId, message.id);
    }
    const timeout = Math.min(message.advice?.timeout ?? limits.timeoutMs, limits.timeoutMs);
    const replies = await ask({ ...message, advice: { timeout } });
    const advice = farewell.advice();
    return advice === undefined ? replies : replies.map((reply) => ('bytes' in reply ? reply : { ...reply, advice }));
  }

  async function subscribe({ message, ext }: Incoming): Promise<readonly Reply[]> {
    const session = sessions.get(message.clientId);
    const channels = channelsOf(message);
    if (session === undefined || channels.length === 0) return ask(message);
    const error = refuseNames(session.channels, channels) ?? (await application.authorize(session, channels, ext));
    if (error !== undefined) return [refusal(message, error)];
    const replies = await ask(message);
    if (sessions.get(session.id) !== undefined) application.subscribed(session, channels);
    return replies;
  }

  function refuseNames(present: ReadonlySet<string>, channels: readonly string[]): string | undefined {
    const invalid = channels.find((channel) => !isSubscribable(channel));
    if (invalid !== undefined) return errors.invalidChannel(invalid);
    const isTooMany = new Set([...present, ...channels]).size > limits.subscriptions;
    return isTooMany ? errors.tooManySubscriptions : undefined;
  }

  async function unsubscribe({ message }: Incoming): Promise<readonly Reply[]> {
    const session = sessions.get(message.clientId);
    const channels = channelsOf(message);
    if (session === undefined || channels.length === 0) return ask(message);
    const invalid = channels.find((channel) => !isSubscribable(channel));
    if (invalid !== undefined) return [refusal(message, errors.invalidChannel(invalid))];
    const reserved = channels.find(isMeta);
    if (reserved !== undefined) return [refusal(message, errors.forbidden(reserved))];
    const replies = await ask(message);
    application.unsubscribed(session, channels);
    return replies;
  }

  async function dispatch(incoming: Incoming): Promise<readonly Reply[]> {
    const { message, flaw } = incoming;
    if (flaw !== undefined) return [refusal(message, flaw)];
    if (message.channel === metaChannels.handshake) return handshake(incoming);
    if (message.channel === metaChannels.connect) return connect(incoming);
    if (message.channel === metaChannels.subscribe) return subscribe(incoming);
    if (message.channel === metaChannels.unsubscribe) return unsubscribe(incoming);
    return ask(message);
  }

  return { answer: dispatch };
}

/** The array both kinds of transport send. */
export function textOf(replies: readonly Reply[]): string {
  return `[${replies.map((reply) => ('bytes' in reply ? reply.text : JSON.stringify(reply))).join(',')}]`;
}

function channelsOf({ subscription }: ClientMessage): readonly string[] {
  if (subscription === undefined || subscription === '') return [];
  return typeof subscription === 'string' ? [subscription] : subscription;
}

/** Faye hands back what it made itself and the very events it was given. */
function readReplies(replies: readonly object[]): readonly Reply[] {
  return replies.filter(isReply).map((reply) => ('bytes' in reply ? reply : adviseFailure(reply)));
}

function isReply(value: object): value is Reply {
  return 'bytes' in value || 'successful' in value;
}

function withoutJsonp(reply: Reply): Reply {
  if (!('supportedConnectionTypes' in reply) || reply.supportedConnectionTypes === undefined) return reply;
  return { ...reply, supportedConnectionTypes: reply.supportedConnectionTypes.filter((t) => t !== 'callback-polling') };
}
