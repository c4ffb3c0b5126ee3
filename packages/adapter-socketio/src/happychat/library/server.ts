import { Server as HttpServer } from 'node:http';
import { Server as SecureServer } from 'node:https';
import { Server } from 'socket.io';
import { Decoder } from 'socket.io-parser';
import { AsciiEncoder } from '../../encoding.js';
import { isOriginAllowed } from '../../origin.js';
import { CarrierWebSocketServer } from '../../websockets.js';

/** How a Socket.IO server is made on an http server; one that is handed over ready keeps its own ways. */
export interface ServerOptions {
  /** Default `/socket.io`. */
  readonly path?: string;
  /** Origins of other sites whose pages may connect. Default: none, only pages of the same host. */
  readonly origins?: readonly string[];
  /** Largest packet a client may send; default 8 MiB. A larger one ends its connection. */
  readonly maxFrameBytes?: number;
  /** Connections at a time; default 50 000. Further ones are refused with 403. */
  readonly maxConnections?: number;
}

/**
 * The Socket.IO server to speak on: the one given, or one on the http server given. Throws a TypeError for everything
 * else, and for Socket.IO before 4.
 */
export function serverOn(given: object, options: ServerOptions = {}): Server {
  if (given instanceof HttpServer || given instanceof SecureServer) return attached(given, options);
  if (isSocketServer(given)) {
    warnOfDeafness(given);
    return given;
  }
  throw new TypeError(
    'service() takes a Socket.IO 4 server or an http.Server. A Socket.IO server of an earlier version has to go: pass ' +
      'the http.Server it listened on instead, service(httpServer, authenticators), and clients from 1.x on stay as they are.',
  );
}

function attached(server: HttpServer | SecureServer, options: ServerOptions): Server {
  const { path = '/socket.io', origins = [], maxFrameBytes = 8 * 1024 * 1024, maxConnections = 50_000 } = options;
  const io: Server = new Server(server, {
    path,
    parser: { Encoder: AsciiEncoder, Decoder },
    serveClient: false,
    allowEIO3: true,
    maxHttpBufferSize: maxFrameBytes,
    // As clients of the first generation expect [HCS transport].
    pingInterval: 25_000,
    pingTimeout: 60_000,
    perMessageDeflate: false,
    httpCompression: false,
    wsEngine: CarrierWebSocketServer,
    // Polling clients of the first generations send credentials: the origin has to be named, `*` never works.
    cors: (request, decide) => decide(null, { origin: isOriginAllowed(request, origins), credentials: true }),
    // CORS alone refuses nobody, and WebSocket knows no CORS.
    allowRequest: (request, decide) =>
      decide(null, io.engine.clientsCount < maxConnections && isOriginAllowed(request, origins)),
  });
  return io;
}

/** By what 4 has and no version before it: the user's server may come from another copy of the package. */
function isSocketServer(given: object): given is Server {
  return ['of', 'on', 'fetchSockets', 'disconnectSockets'].every(
    (name) => typeof Reflect.get(given, name) === 'function',
  );
}

/** Clients before 3 would see nothing but a failed connection [SIO5 EIO3]. */
function warnOfDeafness(io: Server): void {
  // Some make the server first and attach it with its options later.
  const { allowEIO3 = false } = io.engine === undefined ? io._opts : io.engine.opts;
  if (allowEIO3) return;
  process.emitWarning('this Socket.IO server refuses clients 1.x and 2.x: make it with { allowEIO3: true }', {
    code: 'DRAGOMAN_EIO3',
  });
}
