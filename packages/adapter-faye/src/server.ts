import type { Log } from '@dragoman/core';
import type { Application } from './application.js';
import {
  adviseFailure,
  errors,
  isMeta,
  isSubscribable,
  metaChannels,
  refusal,
  waitMs,
  type Advice,
  type Answer,
  type ClientMessage,
  type Incoming,
} from './bayeux.js';
import { isEventFrame, type EventFrame } from './event-frame.js';
import type { Farewell } from './farewell.js';
import type { Library } from './library.js';
import type { BayeuxSession, Sessions } from './sessions.js';

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

/** What Bayeux without transports stands on. */
export interface ServerParts {
  readonly library: Library;
  readonly sessions: Sessions;
  readonly application: Application;
  readonly farewell: Farewell;
  readonly log: Log;
}

/** Bayeux without transports. Decides what is ours and leaves the rest to Faye, whose texts its clients know. */
export class BayeuxServer {
  readonly #parts: ServerParts;
  readonly #limits: ServerLimits;

  constructor(parts: ServerParts, limits: ServerLimits) {
    this.#parts = parts;
    this.#limits = limits;
  }

  /** The replies to one message; of a connect, when it ends. Never rejects. */
  async answer(incoming: Incoming): Promise<readonly Reply[]> {
    try {
      return await this.#dispatch(incoming);
    } catch (error) {
      this.#parts.log.error({ error: String(error) }, 'a Bayeux message failed');
      return [adviseFailure(refusal(incoming.message, errors.internal))];
    }
  }

  #dispatch(incoming: Incoming): Promise<readonly Reply[]> | readonly Reply[] {
    const { message, flaw } = incoming;
    if (flaw !== undefined) return [refusal(message, flaw)];
    switch (message.channel) {
      case metaChannels.handshake:
        return this.#handshake(incoming);
      case metaChannels.connect:
        return this.#connect(message);
      case metaChannels.subscribe:
        return this.#subscribe(incoming);
      case metaChannels.unsubscribe:
        return this.#unsubscribe(message);
      default:
        return this.#ask(message);
    }
  }

  async #ask(message: ClientMessage): Promise<readonly Reply[]> {
    return readReplies(await this.#parts.library.process(message));
  }

  async #handshake({ message, ext }: Incoming): Promise<readonly Reply[]> {
    const { sessions, application, farewell } = this.#parts;
    const whenFull: Advice | undefined =
      sessions.size >= this.#limits.sessions ? { reconnect: 'handshake', interval: waitMs } : undefined;
    const later = farewell.advice() ?? whenFull;
    if (later !== undefined) return [refusal(message, errors.tryAgain, later)];
    const error = application.admit(ext);
    if (error !== undefined) return [refusal(message, error, { reconnect: 'none' })];
    const replies = await this.#ask(message);
    for (const reply of replies) {
      const session = 'clientId' in reply ? sessions.get(reply.clientId) : undefined;
      if (session !== undefined) application.opened(session, ext);
    }
    return this.#limits.offersJsonp ? replies : replies.map(withoutJsonp);
  }

  /** A client has one connect at a time: an older one is answered before the newer is held. [BAYEUX connect] */
  async #connect(message: ClientMessage): Promise<readonly Reply[]> {
    const { library, sessions, farewell } = this.#parts;
    const session = sessions.get(message.clientId);
    if (session !== undefined) {
      library.release(session.id);
      sessions.askedAgain(session.id, message.id);
    }
    const { timeoutMs } = this.#limits;
    const timeout = Math.min(message.advice?.timeout ?? timeoutMs, timeoutMs);
    const replies = await this.#ask({ ...message, advice: { timeout } });
    const advice = farewell.advice();
    return advice === undefined
      ? replies
      : replies.map((reply) => (isEventFrame(reply) ? reply : { ...reply, advice }));
  }

  async #subscribe({ message, ext }: Incoming): Promise<readonly Reply[]> {
    const { sessions, application } = this.#parts;
    const session = sessions.get(message.clientId);
    const channels = channelsOf(message);
    if (session === undefined || channels.length === 0) return this.#ask(message);
    const error = this.#refuseNames(session, channels) ?? (await application.authorize(session, channels, ext));
    if (error !== undefined) return [refusal(message, error)];
    const asked = this.#ask(message);
    // At once: an event between the two would come before those that were missed, and count as the last of them.
    if (sessions.get(session.id) !== undefined) application.subscribed(session, channels);
    return asked;
  }

  #refuseNames(session: BayeuxSession, channels: readonly string[]): string | undefined {
    const invalid = channels.find((channel) => !isSubscribable(channel));
    if (invalid !== undefined) return errors.invalidChannel(invalid);
    const isTooMany = new Set([...session.channels, ...channels]).size > this.#limits.subscriptions;
    return isTooMany ? errors.tooManySubscriptions : undefined;
  }

  async #unsubscribe(message: ClientMessage): Promise<readonly Reply[]> {
    const { sessions, application } = this.#parts;
    const session = sessions.get(message.clientId);
    const channels = channelsOf(message);
    if (session === undefined || channels.length === 0) return this.#ask(message);
    const invalid = channels.find((channel) => !isSubscribable(channel));
    if (invalid !== undefined) return [refusal(message, errors.invalidChannel(invalid))];
    const reserved = channels.find(isMeta);
    if (reserved !== undefined) return [refusal(message, errors.forbidden(reserved))];
    const replies = await this.#ask(message);
    application.unsubscribed(session, channels);
    return replies;
  }
}

/** The array both kinds of transport send. */
export function textOf(replies: readonly Reply[]): string {
  return `[${replies.map((reply) => (isEventFrame(reply) ? reply.text : JSON.stringify(reply))).join(',')}]`;
}

function channelsOf({ subscription }: ClientMessage): readonly string[] {
  if (subscription === undefined || subscription === '') return [];
  return typeof subscription === 'string' ? [subscription] : subscription;
}

/** Faye hands back what it made itself and the very events it was given. */
function readReplies(replies: readonly object[]): readonly Reply[] {
  return replies.filter(isReply).map((reply) => (isEventFrame(reply) ? reply : adviseFailure(reply)));
}

function isReply(value: object): value is Reply {
  return isEventFrame(value) || 'successful' in value;
}

function withoutJsonp(reply: Reply): Reply {
  if (!('supportedConnectionTypes' in reply) || reply.supportedConnectionTypes === undefined) return reply;
  return { ...reply, supportedConnectionTypes: reply.supportedConnectionTypes.filter((t) => t !== 'callback-polling') };
}
