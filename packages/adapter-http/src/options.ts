import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebListener } from '@dragoman/core';
import type { ApiKey } from './keys.js';
import type { BotEndpoint } from './bots/options.js';
import type { Rate } from './rates.js';
import type { WebhookEndpoint } from './webhooks/options.js';

/** The http server that the adapter shares with others. */
export type NodeListener = WebListener<IncomingMessage, ServerResponse, Duplex>;

/** Bounds of what backends may cost. */
export interface HttpLimits {
  /** Requests of one key. Default 200 a second, 1 000 at once. */
  readonly rate: Rate;
  /** Wrong keys from one address, after which it is sent away. Default 1 in 2 seconds, 20 at once. */
  readonly wrongKeys: Rate;
  /** Body of a request, other than a picture. Default 262 144. */
  readonly bodyBytes: number;
  /** Feeds of one key at a time. Default 20. */
  readonly feeds: number;
  /** What a feed may have unread in our memory before it is paused. Default 262 144. */
  readonly feedBytes: number;
  /** A feed that has taken nothing for so long is ended. Default 60 000. */
  readonly feedStallMs: number;
  /** Between signs of life on a quiet feed. Default 15 000. */
  readonly heartbeatMs: number;
  /** Participants that are acted for and kept in mind; those idle longest are let go. Default 2 000. */
  readonly actors: number;
  /** Operators of backends on duty at a time. Default 1 000. */
  readonly duties: number;
}

/** What `httpAdapter` is told; what has a default may be left out. */
export interface HttpSettings {
  readonly listener: NodeListener;
  /** Default `default`. */
  readonly workspaceId?: string;
  /** The adapter's name and space. Default `http`. */
  readonly name?: string;
  /** Where the API is. Default `/v1`. */
  readonly mount?: string;
  /** Who may use it; at least one. */
  readonly keys: readonly ApiKey[];
  /** Endpoints that are told what happens. Default: none. */
  readonly webhooks?: readonly WebhookEndpoint[];
  /** Bots that answer within their replies. Default: none. */
  readonly bots?: readonly BotEndpoint[];
  readonly limits?: Partial<HttpLimits>;
  /** Whom a wrong key is counted for. Default: the address of the socket. */
  readonly addressOf?: (request: IncomingMessage) => string;
}

export const defaultLimits: HttpLimits = {
  rate: { perSecond: 200, burst: 1_000 },
  wrongKeys: { perSecond: 0.5, burst: 20 },
  bodyBytes: 262_144,
  feeds: 20,
  feedBytes: 262_144,
  feedStallMs: 60_000,
  heartbeatMs: 15_000,
  actors: 2_000,
  duties: 1_000,
};

/** The settings with every default. */
export type HttpOptions = Required<Omit<HttpSettings, 'limits'>> & { readonly limits: HttpLimits };

export function httpOptions(settings: HttpSettings): HttpOptions {
  return {
    workspaceId: 'default',
    name: 'http',
    mount: '/v1',
    webhooks: [],
    bots: [],
    addressOf: (request) => request.socket.remoteAddress ?? '',
    ...settings,
    limits: { ...defaultLimits, ...settings.limits },
  };
}
