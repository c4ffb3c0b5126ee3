import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { isNestedBeyond, maxNesting, type Cancel, type Log, type WebListener, type Wire } from '@dragoman/core';
import { Server as Engine, type Socket as Connection } from 'engine.io';
import { Server, type Socket } from 'socket.io';
import { doorDefaults, engineOptions, serverOptions, type DoorOptions } from './door.js';
import { createKeepOut, type KeepOut } from './keep-out.js';
import { createOutbox, type Outbox } from './outbox.js';
import type { RateLimit } from './rate.js';
import { arrearsOf, boundInflow, hasFlooded, receivedOver, watchTraffic, whenTaken } from './traffic.js';
import { connectionIdOf, watchWire } from './wire.js';
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
  /** Null stands for what is nested beyond `maxNesting` as well. */
  readonly args: readonly unknown[];
  /** Present when the client asked for an acknowledgement; further calls than the first do nothing. */
  readonly ack?: (...args: readonly unknown[]) => void;
}

/** A place in the order of what is sent, filled part by part, as fast as the client takes it. */
export interface Load {
  /** Resolves when the client has taken this and all before it; never when it is gone. */
  bring(frames: readonly Frame[]): Promise<void>;
  /** What waits behind it goes on. */
  end(): void;
}

/** One client in one namespace. */
export interface Peer {
  readonly id: string;
  /** Of the connection below, where its wire is looked at. */
  readonly connectionId: string | undefined;
  /** For authenticators that speak events of their own. */
  readonly socket: Socket;
  readonly remoteAddress: string;
  send(frame: Frame): void;
  /** A place in the order of what is sent, to be filled later. */
  reserve(): Place<Frame>;
  /** The same for what is too much at once. */
  load(): Load;
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
  /** Characters, and bytes, that have come over its connection so far. */
  receivedUnits(): number;
  /** From now on so many characters, and bytes, may come over its connection. */
  boundInflow(rate: RateLimit): void;
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

export interface CarrierOptions extends CarrierLimits, DoorOptions {
  readonly listener: NodeWebListener;
  /**
   * Characters, and bytes, that may come over a connection until a dialect knows better; default 1 000 000/s, burst
   * 4 000 000. What is beyond is not read, and ends the connection.
   */
  readonly inflowRate?: RateLimit;
}

/** What one client may take of the memory. */
export interface CarrierLimits {
  /**
   * Characters a client may leave unread beside the largest of the unread frames, which may be a whole state; default 8 Mi.
   * Signals are dropped at half of it, the connection at all of it.
   */
  readonly maxUnreadBytes?: number;
  /** Frames that may wait behind a reserved place; default 2000. */
  readonly maxWaitingFrames?: number;
}

/** One Socket.IO server on one path, shared by every dialect that speaks there. */
export interface Carrier {
  /**
   * Opens the namespaces; the first call claims the path. What it returns closes them; the last one frees the path.
   * `wire` is told of their packets.
   */
  open(namespaces: ReadonlyMap<string, (peer: Peer) => void>, log: Log, wire?: Wire): Cancel;
  /** From now on, until a cancel of `open`, new connections are refused in a way that lets their clients try again. */
  shut(): void;
}

type Settings = Required<CarrierOptions>;
type Limits = Required<CarrierLimits> & Pick<Settings, 'addressOf'>;

const defaults = {
  ...doorDefaults,
  inflowRate: { perSecond: 1_000_000, burst: 4_000_000 },
  maxUnreadBytes: 8 * 1024 * 1024,
  maxWaitingFrames: 2000,
};

/** Starts nothing by itself. */
export function socketioCarrier(options: CarrierOptions): Carrier {
  const settings: Settings = { ...defaults, ...options };
  return carrierOn((wires) => listen(settings, wires), settings);
}

/**
 * Namespaces on a Socket.IO server that is somebody else's: it stays open, and so do its other namespaces. Who shakes
 * hands there is its own matter, so that `keepOut` of its peers does nothing.
 */
export function guestCarrier(io: Server, limits: CarrierLimits = {}): Carrier {
  const keepOut = createKeepOut(defaults.addressOf);
  return carrierOn(() => ({ io, keepOut, close() {} }), { ...defaults, ...limits });
}

function carrierOn(run: (wires: ReadonlyMap<string, Wire>) => Running, limits: Limits): Carrier {
  const entrances = new Map<string, (peer: Peer) => void>();
  const wires = new Map<string, Wire>();
  let running: Running | undefined;

  return {
    shut() {
      if (running !== undefined) running.keepOut.isClosed = true;
    },
    open(namespaces, log, wire) {
      for (const name of namespaces.keys()) {
        if (entrances.has(name)) throw new TypeError(`namespace ${name} is taken`);
      }
      const { io, keepOut, close } = (running ??= run(wires));
      if (wire !== undefined) for (const name of namespaces.keys()) wires.set(name, wire);
      const closings = [...namespaces].map(([name, on]) => {
        entrances.set(name, on);
        io.of(name).use((_socket, next) => next(entrances.has(name) ? undefined : new Error('Invalid namespace')));
        const outbox = createOutbox(io.of(name));
        const meet = (socket: Socket): void => on(createPeer(socket, { outbox, keepOut, limits, log, wires }));
        io.of(name).on('connection', meet);
        return () => io.of(name).off('connection', meet);
      });
      return () => {
        if (running?.io !== io) return;
        keepOut.isClosed = false;
        for (const closeDoor of closings) closeDoor();
        for (const name of namespaces.keys()) {
          entrances.delete(name);
          wires.delete(name);
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

function listen(settings: Settings, wires: ReadonlyMap<string, Wire>): Running {
  const engine: Engine = new Engine(engineOptions(settings, () => engine.clientsCount));
  engine.on('connection', (connection: Connection) => {
    watchTraffic(connection);
    boundInflow(connection, settings.inflowRate);
    watchWire(connection, wires);
  });
  const io = new Server(serverOptions);
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

/** How many of its namespaces are open. */
const occupancy = new WeakMap<Connection, number>();

/** What the peers of one namespace share. */
interface House {
  readonly outbox: Outbox;
  readonly keepOut: KeepOut;
  readonly limits: Limits;
  readonly log: Log;
  readonly wires: ReadonlyMap<string, Wire>;
}

function createPeer(socket: Socket, { outbox, keepOut, limits, log, wires }: House): Peer {
  const { conn } = socket;
  watchTraffic(conn);
  watchWire(conn, wires);
  const remoteAddress = limits.addressOf(socket.request);
  occupancy.set(conn, (occupancy.get(conn) ?? 0) + 1);
  const queue = createWriteQueue<Frame | (() => void)>(write, limits.maxWaitingFrames, shed);
  const goodbyes: (() => void)[] = [];
  let hear: (...event: readonly unknown[]) => void = () => {};
  let isGone = false;
  socket.once('disconnect', leave);

  function write(frame: Frame | (() => void)): void {
    if (typeof frame === 'function') return frame();
    const size = arrearsOf(conn);
    if (size > limits.maxUnreadBytes) return shed();
    if (frame.isSignal === true && size > limits.maxUnreadBytes / 2) return;
    outbox.write(socket, frame);
  }

  /** Answers overtake what waits for its place, but not what the client has left unread. */
  function answer(ack: () => void): void {
    outbox.flush();
    if (arrearsOf(conn) > limits.maxUnreadBytes) shed();
    else ack();
  }

  function isAlone(): boolean {
    return (occupancy.get(conn) ?? 0) <= 1;
  }

  /** Without waiting for the client to agree: one that does not read would take its time. */
  function leave(): void {
    if (isGone) return;
    isGone = true;
    if (hasFlooded(conn)) log.info({ socketId: socket.id }, 'a client that sent too much was sent away');
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
    connectionId: connectionIdOf(conn, wires.get(socket.nsp.name)),
    socket,
    remoteAddress,
    send: (frame) => queue.push(frame),
    reserve: () => queue.reserve(),
    load() {
      const { push, end } = queue.stretch();
      return {
        bring: (frames) => new Promise((taken) => push([...frames, () => whenTaken(conn, taken)])),
        end,
      };
    },
    whenWritten: (run) => queue.push(run),
    receive(on) {
      socket.offAny(hear);
      hear = (...event) => {
        const inbound = toInbound(event, answer);
        if (inbound !== undefined && !isGone) on(inbound);
      };
      socket.onAny(hear);
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
    receivedUnits: () => receivedOver(conn),
    boundInflow: (rate) => boundInflow(conn, rate),
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

function toInbound([name, ...given]: readonly unknown[], answer: (ack: () => void) => void): Inbound | undefined {
  if (typeof name !== 'string') return undefined;
  const args = given.map((arg) => (isNestedBeyond(maxNesting, arg) ? null : arg));
  const last = args.at(-1);
  if (typeof last !== 'function') return { name, args };
  const ack: NonNullable<Inbound['ack']> = (...said) => answer(() => void Reflect.apply(last, undefined, said));
  return { name, args: args.slice(0, -1), ack };
}
