import type { IncomingMessage } from 'node:http';
import type { TokenVerifier } from '@dragoman/core';
import type { ChannelServerSettings, NodeListener, Rate } from './channels/index.js';

/** A bot whose interlocutors may connect. */
export interface Bot {
  /** The key that its pages send with every reply. It stands in their source and proves nothing [CLU token]. */
  readonly publicKey: string;
}

/** How operators connect to the endpoint of the pages. */
export interface OperatorTopic {
  /** Of one page of an operator. Default 20 a second, 100 at once [OP errors]. */
  readonly calls: Rate;
}

/** What `clustaarAdapter` is told; what has a default may be left out. */
export interface ClustaarSettings {
  readonly listener: NodeListener;
  /** Default `default`. */
  readonly workspaceId?: string;
  /** The adapter's name and space. Default `clustaar`. */
  readonly name?: string;
  /** What clients are given as endpoint. Default `/socket`. */
  readonly mount?: string;
  /** Whose a `socketToken`, or an operator's `token`, is: its `externalId` must be the one in the topic. */
  readonly verify: TokenVerifier;
  /** By `bot_id`; an interlocutor of any other bot is refused. At least one. */
  readonly bots: Readonly<Record<string, Bot>>;
  /** Whether what operators write is HTML for the page. Default false: it is escaped. */
  readonly isHtmlTrusted?: boolean;
  /** Of one page. Default 2 a second, 20 at once [CLU rates]. */
  readonly replies?: Rate;
  /**
   * Lets operators join `operator:<id>`, an extension of ours. Absent: there is no such topic. [OP join]
   */
  readonly operators?: Partial<OperatorTopic>;
  /** Pages that may connect. Default: all. */
  readonly allowedOrigins?: readonly string[];
  /** Whom a request is counted for. Default: the address of its socket. */
  readonly addressOf?: (request: IncomingMessage) => string;
  /** Bounds and times of the channel server. */
  readonly channels?: Pick<ChannelServerSettings<undefined>, 'limits' | 'idleMs' | 'pingMs' | 'pollMs' | 'pollSecret'>;
}

/** The settings of the dialect with every default; those of the channel server have their own. */
export type ClustaarOptions = Required<
  Pick<ClustaarSettings, 'workspaceId' | 'name' | 'mount' | 'verify' | 'bots' | 'isHtmlTrusted' | 'replies'>
> & { readonly operators?: OperatorTopic };

export function clustaarOptions({ operators, ...settings }: ClustaarSettings): ClustaarOptions {
  return {
    workspaceId: 'default',
    name: 'clustaar',
    mount: '/socket',
    isHtmlTrusted: false,
    replies: { perSecond: 2, burst: 20 },
    ...settings,
    ...(operators !== undefined && { operators: { calls: { perSecond: 20, burst: 100 }, ...operators } }),
  };
}
