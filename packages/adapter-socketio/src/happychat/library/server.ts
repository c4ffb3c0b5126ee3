import { Server as HttpServer } from 'node:http';
import { Server as SecureServer } from 'node:https';
import { Server } from 'socket.io';
import { engineOptions, serverOptions, type DoorOptions } from '../../door.js';

/**
 * The Socket.IO server to speak on: the one given, or one on the http server given. Throws a TypeError for everything
 * else, and for Socket.IO before 4.
 */
export function serverOn(given: object, options: DoorOptions = {}): Server {
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

function attached(server: HttpServer | SecureServer, options: DoorOptions): Server {
  const { path = '/socket.io' } = options;
  const engine = engineOptions(options, () => io.engine.clientsCount);
  const io: Server = new Server(server, { ...serverOptions, ...engine, path });
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
