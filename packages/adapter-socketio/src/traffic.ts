import type { Socket as Connection } from 'engine.io';
import { undoDoubleUtf8 } from './encoding.js';
import { createAllowance, type Allowance, type RateLimit } from './rate.js';

/** Connections whose traffic is counted. */
const watched = new WeakSet<Connection>();

/** Characters handed to a connection that its client has not taken yet. */
const unread = new WeakMap<Connection, { readonly units: number; readonly largest: number }>();

/** Characters, and bytes, that have come over a connection. */
const received = new WeakMap<Connection, number>();

/** How much more may come over a connection. */
const inflows = new WeakMap<Connection, Allowance>();

/** Connections that were ended because too much came. */
const flooded = new WeakSet<Connection>();

const nothingUnread = { units: 0, largest: 0 };

/** Counts from here on; connections of a server that is somebody else's are known from their first peer on. */
export function watchTraffic(connection: Connection): void {
  if (watched.has(connection)) return;
  watched.add(connection);
  connection.on('packetCreate', (packet: Packet) => {
    const size = sizeOf(packet);
    const { units, largest } = unread.get(connection) ?? nothingUnread;
    unread.set(connection, { units: units + size, largest: Math.max(largest, size) });
  });
  // Engine.IO hands over everything that waits only when the client took what came before.
  connection.on('flush', () => unread.delete(connection));
  connection.on('packet', (packet: Packet) => {
    const size = sizeOf(packet);
    received.set(connection, receivedOver(connection) + size);
    if (inflows.get(connection)?.(performance.now(), size) === false) {
      flooded.add(connection);
      // To read it would cost all the others more than to receive it did.
      packet.type = 'noop';
      connection.close(true);
    }
    const isSuspect = connection.protocol === 3 && connection.transport.name === 'polling';
    if (isSuspect && typeof packet.data === 'string') packet.data = undoDoubleUtf8(packet.data);
  });
}

/** What a client has left unread, without the largest frame: however much a state is, it is given to whoever asks. */
export function arrearsOf(connection: Connection): number {
  const { units, largest } = unread.get(connection) ?? nothingUnread;
  return units - largest;
}

/** From here on characters and bytes may come at this rate; what is beyond it is not read, and ends the connection. */
export function boundInflow(connection: Connection, rate: RateLimit): void {
  inflows.set(connection, createAllowance(rate));
}

export function hasFlooded(connection: Connection): boolean {
  return flooded.has(connection);
}

export function receivedOver(connection: Connection): number {
  return received.get(connection) ?? 0;
}

/** Runs once the client has taken everything written so far, by whichever transport; never when it is gone. */
export function whenTaken(connection: Connection, run: () => void): void {
  // What is written in this turn reaches the connection at its end.
  queueMicrotask(() => {
    const { transport } = connection;
    if (transport.writable && !unread.has(connection)) return run();
    const again = (): void => {
      transport.off('ready', again);
      connection.off('upgrade', again);
      whenTaken(connection, run);
    };
    transport.on('ready', again);
    connection.on('upgrade', again);
  });
}

interface Packet {
  type?: string;
  data?: unknown;
}

function sizeOf({ data }: Readonly<Packet>): number {
  if (typeof data === 'string') return data.length;
  return data instanceof Uint8Array ? data.byteLength : 0;
}
