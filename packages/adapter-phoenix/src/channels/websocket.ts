import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Cancel } from '@dragoman/core';
import { WebSocketServer, type WebSocket } from 'ws';
import type { House } from './connection.js';
import type { Doorway } from './doorway.js';
import { readOffer, readParams } from './handshake.js';
import { createFlushes } from './outbox.js';
import { queryOf, refuseUpgrade } from './request.js';
import { WebSocketConnection, type Patience } from './websocket-connection.js';

export interface WebSocketParts<Assigns> extends Patience {
  readonly house: House<Assigns>;
  readonly doorway: Doorway<Assigns>;
  /** Whether one more connection may be. */
  readonly hasRoom: () => boolean;
}

/** Channels over WebSocket. */
export interface WebSockets {
  upgrade(request: IncomingMessage, stream: Duplex, head: Uint8Array): void;
  readonly size: number;
  /** Each tells its client to come back, when it is its turn. */
  farewells(): readonly (() => void)[];
  /** Resolves when none is left. */
  close(): Promise<void>;
}

/** How often every connection is looked after, ms. */
const roundMs = 1000;

/** How long peers may take to answer a close, ms. */
const patienceMs = 2000;

/** An error of a stream that nobody hears would end the process. */
function destroy(this: Duplex): void {
  this.destroy();
}

export function createWebSockets<Assigns>(parts: WebSocketParts<Assigns>): WebSockets {
  const { doorway, hasRoom } = parts;
  const house = { ...parts.house, flushes: createFlushes() };
  const { clock, limits } = house;
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has('phoenix') ? 'phoenix' : false),
  });
  const open = new Map<WebSocket, WebSocketConnection<Assigns>>();
  let isClosed = false;
  let cancelRound: Cancel = clock.after(roundMs, round);

  function round(): void {
    const now = clock.monotonic();
    for (const connection of open.values()) connection.tend(now, parts);
    cancelRound = clock.after(roundMs, round);
  }

  async function enter(request: IncomingMessage, stream: Duplex, head: Uint8Array): Promise<void> {
    const offer = readOffer(request.headers['sec-websocket-protocol']);
    if (!offer.isAcceptable || !doorway.isAllowedOrigin(request)) return refuseUpgrade(stream, 403);
    const params = readParams(queryOf(request));
    const authToken = offer.authToken ?? params.get('token');
    const entrance = await doorway.enter(request, { params, authToken, transport: 'websocket' });
    if (!entrance.ok) return refuseUpgrade(stream, entrance.status);
    if (isClosed || !hasRoom()) return refuseUpgrade(stream, 503);
    if (stream.destroyed) return;
    wss.handleUpgrade(request, stream, Buffer.from(head), (socket) => {
      open.set(socket, new WebSocketConnection(socket, stream, entrance.admitted, house));
      socket.on('close', () => open.delete(socket));
    });
  }

  return {
    upgrade(request, stream, head) {
      stream.on('error', destroy);
      void enter(request, stream, head);
    },
    get size() {
      return open.size;
    },
    farewells: () => [...open.values()].map((connection) => () => connection.leave(1012)),
    async close() {
      isClosed = true;
      cancelRound();
      const left = [...open].map(([socket, connection]) => {
        connection.leave(1012);
        return once(socket, 'close');
      });
      const cancel = clock.after(patienceMs, () => {
        for (const connection of open.values()) connection.terminate();
      });
      await Promise.all(left);
      cancel();
      wss.close();
    },
  };
}
