import type { IncomingMessage } from 'node:http';
import { networkOf } from '@dragoman/core';
import type { Auth } from './convead/credentials.js';
import type { Rate } from './rates.js';
import type { NodeListener } from './transport.js';

/** Bounds of one mount; everything a client can make grow has one here. */
export interface CarrierLimits {
  /** Sessions at a time; more handshakes are told to come back later. Default 20 000. */
  readonly sessions: number;
  /** Subscriptions of one session. Default 200. */
  readonly subscriptions: number;
  /** One request body or WebSocket frame, bytes. Default 64 KiB. */
  readonly bodyBytes: number;
  /** Events waiting for one client before its session ends. Default 1000. */
  readonly queuedEvents: number;
  /** Bytes of events waiting for one client before its session ends. Default 1 MiB. */
  readonly queuedBytes: number;
  /** Unsent bytes of one connection above which its events wait. Default 1 MiB. */
  readonly bufferedBytes: number;
  /** Unreadable frames of one WebSocket before it is closed with 1008. Default 20. */
  readonly badFrames: number;
  /** Messages of one WebSocket still to be answered before it is closed with 1008. Default 256. */
  readonly pendingMessages: number;
  /** Handshakes of one address. Default 50 a second, 300 at once. */
  readonly handshakes: Rate;
  /** How long a session lives that never connects, ms. Default 10 000. */
  readonly unconnectedMs: number;
}

/** How one mount carries Bayeux. */
export interface CarrierOptions {
  /** Path of the Bayeux endpoint; paths below it are its own too. Default `/faye`. */
  readonly mount: string;
  /** How long a connect is held, ms; a session lives twice as long after its last one. Default 25 000. */
  readonly timeoutMs: number;
  /** Between two pings of a WebSocket, ms; one that missed a ping is cut at the next. Default 20 000. */
  readonly pingMs: number;
  /** Without a connection for so long a session counts as quiet, ms. Default 15 000. */
  readonly quietMs: number;
  /** Clients of a server that stops come back spread over so long, ms. Default 5000. */
  readonly comeBackMs: number;
  /** Pages that may connect; absent: all, because no cookie carries authority here. */
  readonly allowedOrigins?: readonly string[];
  /** Whether JSON-P (`callback-polling`) is offered. Default true. */
  readonly offersJsonp: boolean;
  /** Whom a request is counted for; an IPv6 address counts by its /64. Default: the address of its socket. */
  readonly addressOf: (request: IncomingMessage) => string;
  readonly limits: CarrierLimits;
}

/** What a mount is opened with; every default can be changed alone. */
export type CarrierSettings = Partial<Omit<CarrierOptions, 'limits'>> & { readonly limits?: Partial<CarrierLimits> };

const defaultLimits: CarrierLimits = {
  sessions: 20_000,
  subscriptions: 200,
  bodyBytes: 64 * 1024,
  queuedEvents: 1000,
  queuedBytes: 1024 * 1024,
  bufferedBytes: 1024 * 1024,
  badFrames: 20,
  pendingMessages: 256,
  handshakes: { perSecond: 50, burst: 300 },
  unconnectedMs: 10_000,
};

export function carrierOptions(settings: CarrierSettings): CarrierOptions {
  const { addressOf = (request) => request.socket.remoteAddress ?? '' } = settings;
  return {
    mount: '/faye',
    timeoutMs: 25_000,
    pingMs: 20_000,
    quietMs: 15_000,
    comeBackMs: 5000,
    offersJsonp: true,
    ...settings,
    addressOf: (request) => networkOf(addressOf(request)),
    limits: { ...defaultLimits, ...settings.limits },
  };
}

/** What the dialect does with what its carrier brings. */
export interface ConveadOptions {
  /** The http server's paths, shared with other adapters. */
  readonly listener: NodeListener;
  /** Who is believed; there is no default. */
  readonly auth: Auth;
  /** Default `convead`; also the space unless that is given. */
  readonly name: string;
  readonly space: string;
  /** Default `default`. */
  readonly workspaceId: string;
  /** Before `/chat/service` and `/chat/conversation`. Default none. */
  readonly apiPrefix: string;
  /** What a visitor reads when nobody is on duty; any length. */
  readonly offlineMessage: string;
  /** A conversation in which nobody says anything for so long is closed, ms. Default 24 h. */
  readonly idleMs: number;
  /** Messages of a history that names no count. Default 50. */
  readonly maxMessagesCount: number;
  /** The most messages of one history; 0: no limit. Default 200. */
  readonly maxCount: number;
  /** Whether a message is sent again when it is read. Default true. */
  readonly publishReadUpdates: boolean;
  /** `always-200` for clients that cannot read the body of an error. Default `real`. */
  readonly errorStatus: 'real' | 'always-200';
  /** Managers who are on duty without a session that says so. Default none. */
  readonly roster: readonly { readonly id: string; readonly name: string }[];
  /** Requests of one address that shows no token; each person's own rate is the core's. Default 50 a second, 300 at once. */
  readonly addressRate: Rate;
  /** Answers "not found" to one address. Default 1 a second, 60 at once. */
  readonly missRate: Rate;
}

/** Everything `conveadAdapter` can be told; what has a default may be left out. */
export type ConveadSettings = CarrierSettings &
  Pick<ConveadOptions, 'listener' | 'auth'> &
  Partial<Omit<ConveadOptions, 'listener' | 'auth'>>;

export function conveadOptions(settings: ConveadSettings): ConveadOptions {
  return {
    name: 'convead',
    space: settings.name ?? 'convead',
    workspaceId: 'default',
    apiPrefix: '',
    offlineMessage: 'Nobody is here to answer right now. Please try again later.',
    idleMs: 24 * 3_600_000,
    maxMessagesCount: 50,
    maxCount: 200,
    publishReadUpdates: true,
    errorStatus: 'real',
    roster: [],
    addressRate: { perSecond: 50, burst: 300 },
    missRate: { perSecond: 1, burst: 60 },
    ...settings,
  };
}
