import type { IncomingMessage } from 'node:http';
import type { Rate } from './rates.js';

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

export interface CarrierOptions {
  /** Path of the Bayeux endpoint; paths below it are its own too. Default `/faye`. */
  readonly mount: string;
  /** How long a connect is held, ms; a session lives twice as long after its last one. Default 25 000. */
  readonly timeoutMs: number;
  /** Between two pings of a WebSocket, ms; one that missed a ping is cut at the next. Default 20 000. */
  readonly pingMs: number;
  /** Without a connection for so long a session counts as quiet, ms. Default 15 000. */
  readonly quietMs: number;
  /** Pages that may connect; absent: all, because no cookie carries authority here. */
  readonly allowedOrigins?: readonly string[];
  /** Whether JSON-P (`callback-polling`) is offered. Default true. */
  readonly offersJsonp: boolean;
  /** Whom a request is counted for. Default: the address of its socket. */
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
  return {
    mount: '/faye',
    timeoutMs: 25_000,
    pingMs: 20_000,
    quietMs: 15_000,
    offersJsonp: true,
    addressOf: (request) => request.socket.remoteAddress ?? '',
    ...settings,
    limits: { ...defaultLimits, ...settings.limits },
  };
}
