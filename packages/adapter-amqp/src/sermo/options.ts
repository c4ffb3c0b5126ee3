import type { WorkspaceId } from '@dragoman/core';
import type { BrokerTls } from '../link.js';
import type { Declare } from '../topology.js';
import type { TextsByLocale } from './texts.js';

/** Which side of a platform we stand on. */
export type PlatformRole = 'customer' | 'desk';

/** How Sermo is spoken, and with which broker. */
export interface SermoOptions {
  readonly workspaceId: WorkspaceId;
  /** `amqp:` or `amqps:` addresses with user, password and virtual host; several are tried in turn. */
  readonly url: string | readonly string[];
  /** For `amqps:`, beside what the machine trusts; the broker's certificate is always checked. */
  readonly tls?: BrokerTls;
  /**
   * `customer`: their front end, our operators: we consume inbound and publish outbound. `desk`: our customers, their desk:
   * the other way round. The desk of a platform is known to routing as `{ space, externalId: <platform> }`.
   */
  readonly platforms: Readonly<Record<string, PlatformRole>>;
  /** Name of the adapter and its space. Default `sermo`. */
  readonly name?: string;
  /** Marks what we publish, so that we never take it for somebody else's. One for each deployment. Default `dragoman`. */
  readonly origin?: string;
  /** `topic`: an exchange a direction and a queue of our own. `queue`: the two literal queues. Default `topic`. */
  readonly mode?: 'topic' | 'queue';
  /** Whether exchanges and queues are made, checked or trusted, or made for a moment. Default `active`. */
  readonly declare?: Declare;
  readonly queueType?: 'quorum' | 'classic';
  /** Names of what is on the broker. */
  readonly names?: Partial<SermoNames>;
  /** What opens a chat: the first text, or the first sign of life. Default `text`. */
  readonly openChatOn?: 'text' | 'heartbeat';
  /**
   * Another application's bot speaks first on the outbound exchange and hands over to our people: what it says comes into
   * the chat. It is known to routing as `{ space, externalId: 'bot' }`. Not with mode `queue`. Default false.
   */
  readonly externalBot?: boolean;
  /** Agents without a type that are bots. Default `bot` alone. */
  readonly botIds?: readonly string[];
  /** Types of later revisions of the document are read as well. Default true. */
  readonly extensions?: boolean;
  /** What becomes of a type that nobody knows: put aside with its reason, or acknowledged and counted. Default `park`. */
  readonly unknownTypes?: 'park' | 'ignore';
  /** Words of ours by locale. Default English, and Swedish for `sv`. */
  readonly texts?: TextsByLocale;
  readonly limits?: Partial<SermoLimits>;
  readonly times?: Partial<SermoTimes>;
}

export interface SermoNames {
  readonly inbound: string;
  readonly outbound: string;
  readonly deskQueue: string;
  readonly customerQueue: string;
  readonly botQueue: string;
  readonly parked: string;
  readonly deadExchange: string;
  readonly deadQueue: string;
}

export interface SermoLimits {
  /** Messages given to us by each queue and not acknowledged. */
  readonly prefetch: number;
  /** Letters published and not confirmed. */
  readonly window: number;
  /** Events of each platform kept in memory for a broker that is slow or away; more wait in the log. */
  readonly heldEvents: number;
  /** What waits for the broker: with more than so many desks get no new chats. */
  readonly degradedEvents: number;
  /** What the broker would not take, set aside; then the next one waits. */
  readonly unsent: number;
  /** Customers with a session at a time; one more ends that of who was heard longest ago. */
  readonly sessions: number;
}

/** All in ms. */
export interface SermoTimes {
  /** Between our signs of life for a customer. */
  readonly heartbeatMs: number;
  /** Without any event of a customer for so long he is unstable. */
  readonly unstableMs: number;
  /** Without any event of a customer for so long he is away. */
  readonly offlineMs: number;
  /** After his tab was unloaded he has so long to come back. */
  readonly unloadMs: number;
  /** Without any event for so long his chat is closed. */
  readonly idleMs: number;
  /** Heartbeats and drafts that waited longer than this in the queue say nothing any more. */
  readonly staleMs: number;
  /** No confirm for so long: sent again. */
  readonly confirmMs: number;
  readonly reconnectFirstMs: number;
  readonly reconnectMostMs: number;
  /** After the broker refused us as configured. */
  readonly fatalRetryMs: number;
  /** When what we publish has waited for so long, the desk gets no new chats. */
  readonly degradedMs: number;
  /** How long a stop waits for what is under way. */
  readonly stopMs: number;
}

export const defaultNames: SermoNames = {
  inbound: 'sermo.inbound',
  outbound: 'sermo.outbound',
  deskQueue: 'gw.desk.outbound',
  customerQueue: 'gw.customer.inbound',
  botQueue: 'gw.customer.outbound',
  parked: 'gw.parked',
  deadExchange: 'gw.dlx',
  deadQueue: 'gw.dead',
};

/** The document's two literal queues. [SERMO Inbound] [SERMO Outbound] */
export const queueModeNames: SermoNames = { ...defaultNames, inbound: 'sermo-inbound', outbound: 'sermo-outbound' };

export const defaultSermoLimits: SermoLimits = {
  prefetch: 32,
  window: 256,
  heldEvents: 5_000,
  degradedEvents: 10_000,
  unsent: 1_000,
  sessions: 20_000,
};

export const defaultSermoTimes: SermoTimes = {
  heartbeatMs: 10_000,
  unstableMs: 25_000,
  offlineMs: 60_000,
  unloadMs: 60_000,
  idleMs: 30 * 60_000,
  staleMs: 30_000,
  confirmMs: 30_000,
  reconnectFirstMs: 250,
  reconnectMostMs: 30_000,
  fatalRetryMs: 300_000,
  degradedMs: 15 * 60_000,
  stopMs: 5_000,
};

/** The options with every default filled in. */
export interface SermoSetup extends Required<Omit<SermoOptions, 'url' | 'tls' | 'names' | 'limits' | 'times'>> {
  readonly tls?: BrokerTls;
  readonly urls: readonly string[];
  readonly names: SermoNames;
  readonly limits: SermoLimits;
  readonly times: SermoTimes;
  readonly customers: readonly string[];
  readonly desks: readonly string[];
}

export function setupOf(options: SermoOptions): SermoSetup {
  const { mode = 'topic', platforms } = options;
  const of = (role: PlatformRole): string[] => Object.keys(platforms).filter((name) => platforms[name] === role);
  return {
    name: 'sermo',
    origin: 'dragoman',
    declare: 'active',
    queueType: 'quorum',
    openChatOn: 'text',
    externalBot: false,
    botIds: ['bot'],
    extensions: true,
    unknownTypes: 'park',
    texts: {},
    ...options,
    mode,
    urls: typeof options.url === 'string' ? [options.url] : options.url,
    names: { ...(mode === 'queue' ? queueModeNames : defaultNames), ...options.names },
    limits: { ...defaultSermoLimits, ...options.limits },
    times: { ...defaultSermoTimes, ...options.times },
    customers: of('customer'),
    desks: of('desk'),
  };
}
