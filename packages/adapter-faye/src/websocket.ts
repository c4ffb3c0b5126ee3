import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Cancel, Clock } from '@dragoman/core';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { errors, metaChannels, readBatch, refusal, waitMs, type Incoming } from './bayeux.js';
import { createCork, type Cork } from './cork.js';
import type { Rates } from './rates.js';
import { textOf, type BayeuxServer, type Reply } from './server.js';
import type { Outlet, Sessions } from './sessions.js';

export interface SocketOptions {
  readonly server: BayeuxServer;
  readonly sessions: Sessions;
  readonly handshakes: Rates;
  readonly clock: Clock;
  readonly maxBodyBytes: number;
  /** Unsent bytes of one socket above which its events wait. */
  readonly maxBufferedBytes: number;
  /** Unreadable frames before the socket is closed with 1008. */
  readonly maxBadFrames: number;
  /** Messages of one socket whose answers are not out yet; more ends it. */
  readonly maxPendingMessages: number;
  /** A socket that has not answered the last ping when the next is due is cut. */
  readonly pingMs: number;
  readonly addressOf: (request: IncomingMessage) => string;
}

/** Everything about Bayeux over WebSocket. [FAYE web_socket] */
export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): void;
  /** Ends what is still open. */
  close(): void;
}

interface ServeOptions extends SocketOptions {
  readonly cork: Cork;
}

export function createSockets(options: SocketOptions): Sockets {
  const serveOptions = { ...options, cork: createCork() };
  const { maxBodyBytes, clock, pingMs } = options;
  const wss = new WebSocketServer({ noServer: true, maxPayload: maxBodyBytes, perMessageDeflate: false });
  const unanswered = new Set<WebSocket>();
  let cancelPing: Cancel = () => undefined;

  function ping(): void {
    for (const socket of wss.clients) {
      if (unanswered.has(socket)) socket.terminate();
      else unanswered.add(socket);
      socket.ping();
    }
    cancelPing = clock.after(pingMs, ping);
  }
  cancelPing = clock.after(pingMs, ping);

  return {
    upgrade(request, stream, head) {
      wss.handleUpgrade(request, stream, Buffer.from(head), (socket) => {
        socket.on('pong', () => unanswered.delete(socket));
        socket.on('close', () => unanswered.delete(socket));
        serve(socket, stream, options.addressOf(request), serveOptions);
      });
    },
    close() {
      cancelPing();
      for (const socket of wss.clients) socket.terminate();
      wss.close();
    },
  };
}

function serve(socket: WebSocket, stream: Duplex, address: string, options: ServeOptions): void {
  const { server, sessions, handshakes, maxBadFrames, maxPendingMessages } = options;
  const outlet = outletOf(socket, stream, options, () => sessionId !== undefined && sessions.drain(sessionId));
  let sessionId: string | undefined;
  let badFrames = 0;
  let pending = 0;
  let turn: Promise<void> = Promise.resolve();

  function answer(replies: readonly Reply[]): void {
    pending -= 1;
    outlet.answer(replies);
  }

  function leave(): void {
    if (sessionId !== undefined && sessions.detach(sessionId, outlet)) sessions.releasePoll(sessionId);
    sessionId = undefined;
  }

  /** The events of a session follow its last connect; a socket carries one session. [FAYE node_adapter] */
  function connect(incoming: Incoming): void {
    const { clientId } = incoming.message;
    if (clientId !== sessionId && sessions.get(clientId) !== undefined) leave();
    if (clientId !== undefined && sessions.attach(clientId, outlet)) sessionId = clientId;
    void server.answer(incoming).then(answer);
  }

  async function take(incoming: Incoming): Promise<void> {
    const { message } = incoming;
    if (message.channel === metaChannels.connect) return connect(incoming);
    if (message.channel === metaChannels.handshake && !handshakes.take(address)) {
      return answer([refusal(message, errors.tryAgain, { reconnect: 'handshake', interval: waitMs })]);
    }
    answer(await server.answer(incoming));
  }

  socket.on('message', (data) => {
    if (socket.readyState !== socket.OPEN) return;
    const batch = readBatch(parse(data));
    if (batch === undefined) {
      badFrames += 1;
      if (badFrames >= maxBadFrames) socket.close(1008);
      return;
    }
    // Clients of 1.0 to 1.2 send an empty list to see whether the connection lives. [FAYE web_socket]
    if (batch.length === 0) return outlet.answer([]);
    pending += batch.length;
    if (pending > maxPendingMessages) return socket.close(1008);
    for (const incoming of batch) turn = turn.then(() => take(incoming));
  });
  socket.on('error', () => socket.terminate());
  socket.on('close', leave);
}

/** A socket as sessions see it, with answers beside the events. */
interface SocketOutlet extends Outlet {
  answer(replies: readonly Reply[]): void;
}

function outletOf(socket: WebSocket, stream: Duplex, options: ServeOptions, hasRoom: () => void): SocketOutlet {
  const { maxBufferedBytes, cork } = options;
  let isWaiting = false;

  function waitForRoom(): void {
    if (isWaiting) return;
    isWaiting = true;
    stream.once('drain', () => {
      isWaiting = false;
      hasRoom();
    });
  }

  return {
    write(frame) {
      if (socket.readyState !== socket.OPEN) return false;
      if (socket.bufferedAmount > maxBufferedBytes) {
        waitForRoom();
        return false;
      }
      cork(stream);
      socket.send(frame.bytes, { binary: false });
      return true;
    },
    answer(replies) {
      if (socket.readyState !== socket.OPEN) return;
      cork(stream);
      socket.send(textOf(replies));
    },
    // Later, because the answer to the very message that ends the session is still on its way.
    close: () => void setImmediate(() => socket.close(1000)),
  };
}

function parse(data: RawData): unknown {
  try {
    return JSON.parse(textOfData(data));
  } catch {
    return undefined;
  }
}

/** Text and binary frames alike. [FAYE web_socket] */
function textOfData(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}
