import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Cancel, Log, WebListener } from '@dragoman/core';
import { Server as Engine, type Socket as Connection } from 'engine.io';
import { Server, type Socket } from 'socket.io';
import { Decoder } from 'socket.io-parser';
import { AsciiEncoder, undoDoubleUtf8 } from './encoding.js';
import { createKeepOut, type KeepOut } from './keep-out.js';
import { isOriginAllowed } from './origin.js';
import { createOutbox, type Outbox } from './outbox.js';
import { CarrierWebSocketServer } from './websockets.js';
import { createKeyedAllowances, type RateLimit } from './rate.js';
import { createWriteQueue, type Place } from './write-queue.js';

/** One Socket.IO event on its way out. */
export interface Frame {
  readonly name: string;
  readonly args: readonly unknown[];
  /** True for what a slow reader can do without. */
  readonly isSignal?: true;
}

/** One Socket.IO event on its way in. */
export interface Inbound {
  readonly name: string;
  readonly args: readonly unknown[];
  /** Present when the client asked for an acknowledgement; further calls than the first do nothing. */
  readonly ack?: (...args: readonly unknown[]) => void;
}

/** One client in one namespace. */
export interface Peer {
  readonly id: string;
  /** For authenticators that speak events of their own. */
  readonly socket: Socket;
  readonly remoteAddress: string;
  send(frame: Frame): void;
  /** A place in the order of what is sent, to be filled later. */
  reserve(): Place<Frame>;
  /** Runs once everything sent so far has been handed to the connection; never when it breaks before. */
  whenWritten(run: () => void): void;
  /** Every event from now on goes to this function; events before the first call are lost. */
  receive(on: (event: Inbound) => void): void;
  /** Called once, at once when the client is gone already. */
  onGone(run: () => void): void;
  /** Called whenever anything comes over its connection, heartbeats too. */
  onSign(run: () => void): void;
  isGone(): boolean;
  /** Whether its connection serves no other namespace. */
  isAlone(): boolean;
  /** Characters that have come over its connection so far. */
  receivedUnits(): number;
  /** From its address nobody shakes hands for so long, ms: further attempts are answered 429. */
  keepOut(forMs: number): void;
  /**
   * Ends the namespace, and the connection when it serves no other: clients of every generation then stay away
   * [SIO5 disconnect].
   */
  refuse(): void;
  /** Ends the connection below: clients of every generation then come back by themselves [SIO5 disconnect]. */
  drop(): void;
}

/** The listener as node gives it to us. */
export type NodeWebListener = WebListener<IncomingMessage, ServerResponse, Duplex>;

export interface CarrierOptions {
  readonly listener: NodeWebListener;
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
  /** Characters a client may leave unread; default 16 Mi, two of the largest pictures. Signals are dropped at half of it, the connection at all of it. */
  readonly maxUnreadBytes?: number;
  /** Frames that may wait behind a reserved place; default 2000. */
  readonly maxWaitingFrames?: number;
  /** Connections at a time; default 50 000. Further ones are refused with 403. */
  readonly maxConnections?: number;
  /** New connections from one address; default 50/s, burst 300. Further ones are refused with 403. */
  readonly handshakes?: RateLimit;
  /** Where a request comes from; default its socket's address. Behind a proxy: what the proxy says. */
  readonly addressOf?: (request: IncomingMessage) => string;
}

/** One Socket.IO server on one path, shared by every dialect that speaks there. */
export interface Carrier {
  /** Opens the namespaces; the first call claims the path. What it returns closes them; the last one frees the path. */
  open(namespaces: ReadonlyMap<string, (peer: Peer) => void>, log: Log): Cancel;
}

type Settings = Required<CarrierOptions>;

