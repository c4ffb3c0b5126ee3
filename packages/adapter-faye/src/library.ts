import { Fault } from '@dragoman/core';
import faye from 'faye';
import type { Engine, EngineProxy, Server } from 'faye';
import type { ClientMessage } from './bayeux.js';
import type { EventFrame } from './event-frame.js';
import type { Polls, Sessions } from './sessions.js';

/** The one version whose private calls are known to be what `check` expects. */
const version = '1.4.3';

/** Faye's protocol logic, without its transports and its storage. */
export interface Library extends Polls {
  /** The answers to one message; of a connect when it ends, with its events behind. Rejects when Faye throws. */
  process(message: ClientMessage): Promise<readonly object[]>;
  close(): void;
}

export interface LibraryOptions {
  readonly mount: string;
  readonly timeoutMs: number;
  readonly newId: () => string;
  readonly sessions: Sessions;
}

/**
 * Faye 1.4.3 behind our own engine. It is never attached: its adapter dies of some request paths and reads bodies
 * without bound. [FAYE node_adapter]
 */
export function createLibrary(options: LibraryOptions): Library {
  let proxy: EngineProxy | undefined;
  const create = (own: EngineProxy): Engine => {
    proxy = own;
    return engineOn(options);
  };
  const { mount, timeoutMs } = options;
  const adapter = new faye.NodeAdapter({ mount, timeout: timeoutMs / 1000, engine: { type: { create } } });
  const server = adapter._server;
  check(server, proxy);
  allowServiceChannels(server);
  return {
    process: (message) => new Promise((resolve) => void server.process(message, {}, resolve)),
    find(sessionId) {
      const own = proxy;
      if (own?.hasConnection(sessionId) !== true) return undefined;
      return { deliver: (frames: readonly EventFrame[]) => void own.deliver(sessionId, frames) };
    },
    release: (sessionId) => server.closeSocket(sessionId, false),
    close: () => adapter.close(),
  };
}

/** What Faye keeps in its engine, kept in our sessions. [FAYE engine] */
function engineOn({ sessions, newId }: LibraryOptions): Engine {
  return {
    createClient(callback, context) {
      const id = newId();
      sessions.open(id);
      callback.call(context, id);
    },
    destroyClient: (id) => void sessions.end(id, 'left'),
    clientExists: (id, callback, context) => callback.call(context, sessions.get(id) !== undefined),
    ping: (id) => sessions.ping(id),
    subscribe: (id, channel) => sessions.subscribe(id, channel),
    unsubscribe: (id, channel) => sessions.unsubscribe(id, channel),
    emptyQueue: (id) => sessions.drain(id),
    // Clients publish nothing: such a message is answered before Faye sees it.
    publish: () => undefined,
    disconnect: () => undefined,
  };
}

/** Faye refuses `/service/…` to every remote client; what was authorised passes as if it were local. [FAYE 518] */
function allowServiceChannels(server: Server): void {
  const { subscribe, unsubscribe } = server;
  server.subscribe = (message, _isLocal, callback, context) => subscribe.call(server, message, true, callback, context);
  server.unsubscribe = (message, _isLocal, callback, context) =>
    unsubscribe.call(server, message, true, callback, context);
}

function check(server: Server, proxy: EngineProxy | undefined): void {
  const calls: readonly unknown[] = [
    server.process,
    server.closeSocket,
    server.subscribe,
    server.unsubscribe,
    proxy?.hasConnection,
    proxy?.deliver,
  ];
  if (faye.VERSION === version && calls.every((call) => typeof call === 'function')) return;
  throw new Fault('LIBRARY_CHANGED', `faye ${version} is needed with its known inner calls, found ${faye.VERSION}`);
}
