import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebListener } from '@dragoman/core';
import type { Channel } from './channel.js';
import { Deadlines } from './deadlines.js';
import { createDoorway } from './doorway.js';
import type { EncodedFrame } from './encoded-frame.js';
import { createLongPoll } from './longpoll.js';
import { channelServerOptions, type ChannelServerSettings } from './options.js';
import { pathOf, refuseRequest, refuseUpgrade } from './request.js';
import { createRoutes } from './routes.js';
import { sayFarewell } from './farewell.js';
import { Subscribers } from './subscribers.js';
import { createWebSockets } from './websocket.js';

/** The http server whose paths are shared. */
export type NodeListener = WebListener<IncomingMessage, ServerResponse, Duplex>;

/** Connections and channels of one mount. */
export interface ChannelServer {
  /** Everybody joined to a topic, in order of joining; do not keep or change it. */
  subscribers(topic: string): ReadonlySet<Channel>;
  /** To everybody joined to the frame's topic, save perhaps one. */
  broadcast(frame: EncodedFrame, except?: Channel): void;
  /**
   * Takes no new connection, tells those there to come back (1012; polls: their error) spread over this time, ms, and
   * resolves when all have ended and the paths are free. Default: at once. Twice is fine.
   */
  close(over?: { readonly overMs: number }): Promise<void>;
}

/**
 * Opens a mount on a listener; clients can reach it when this returns. Throws a TypeError for a topic with a stray star, and
 * CONFIG_INVALID for a path that is taken.
 */
export function createChannelServer<Assigns>(settings: ChannelServerSettings<Assigns>): ChannelServer {
  const options = channelServerOptions(settings);
  const { clock, log, limits, mount, listener, wire } = options;
  const subscribers = new Subscribers();
  const deadlines = new Deadlines(clock, options.answerMs);
  const house = { clock, log, limits, wire, routes: createRoutes(options.routes), deadlines, subscribers };
  const doorway = createDoorway(options);
  // First, because it may fail: what looks after connections runs until it is closed.
  const release = listener.claim([mount], {
    request(request, response) {
      if (pathOf(request) === `${mount}/longpoll`) longPoll.request(request, response);
      else refuseRequest(response, pathOf(request) === `${mount}/websocket` ? 400 : 404);
    },
    upgrade(request, stream, head) {
      if (pathOf(request) !== `${mount}/websocket`) refuseUpgrade(stream, 404);
      else if (request.method !== 'GET') refuseUpgrade(stream, 400);
      else webSockets.upgrade(request, stream, head);
    },
  });
  const hasRoom = (): boolean => closed === undefined && webSockets.size + longPoll.size < limits.connections;
  const longPoll = createLongPoll({ ...options, house, doorway, hasRoom });
  const webSockets = createWebSockets({ ...options, house, doorway, hasRoom });
  let closed: Promise<void> | undefined;

  async function close(overMs: number): Promise<void> {
    await sayFarewell([...webSockets.farewells(), ...longPoll.farewells()], overMs, clock);
    longPoll.close();
    await webSockets.close();
    deadlines.close();
    release();
  }

  return {
    subscribers: (topic) => subscribers.of(topic),
    broadcast: (frame, except) => subscribers.broadcast(frame, except),
    close: (over) => (closed ??= close(over?.overMs ?? 0)),
  };
}