const defaults = {
  path: '/socket.io',
  origins: [],
  maxFrameBytes: 8 * 1024 * 1024,
  pingIntervalMs: 25_000,
  pingTimeoutMs: 60_000,
  maxUnreadBytes: 16 * 1024 * 1024,
  maxWaitingFrames: 2000,
  maxConnections: 50_000,
  handshakes: { perSecond: 50, burst: 300 },
  addressOf: (request: IncomingMessage) => request.socket.remoteAddress ?? '',
};

/** Addresses told apart at a time when handshakes are counted. */
const maxAddresses = 10_000;

/** Starts nothing by itself. */
export function socketioCarrier(options: CarrierOptions): Carrier {
  const settings: Settings = { ...defaults, ...options };
  const entrances = new Map<string, (peer: Peer) => void>();
  let running: Running | undefined;

  return {
    open(namespaces, log) {
      for (const name of namespaces.keys()) {
        if (entrances.has(name)) throw new TypeError(`namespace ${name} is taken`);
      }
      const { io, keepOut, close } = (running ??= listen(settings));
      for (const [name, on] of namespaces) {
        entrances.set(name, on);
        io.of(name).use((_socket, next) => next(entrances.has(name) ? undefined : new Error('Invalid namespace')));
        const outbox = createOutbox(io.of(name));
        io.of(name).on('connection', (socket) => on(createPeer(socket, { outbox, keepOut, settings, log })));
      }
      return () => {
        if (running?.io !== io) return;
        for (const name of namespaces.keys()) {
          entrances.delete(name);
          io.of(name).removeAllListeners('connection');
          // Without waiting: a polling client between two polls would hold the process for half a minute.
          for (const socket of io.of(name).sockets.values()) socket.conn.close(true);
        }
        if (entrances.size > 0) return;
        running = undefined;
        close();
      };
    },
  };
}

interface Running {
  readonly io: Server;
  readonly keepOut: KeepOut;
  readonly close: () => void;
}

function listen(settings: Settings): Running {
  const isWelcome = doorkeeper(settings);
  const engine = new Engine({
    transports: ['polling', 'websocket'],
    allowEIO3: true,
    maxHttpBufferSize: settings.maxFrameBytes,
    pingInterval: settings.pingIntervalMs,
    pingTimeout: settings.pingTimeoutMs,
    perMessageDeflate: false,
    httpCompression: false,
    wsEngine: CarrierWebSocketServer,
    // Polling clients of the first generations send credentials: the origin has to be named, `*` never works.
    cors: (request, decide) => decide(null, { origin: isOriginAllowed(request, settings.origins), credentials: true }),
    // CORS alone refuses nobody, and WebSocket knows no CORS.
    allowRequest: (request, decide) => decide(null, isWelcome(request, engine.clientsCount)),
  });
  engine.on('connection', watchConnection);
  const io = new Server({ parser: { Encoder: AsciiEncoder, Decoder }, serveClient: false });
  io.bind(engine);
  const keepOut = createKeepOut(settings.addressOf);
  const release = settings.listener.claim([settings.path], {
    request(request, response) {
      if (!keepOut.turnedAway(request, response)) engine.handleRequest(request, response);
    },
    upgrade(request, socket, head) {
      if (!keepOut.turnedAway(request, socket)) engine.handleUpgrade(request, socket, Buffer.from(head));
    },
  });
  return {
    io,
    keepOut,
    close() {
      release();
      void io.close();
    },
  };
}

/** Decides about new connections alone: Engine.IO asks about no other request. */
function doorkeeper(settings: Settings): (request: IncomingMessage, connected: number) => boolean {
  const { maxConnections, origins, handshakes, addressOf } = settings;
  const isUnhurried = createKeyedAllowances(handshakes, maxAddresses);
  return (request, connected) =>
    isUnhurried(addressOf(request), performance.now()) &&
    connected < maxConnections &&
    isOriginAllowed(request, origins);
}

/** Characters handed to a connection that its client has not taken yet. */
const unread = new WeakMap<Connection, number>();

/** Characters that have come over a connection. */
const received = new WeakMap<Connection, number>();

