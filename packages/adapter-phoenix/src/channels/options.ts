import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock, Log, Wire } from '@dragoman/core';
import { silentLog, systemClock } from '@dragoman/core';
import type { ChannelRoute } from './channel.js';
import type { ConnectAnswer, ConnectRequest } from './channel-socket.js';
import type { NodeListener } from './channel-server.js';
import type { Quota, Rate } from './rates.js';

/** Bounds of one mount; everything a client can make grow has one here. */
export interface ChannelLimits {
  /** Connections at a time, of both transports; more are refused with 503. Default 20 000. */
  readonly connections: number;
  /** Channels of one connection; more are refused with `too many channels joined`. Default 100. [PHX limits] */
  readonly channels: number;
  /** One frame of a client; a larger one closes the connection with 1009. Default 256 KiB. [PHX limits] */
  readonly frameBytes: number;
  /** Pushes of one channel, and frames of one connection that belong to none. Default 50 a second, 200 at once. */
  readonly pushes: Rate;
  /** Joins of one connection. Default twice `channels` in 10 s: a client that comes back joins all at once. [PHX refusals] */
  readonly joins: Quota;
  /** Refusals for being too fast before the connection is closed with 1008. Default 200 in 60 s. [PHX refusals] */
  readonly refusals: Quota;
  /** Frames of one connection that wait because their channel is still answering. Default 256. */
  readonly waitingFrames: number;
  /** Their bytes. Default 1 MiB. */
  readonly waitingBytes: number;
  /** Frames for one channel that wait behind an answer before the connection is closed with 1013. Default 1000. */
  readonly heldFrames: number;
  /** Unsent bytes of one connection that may stay for `slowMs` before it is closed with 1013. Default 1 MiB. [PHX limits] */
  readonly bufferedBytes: number;
  /** Unsent bytes of one connection at which it is closed at once. Default 16 MiB. */
  readonly maxBufferedBytes: number;
  /** Handshakes of one address; faster ones are kept waiting. Default 100 a second, 1000 at once. [PHX handshake] */
  readonly handshakes: Rate;
  /** Frames that wait for a client's next poll before its session ends. Default 1000. [PHX longpoll poll] */
  readonly backlogFrames: number;
  /** Their bytes. Default 1 MiB. [PHX longpoll poll] */
  readonly backlogBytes: number;
  /** One POST; a larger one is answered 413 and nothing of it is done. Default 1 MiB. [PHX longpoll post] */
  readonly postBytes: number;
  /** Frames of one POST; as `postBytes`. Default 1000. [PHX longpoll post] */
  readonly postFrames: number;
  /** POSTs of one session at a time; clients before 1.7 send one for each push. Default 100. */
  readonly posts: number;
  /** Handshakes that are kept waiting at a time; more are refused with 429. Default 1000. */
  readonly waitingHandshakes: number;
}

/** What is the server's own, without what it is joined to. */
export interface ChannelTimes {
  /** Join and push hooks have so long, ms, before the client is answered `timeout`; clients wait 10 s. Default 8000. [PHX join] */
  readonly answerMs: number;
  /** A WebSocket that sends no frame, not even a pong, for so long is closed with 1001, ms. Default 60 000. [PHX limits] */
  readonly idleMs: number;
  /** Between two pings of a WebSocket, ms. Default 25 000. [PHX limits] */
  readonly pingMs: number;
  /** See `limits.bufferedBytes`. Default 10 000. */
  readonly slowMs: number;
  /** How long a poll is held, ms; clients give up after 20 000. Default 10 000. [PHX longpoll poll] */
  readonly pollMs: number;
  /** The longest a handshake is kept waiting, ms. Default 1500. [PHX handshake] */
  readonly admissionMs: number;
}

/** What a channel server runs with. */
export interface ChannelServerOptions<Assigns> extends ChannelTimes {
  /** The http server's paths: of the gateway, or `listenOn(server)`. */
  readonly listener: NodeListener;
  /** What clients are given as endpoint. Default `/socket`. */
  readonly mount: string;
  readonly routes: readonly ChannelRoute<Assigns>[];
  /** Whether a connection may be, and what is known of it. A throw, or an answer later than `answerMs`: 503. */
  readonly connect: (request: ConnectRequest) => ConnectAnswer<Assigns> | Promise<ConnectAnswer<Assigns>>;
  /**
   * Pages that may connect: `https://example.org`, `//example.org` for any scheme, `//*.example.org` for its sub-domains
   * too; a port that is not named is any. Absent: all, because no cookie carries authority here. [PHX check_origin]
   */
  readonly allowedOrigins?: readonly string[];
  /** Whom a request is counted for. Default: the address of its socket; behind a proxy, say which header to trust. */
  readonly addressOf: (request: IncomingMessage) => string;
  /**
   * Signs the names of long-poll sessions. Default: random. Give the same after a restart, or clients before 1.8.2 that
   * poll do not notice it and stay joined to nothing. [PHX longpoll status]
   */
  readonly pollSecret: string;
  /** Default: the machine's. */
  readonly clock: Clock;
  /** Default: says nothing. */
  readonly log: Log;
  /** Sees connections and frames. Absent: nobody looks. */
  readonly wire?: Wire | undefined;
  readonly limits: ChannelLimits;
}

type Given = 'listener' | 'routes' | 'connect';

/** What `createChannelServer` is told; every default can be changed alone. */
export type ChannelServerSettings<Assigns> = Pick<ChannelServerOptions<Assigns>, Given> &
  Partial<Omit<ChannelServerOptions<Assigns>, Given | 'limits'>> & { readonly limits?: Partial<ChannelLimits> };

/** A `connect` for servers where every join says who it is. */
export const anybody = (): ConnectAnswer<undefined> => ({ ok: true, assigns: undefined });

const defaultLimits: Omit<ChannelLimits, 'joins'> = {
  connections: 20_000,
  channels: 100,
  frameBytes: 256 * 1024,
  pushes: { perSecond: 50, burst: 200 },
  refusals: { count: 200, withinMs: 60_000 },
  waitingFrames: 256,
  waitingBytes: 1024 * 1024,
  heldFrames: 1000,
  bufferedBytes: 1024 * 1024,
  maxBufferedBytes: 16 * 1024 * 1024,
  backlogFrames: 1000,
  backlogBytes: 1024 * 1024,
  postBytes: 1024 * 1024,
  postFrames: 1000,
  posts: 100,
  handshakes: { perSecond: 100, burst: 1000 },
  waitingHandshakes: 1000,
};

export function channelServerOptions<Assigns>(settings: ChannelServerSettings<Assigns>): ChannelServerOptions<Assigns> {
  const channels = settings.limits?.channels ?? defaultLimits.channels;
  return {
    mount: '/socket',
    answerMs: 8000,
    idleMs: 60_000,
    pingMs: 25_000,
    slowMs: 10_000,
    pollMs: 10_000,
    admissionMs: 1500,
    pollSecret: randomBytes(32).toString('hex'),
    addressOf: (request) => request.socket.remoteAddress ?? '',
    clock: systemClock,
    log: silentLog,
    ...settings,
    limits: { ...defaultLimits, joins: { count: 2 * channels, withinMs: 10_000 }, ...settings.limits },
  };
}
