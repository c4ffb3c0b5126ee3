import type { IncomingMessage } from 'node:http';
import type { ServerOptions as EngineOptions } from 'engine.io';
import { networkOf } from '@dragoman/core';
import { Decoder } from 'socket.io-parser';
import { AsciiEncoder } from './encoding.js';
import { isOriginAllowed } from './origin.js';
import { createKeyedAllowances, type RateLimit } from './rate.js';
import { CarrierWebSocketServer } from './websockets.js';

/** How a server meets those who connect. */
export interface DoorOptions {
  /** Default `/socket.io`. */
  readonly path?: string;
  /** Origins of other sites whose pages may connect. Default: none, only pages of the same host. */
  readonly origins?: readonly string[];
  /** Largest packet a client may send; default 8 MiB. A larger one ends its connection. */
  readonly maxFrameBytes?: number;
  /** Default 25 000, as clients of the first generation expect. */
  readonly pingIntervalMs?: number;
  /** Default 60 000. */
  readonly pingTimeoutMs?: number;
  /** Connections at a time; default 50 000. Further ones are refused with 403. */
  readonly maxConnections?: number;
  /** New connections from one address; default 50/s, burst 300. Further ones are refused with 403. */
  readonly handshakes?: RateLimit;
  /** Where a request comes from; default its socket's address. Behind a proxy: what the proxy says. */
  readonly addressOf?: (request: IncomingMessage) => string;
}

type Door = Required<DoorOptions>;

export const doorDefaults: Door = {
  path: '/socket.io',
  origins: [],
  maxFrameBytes: 8 * 1024 * 1024,
  pingIntervalMs: 25_000,
  pingTimeoutMs: 60_000,
  maxConnections: 50_000,
  handshakes: { perSecond: 50, burst: 300 },
  addressOf: (request: IncomingMessage) => request.socket.remoteAddress ?? '',
};

/** Addresses told apart at a time when handshakes are counted. */
const maxAddresses = 10_000;

/** The options of an engine that clients of every generation can use; `connected` counts the connections it has. */
export function engineOptions(options: DoorOptions, connected: () => number): Partial<EngineOptions> {
  const door: Door = { ...doorDefaults, ...options };
  const isWelcome = doorkeeper(door);
  return {
    transports: ['polling', 'websocket'],
    allowEIO3: true,
    maxHttpBufferSize: door.maxFrameBytes,
    pingInterval: door.pingIntervalMs,
    pingTimeout: door.pingTimeoutMs,
    perMessageDeflate: false,
    httpCompression: false,
    wsEngine: CarrierWebSocketServer,
    // Polling clients of the first generations send credentials: the origin has to be named, `*` never works.
    cors: (request, decide) => decide(null, { origin: isOriginAllowed(request, door.origins), credentials: true }),
    // CORS alone refuses nobody, and WebSocket knows no CORS.
    allowRequest: (request, decide) => decide(null, isWelcome(request, connected())),
  };
}

/** Options of a server whose packets clients of every generation can read. */
export const serverOptions: { readonly parser: object; readonly serveClient: false } = {
  parser: { Encoder: AsciiEncoder, Decoder },
  serveClient: false,
};

/** Decides about new connections alone: Engine.IO asks about no other request. */
function doorkeeper(settings: Door): (request: IncomingMessage, connected: number) => boolean {
  const { maxConnections, origins, handshakes, addressOf } = settings;
  const isUnhurried = createKeyedAllowances(handshakes, maxAddresses);
  return (request, connected) =>
    isUnhurried(networkOf(addressOf(request)), performance.now()) &&
    connected < maxConnections &&
    isOriginAllowed(request, origins);
}
