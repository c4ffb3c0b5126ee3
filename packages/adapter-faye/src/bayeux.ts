/** Bayeux as this server speaks it: what a client may send, and the answers that are not Faye's own. Pure. */

/** Bounds of one request; what is larger is refused before anything looks at it. */
const bayeuxLimits = {
  messages: 64,
  stringUnits: 512,
  channelUnits: 256,
  channelSegments: 8,
  subscriptions: 64,
  connectionTypes: 16,
} as const;

export const metaChannels = {
  handshake: '/meta/handshake',
  connect: '/meta/connect',
  subscribe: '/meta/subscribe',
  unsubscribe: '/meta/unsubscribe',
} as const;

/** In the order Faye names them. [FAYE constants] */
export const connectionTypes = [
  'long-polling',
  'cross-origin-long-polling',
  'callback-polling',
  'websocket',
  'eventsource',
  'in-process',
] as const;

/** Whether events of this type come with the answers to connects, and by no line of their own. */
export function isPollingType(connectionType: string | undefined): boolean {
  const isLine = connectionType === 'websocket' || connectionType === 'eventsource';
  return !isLine && connectionTypes.some((known) => known === connectionType);
}

/** A client's message, rebuilt from the known fields alone. [BAYEUX message fields] */
export interface ClientMessage {
  /** `''` when it was none of the grammar. */
  readonly channel: string;
  readonly clientId: string | undefined;
  readonly id: string | number | undefined;
  readonly connectionType: string | undefined;
  readonly version: string | undefined;
  readonly minimumVersion: string | undefined;
  readonly supportedConnectionTypes: readonly string[] | undefined;
  readonly subscription: string | readonly string[] | undefined;
  /** Ms the client wants its connect held. */
  readonly advice: { readonly timeout: number } | undefined;
}

/** Credentials and the like; never forwarded, echoed or logged. */
export type Ext = Readonly<Record<string, unknown>>;

/** One message of a request, checked. */
export interface Incoming {
  readonly message: ClientMessage;
  readonly ext: Ext | undefined;
  /** The error it is answered with at once; undefined when nothing is wrong with its form. */
  readonly flaw: string | undefined;
}

/** Whose request it is; null: nobody says, as in a handshake. */
export function clientIdOf(batch: readonly Incoming[] | undefined): string | null {
  return batch?.find(({ message }) => message.clientId !== undefined)?.message.clientId ?? null;
}

/** What tells a client when and how to come back. [BAYEUX advice] */
export interface Advice {
  readonly reconnect: 'retry' | 'handshake' | 'none';
  /** Ms to wait before it. */
  readonly interval?: number;
  /** Ms the server holds a connect. */
  readonly timeout?: number;
}

/** An answer to one message. [BAYEUX] */
export interface Answer {
  readonly id?: string | number;
  readonly clientId?: string;
  readonly channel?: string;
  readonly successful: boolean;
  readonly version?: string;
  readonly supportedConnectionTypes?: readonly string[];
  readonly subscription?: string | readonly string[];
  readonly error?: string;
  readonly advice?: Advice;
}

const name = /^(\/[A-Za-z0-9\-_!~()$@]+)+$/;
const pattern = /^(\/[A-Za-z0-9\-_!~()$@]+)*\/\*{1,2}$/;

/** A name one can publish to. [BAYEUX channel grammar] */
function isChannelName(channel: string): boolean {
  return isBounded(channel) && name.test(channel);
}

/** A name or pattern one can subscribe to. */
export function isSubscribable(channel: string): boolean {
  return isBounded(channel) && (name.test(channel) || pattern.test(channel));
}

export function isMeta(channel: string): boolean {
  return channel.startsWith('/meta/');
}

function isBounded(channel: string): boolean {
  return channel.length <= bayeuxLimits.channelUnits && channel.split('/').length <= bayeuxLimits.channelSegments + 1;
}

/** Error texts in Faye's form `code:params:text`, which its clients parse. [FAYE error] */
export const errors = {
  unknownClient: (clientId: string) => `401:${clientId}:Unknown client`,
  invalidToken: '401::Invalid token',
  forbidden: (channel: string) => `403:${channel}:Forbidden channel`,
  tooManySubscriptions: '403::Too many subscriptions',
  invalidChannel: (channel: string) => `405:${printable(channel)}:Invalid channel`,
  internal: '500::Internal server error',
  tryAgain: '503::Try again later',
} as const;

