import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Cancel, Clock } from '@dragoman/core';
import { WebSocketServer, type WebSocket } from 'ws';
import { createCork } from './cork.js';
import { createReminders } from './receipts.js';
import { SocketConnection, type SocketConnectionOptions } from './socket-connection.js';

/** How long peers may take to answer a close, ms. */
const patienceMs = 1000;

export interface SocketOptions extends Omit<SocketConnectionOptions, 'cork' | 'reminders'> {
  readonly clock: Clock;
  /** The largest frame. */
  readonly maxBodyBytes: number;
  readonly pingMs: number;
  readonly addressOf: (request: IncomingMessage) => string;
}

/** Everything about Bayeux over WebSocket. [FAYE web_socket] */
export interface Sockets {
  upgrade(request: IncomingMessage, stream: Duplex, head: Uint8Array): void;
  /** Ends what is still open; resolves when none is left. */
  close(): Promise<void>;
}

export function createSockets(options: SocketOptions): Sockets {
  const { maxBodyBytes, clock, pingMs, addressOf } = options;
  const reminders = createReminders(clock);
  const connectionOptions = { ...options, cork: createCork(), reminders };
  const wss = new WebSocketServer({ noServer: true, maxPayload: maxBodyBytes, perMessageDeflate: false });
  /** Sockets that have not answered the last ping, or carried no session when it was sent. */
  const suspects = new Set<WebSocket>();
  let cancelPing: Cancel = clock.after(pingMs, ping);

  /** A socket that is still suspect at the next ping is cut: its client is gone, or wants nothing. */
  function ping(): void {
    for (const socket of wss.clients) {
      if (suspects.has(socket)) socket.terminate();
      else suspects.add(socket);
      socket.ping();
    }
    cancelPing = clock.after(pingMs, ping);
  }

  function accept(socket: WebSocket, stream: Duplex, address: string): void {
    const connection = new SocketConnection(socket, stream, address, connectionOptions);
    socket.on('pong', () => connection.isInUse && suspects.delete(socket));
    socket.on('close', () => suspects.delete(socket));
  }

  return {
    upgrade(request, stream, head) {
      const address = addressOf(request);
      wss.handleUpgrade(request, stream, Buffer.from(head), (socket) => accept(socket, stream, address));
    },
    async close() {
      cancelPing();
      reminders.close();
      const left = [...wss.clients].map((socket) => {
        socket.close(1000);
        return once(socket, 'close');
      });
      const cancel = clock.after(patienceMs, () => wss.clients.forEach((socket) => socket.terminate()));
      await Promise.all(left);
      cancel();
      wss.close();
    },
  };
}
