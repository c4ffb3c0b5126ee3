import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Cancel, Clock, Goodbye, Ids, Log, WebListener, Wire } from '@dragoman/core';
import type { Application } from './application.js';
import { pathOf } from './body.js';
import { createBrowserClient, type BrowserClient } from './browser-client.js';
import type { EventFrame } from './event-frame.js';
import { createEventSources, isEventSource, type EventSources } from './event-source.js';
import { Farewell } from './farewell.js';
import { createLibrary, type Library } from './library.js';
import type { CarrierOptions } from './options.js';
import { createPolling, type Polling } from './polling.js';
import { Rates } from './rates.js';
import { BayeuxServer } from './server.js';
import { Sessions, type BayeuxSession } from './sessions.js';
import { createSockets, type Sockets } from './websocket.js';

/** The http server that the adapter shares with others. */
export type NodeListener = WebListener<IncomingMessage, ServerResponse, Duplex>;

/** What the carrier needs of its surroundings. */
export interface CarrierPorts {
  readonly listener: NodeListener;
  readonly clock: Clock;
  readonly log: Log;
  readonly ids: Pick<Ids, 'secret'>;
  /** Sees what goes in and out. Absent: nobody looks. */
  readonly wire?: Wire | undefined;
}

/** One mount: sessions on every transport that Bayeux clients use. */
export interface Carrier {
  /** To everybody subscribed to the frame's channel. */
  publish(frame: EventFrame): void;
  /** To one session, whatever it subscribed to. */
  send(session: BayeuxSession, frame: EventFrame): void;
  /** Whether this very event, made anew, is on its way to the session already. */
  awaits(session: BayeuxSession, frame: EventFrame): boolean;
  /** The client meets an unknown session next and begins anew. */
  sendAway(session: BayeuxSession): void;
  close(goodbye?: Goodbye): Promise<void>;
}

/** The transports of one mount. */
interface Transports {
  readonly sessions: Sessions;
  readonly library: Library;
  readonly farewell: Farewell;
  readonly polling: Polling;
  readonly sockets: Sockets;
  readonly eventSources: EventSources;
  readonly browserClient: BrowserClient;
}

/** Opens a mount on the shared listener; clients can reach it when this returns. Throws CONFIG_INVALID where it is taken. */
export function openCarrier(ports: CarrierPorts, options: CarrierOptions, application: Application): Carrier {
  const transports = createTransports(ports, options, application);
  const { sessions } = transports;
  const release = claimMount(ports.listener, options, transports);
  return {
    publish: (frame) => sessions.publish(frame),
    send: (session, frame) => sessions.send(session, frame),
    awaits: (session, frame) => sessions.awaits(session, frame),
    sendAway: (session) => void sessions.end(session.id, 'sent-away'),
    async close(goodbye) {
      await sayGoodbye(transports, ports.clock, goodbye);
      release();
      await closeTransports(transports);
    },
  };
}

function claimMount(listener: NodeListener, options: CarrierOptions, transports: Transports): Cancel {
  const { mount } = options;
  try {
    return listener.claim([mount, `${mount}.js`], {
      request: (request, response) => answer(transports, options, request, response),
      upgrade: (request, socket, head) => {
        if (!isAllowedOrigin(options, request)) return refuseUpgrade(socket);
        transports.sockets.upgrade(request, socket, head);
      },
    });
  } catch (error) {
    void closeTransports(transports);
    throw error;
  }
}

function closeTransports({ library, eventSources, sockets }: Transports): Promise<void> {
  library.close();
  eventSources.close();
  return sockets.close();
}

function createTransports(ports: CarrierPorts, options: CarrierOptions, application: Application): Transports {
  const { clock, ids, wire } = ports;
  const { mount, limits, timeoutMs, offersJsonp, addressOf } = options;
  const { bodyBytes: maxBodyBytes, bufferedBytes: maxBufferedBytes } = limits;
  const polls = { find: (id: string) => library.find(id), release: (id: string) => library.release(id) };
  const lives = { ...limits, lifeMs: 2 * timeoutMs, quietMs: options.quietMs };
  const sessions = new Sessions(clock, lives, application, polls);
  const library = createLibrary({ mount, timeoutMs, newId: () => ids.secret(20), sessions });
  const farewell = new Farewell(options.comeBackMs);
  const server = new BayeuxServer(
    { library, sessions, application, farewell, log: ports.log },
    { ...limits, timeoutMs, offersJsonp },
  );
  const handshakes = new Rates(clock, limits.handshakes);
  const common = { server, sessions, handshakes, clock, wire, addressOf, maxBodyBytes, maxBufferedBytes };
  return {
    sessions,
    library,
    farewell,
    polling: createPolling({ ...common, offersJsonp }),
    sockets: createSockets({
      ...common,
      maxBadFrames: limits.badFrames,
      maxPendingMessages: limits.pendingMessages,
      pingMs: options.pingMs,
    }),
    eventSources: createEventSources(common),
    browserClient: createBrowserClient(mount),
  };
}

function answer(
  { polling, sessions, eventSources, browserClient }: Transports,
  options: CarrierOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = pathOf(request);
  response.on('error', () => response.destroy());
  if (!isAllowedOrigin(options, request)) return void response.writeHead(403).end();
  if (browserClient(path, request, response)) return;
  if (path === `${options.mount}.js`) return void response.writeHead(404).end();
  if (!isEventSource(request)) return void polling(request, response).catch(() => response.destroy());
  const sessionId = path.slice(path.lastIndexOf('/') + 1);
  if (sessions.get(sessionId) === undefined) return void response.writeHead(404).end();
  eventSources.open(sessionId, request, response);
}

function isAllowedOrigin({ allowedOrigins }: CarrierOptions, request: IncomingMessage): boolean {
  const { origin } = request.headers;
  return allowedOrigins === undefined || origin === undefined || allowedOrigins.includes(origin);
}

function refuseUpgrade(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

/** Sessions end one after the other over the time given, so that their clients do not come back in one moment. */
async function sayGoodbye(transports: Transports, clock: Clock, goodbye: Goodbye | undefined): Promise<void> {
  const { sessions, farewell } = transports;
  farewell.begin();
  const ids = sessions.ids();
  const pauseMs = (goodbye?.overMs ?? 0) / Math.max(1, ids.length);
  const from = clock.monotonic();
  for (const [index, id] of ids.entries()) {
    // By its own time, not by the one before: what is late on a busy machine must not add up.
    const earlyMs = from + index * pauseMs - clock.monotonic();
    if (earlyMs >= 50) await new Promise<void>((resolve) => void clock.after(earlyMs, resolve));
    sessions.end(id, 'sent-away');
  }
}