/** Cut, and without what the clients' grammar of errors cannot read. */
function printable(channel: string): string {
  return channel.slice(0, 64).replaceAll(/[^A-Za-z0-9\-_!~()$@/*. ]/g, '_');
}

/** The messages of one request; undefined where the whole request is malformed. A null among them is passed over. [FAYE] */
export function readBatch(parsed: unknown): readonly Incoming[] | undefined {
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const list: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (list.length > bayeuxLimits.messages) return undefined;
  const batch: Incoming[] = [];
  let connects = 0;
  for (const item of list) {
    if (item === null) continue;
    if (!isRecord(item)) return undefined;
    const incoming = readMessage(item);
    if (incoming.message.channel === metaChannels.connect && ++connects > 1) return undefined;
    batch.push(incoming);
  }
  return batch;
}

function readMessage(raw: Readonly<Record<string, unknown>>): Incoming {
  const { channel, subscription } = raw;
  const message = {
    channel: typeof channel === 'string' && isSubscribable(channel) ? channel : '',
    clientId: shortString(raw['clientId']),
    id: typeof raw['id'] === 'number' ? raw['id'] : shortString(raw['id']),
    connectionType: shortString(raw['connectionType']),
    version: shortString(raw['version']),
    minimumVersion: shortString(raw['minimumVersion']),
    supportedConnectionTypes: shortStrings(raw['supportedConnectionTypes']),
    subscription: isNames(subscription) ? subscription : undefined,
    advice: readAdvice(raw['advice']),
  };
  const ext = isRecord(raw['ext']) ? raw['ext'] : undefined;
  return { message, ext, flaw: flawOf(channel, subscription) };
}

/** Names are checked all together before any of them counts, so that a list is taken whole or not at all. */
function flawOf(channel: unknown, subscription: unknown): string | undefined {
  if (typeof channel !== 'string') return errors.invalidChannel('');
  if (!isSubscribable(channel)) return errors.invalidChannel(channel);
  if (!isMeta(channel)) return isChannelName(channel) ? errors.forbidden(channel) : errors.invalidChannel(channel);
  if (!Array.isArray(subscription)) return undefined;
  if (subscription.length > bayeuxLimits.subscriptions) return errors.tooManySubscriptions;
  return subscription.every((one) => typeof one === 'string') ? undefined : errors.invalidChannel('');
}

function isNames(value: unknown): value is string | readonly string[] {
  if (typeof value === 'string') return true;
  return (
    Array.isArray(value) && value.length <= bayeuxLimits.subscriptions && value.every((one) => typeof one === 'string')
  );
}

function readAdvice(value: unknown): { timeout: number } | undefined {
  if (!isRecord(value)) return undefined;
  const { timeout } = value;
  return typeof timeout === 'number' && Number.isFinite(timeout) ? { timeout: Math.max(0, timeout) } : undefined;
}

function shortString(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= bayeuxLimits.stringUnits ? value : undefined;
}

function shortStrings(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > bayeuxLimits.connectionTypes) return undefined;
  return value.filter((one) => shortString(one) !== undefined);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The failed answer to a message, in the shape Faye gives to its own. [FAYE server] */
export function refusal(message: ClientMessage, error: string, advice?: Advice): Answer {
  const isSubscription = message.channel === metaChannels.subscribe || message.channel === metaChannels.unsubscribe;
  const isHandshake = message.channel === metaChannels.handshake;
  return {
    ...(message.id === undefined ? {} : { id: message.id }),
    ...(message.clientId === undefined || isHandshake ? {} : { clientId: message.clientId }),
    ...(message.channel === '' ? {} : { channel: message.channel }),
    successful: false,
    ...(isHandshake ? { version: '1.0', supportedConnectionTypes: connectionTypes } : {}),
    ...(isSubscription ? { subscription: message.subscription ?? [] } : {}),
    error,
    ...(advice === undefined ? {} : { advice }),
  };
}

/** How long a client waits that cannot be served now, ms: long enough that a crowd of them is no load. */
export const waitMs = 5000;

/** Without advice Faye clients try a refused handshake again at once, some eighty times a second. [FAYE 542] */
export function adviseFailure(answer: Answer): Answer {
  if (answer.successful) return answer;
  if (answer.channel === metaChannels.handshake) {
    return { ...answer, advice: { reconnect: 'handshake', interval: waitMs } };
  }
  if (answer.channel !== metaChannels.connect || !(answer.error ?? '').startsWith('401:')) return answer;
  return { ...answer, advice: { reconnect: 'handshake', interval: 0 } };
}