/** How many of its namespaces are open. */
const occupancy = new WeakMap<Connection, number>();

function watchConnection(connection: Connection): void {
  unread.set(connection, 0);
  connection.on('packetCreate', (packet: { readonly data?: unknown }) => {
    const size = typeof packet.data === 'string' ? packet.data.length : 0;
    unread.set(connection, (unread.get(connection) ?? 0) + size);
  });
  // Engine.IO hands over everything that waits only when the client took what came before.
  connection.on('flush', () => unread.set(connection, 0));
  connection.on('packet', (packet: { data?: unknown }) => {
    const size = typeof packet.data === 'string' ? packet.data.length : 0;
    received.set(connection, (received.get(connection) ?? 0) + size);
    const isSuspect = connection.protocol === 3 && connection.transport.name === 'polling';
    if (isSuspect && typeof packet.data === 'string') packet.data = undoDoubleUtf8(packet.data);
  });
}

/** What the peers of one namespace share. */
interface House {
  readonly outbox: Outbox;
  readonly keepOut: KeepOut;
  readonly settings: Settings;
  readonly log: Log;
}

function createPeer(socket: Socket, { outbox, keepOut, settings, log }: House): Peer {
  const { conn } = socket;
  const remoteAddress = settings.addressOf(socket.request);
  occupancy.set(conn, (occupancy.get(conn) ?? 0) + 1);
  const queue = createWriteQueue<Frame | (() => void)>(write, settings.maxWaitingFrames, shed);
  const goodbyes: (() => void)[] = [];
  let isGone = false;
  socket.once('disconnect', leave);

  function write(frame: Frame | (() => void)): void {
    if (typeof frame === 'function') return frame();
    const size = unread.get(socket.conn) ?? 0;
    if (size > settings.maxUnreadBytes) return shed();
    if (frame.isSignal === true && size > settings.maxUnreadBytes / 2) return;
    outbox.write(socket, frame);
  }

  function isAlone(): boolean {
    return (occupancy.get(conn) ?? 0) <= 1;
  }

  /** Without waiting for the client to agree: one that does not read would take its time. */
  function leave(): void {
    if (isGone) return;
    isGone = true;
    occupancy.set(conn, (occupancy.get(conn) ?? 1) - 1);
    queue.close();
    for (const run of goodbyes) run();
  }

  function shed(): void {
    if (isGone) return;
    log.info({ socketId: socket.id, reason: 'SLOW' }, 'a client that does not read was sent away');
    leave();
    socket.conn.close(true);
  }

  return {
    id: socket.id,
    socket,
    remoteAddress,
    send: (frame) => queue.push(frame),
    reserve: () => queue.reserve(),
    whenWritten: (run) => queue.push(run),
    receive(on) {
      socket.offAny();
      socket.onAny((...event: readonly unknown[]) => {
        const inbound = toInbound(event, outbox);
        if (inbound !== undefined && !isGone) on(inbound);
      });
    },
    onGone(run) {
      if (isGone) run();
      else goodbyes.push(run);
    },
    onSign(run) {
      conn.on('packet', run);
      goodbyes.push(() => conn.off('packet', run));
    },
    isGone: () => isGone,
    isAlone,
    receivedUnits: () => received.get(conn) ?? 0,
    keepOut: (forMs) => keepOut.add(remoteAddress, forMs),
    refuse() {
      outbox.flush();
      socket.disconnect(isAlone());
    },
    drop() {
      outbox.flush();
      leave();
      socket.conn.close();
    },
  };
}

function toInbound([name, ...args]: readonly unknown[], outbox: Outbox): Inbound | undefined {
  if (typeof name !== 'string') return undefined;
  const last = args.at(-1);
  if (typeof last !== 'function') return { name, args };
  const ack: NonNullable<Inbound['ack']> = (...answer) => {
    outbox.flush();
    Reflect.apply(last, undefined, answer);
  };
  return { name, args: args.slice(0, -1), ack };
}
