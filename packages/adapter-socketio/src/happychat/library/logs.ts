import type { Fields, Log } from '@dragoman/core';
import type { Frame, Peer } from '../../transport.js';
import { isRecord } from '../frames.js';
import type { Controller } from './controller.js';

/** Where a team keeps its own logs of chats, one for customers and one for operators [HCS logs]. */
export interface LogCache {
  append(chatId: string, message: Fields): unknown;
  /** Oldest first. */
  findLog(chatId: string): unknown;
  evict(chatId: string): unknown;
}

export type LogCacheBuilder = (kind: 'operator' | 'customer') => LogCache;

/** The logs that joining customers and operators are given. */
export interface Logs {
  keep(kind: 'operator' | 'customer', chatId: string, message: Fields): void;
  forget(chatId: string): void;
  /** The same peer: what it is told as `log` is the team's own, where it keeps one, and is told to the controller. */
  watched(peer: Peer, of: { readonly role: 'operator' } | { readonly role: 'customer'; readonly chatId: string }): Peer;
}

type Listener = Parameters<Logs['watched']>[1];

/** Without a builder the gateway's own logs are given. */
export function createLogs(build: LogCacheBuilder | undefined, controller: Controller, log: Log): Logs {
  const caches = build && { operator: build('operator'), customer: build('customer') };

  /** A cache that fails is no reason to lose a message. */
  function attempt(run: () => unknown): void {
    Promise.resolve()
      .then(run)
      .catch((error: unknown) => log.warn({ error: String(error) }, 'a log cache failed'));
  }

  async function told(frame: Frame, of: Listener): Promise<Frame> {
    if (frame.name !== 'log') return frame;
    const chatId = of.role === 'customer' ? of.chatId : idOf(frame.args[0]);
    const kept = await found(chatId, of.role);
    const messages = Array.isArray(kept) ? kept : frame.args.at(-1);
    if (of.role === 'customer') controller.emit('log', messages);
    else controller.emit('log', chatId, messages);
    return { ...frame, args: [...frame.args.slice(0, -1), messages] };
  }

  async function found(chatId: unknown, role: Listener['role']): Promise<unknown> {
    try {
      return await caches?.[role].findLog(String(chatId));
    } catch (error) {
      log.warn({ error: String(error) }, 'a log cache failed');
      return undefined;
    }
  }

  return {
    keep(kind, chatId, message) {
      if (caches !== undefined) attempt(() => caches[kind].append(chatId, message));
    },
    forget(chatId) {
      for (const cache of caches === undefined ? [] : [caches.operator, caches.customer]) {
        attempt(() => cache.evict(chatId));
      }
    },
    watched: (peer, of) => ({
      ...peer,
      send(frame) {
        if (frame.name !== 'log') return peer.send(frame);
        const place = peer.reserve();
        void told(frame, of).then((whole) => place([whole]));
      },
      reserve() {
        const place = peer.reserve();
        return (frames) => void Promise.all(frames.map((frame) => told(frame, of))).then(place);
      },
    }),
  };
}

/** Operators hear of chats by objects or by plain ids [HCD 20]. */
function idOf(chat: unknown): unknown {
  return isRecord(chat) ? chat['id'] : chat;
}
