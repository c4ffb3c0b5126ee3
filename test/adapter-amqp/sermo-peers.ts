/** The applications around a gateway: a front end with its customers, and a desk with its agents; real clients of a real broker. */
import { connect, type ChannelModel, type ConfirmChannel, type Options } from 'amqplib';
import { sermoAdapter, type SermoAdapter, type SermoOptions } from '@dragoman/adapter-amqp';
import { createCore, type Core, type CoreOptions, type Session } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import { theBroker } from './broker.js';
import { deskPlatform, frontPlatform, ownNames } from './sermo-names.js';

export { deskPlatform, frontPlatform, ownNames } from './sermo-names.js';

/** One event as it came, with what the broker said about it. */
export interface Heard {
  readonly type: string;
  readonly platformId: string;
  readonly userId: string;
  readonly text?: string;
  readonly [field: string]: unknown;
}

export interface Peer {
  /** Everything that came, oldest first; heartbeats too. */
  readonly heard: readonly Heard[];
  readonly properties: readonly Options.Publish[];
  /** Publishes an event and waits for the broker's confirm. */
  say(event: object, properties?: Options.Publish): Promise<void>;
  /** Publishes bytes as they are. */
  raw(body: Buffer, properties?: Options.Publish): Promise<void>;
  /** The first event of the type that came for the user after `from`, once it is there. */
  hears(type: string, about?: Partial<Heard>): Promise<Heard>;
  close(): Promise<void>;
}

interface Place {
  readonly says: string;
  readonly hears: string;
  readonly platformId: string;
  /** Kept while nobody reads it, for the one who comes back. */
  readonly queue?: string;
  /** Of which users it hears. Default: of all. */
  readonly userId?: string;
}

/** A connection of one's own, which may be lost with the broker. */
async function connected(): Promise<ChannelModel> {
  const model = await connect((await theBroker()).url);
  model.on('error', () => undefined);
  return model;
}

export async function peer({ says, hears, platformId, queue, userId }: Place): Promise<Peer> {
  const model = await connected();
  const channel = await model.createConfirmChannel();
  await channel.assertExchange(says, 'topic', { durable: true });
  await channel.assertExchange(hears, 'topic', { durable: true });
  const own = await channel.assertQueue(queue ?? '', queue === undefined ? { exclusive: true } : { durable: true });
  await channel.bindQueue(own.queue, hears, userId === undefined ? `${platformId}.#` : `${platformId}.${userId}`);
  const common = { platformId, ...(userId !== undefined && { userId }) };
  return speaking({
    model,
    channel,
    queue: own.queue,
    exchange: says,
    key: `${platformId}.${userId ?? 'any'}`,
    common,
  });
}

/** One who writes into one queue and reads from another. */
async function literalPeer(says: string, hears: string): Promise<Peer> {
  const model = await connected();
  const channel = await model.createConfirmChannel();
  const common = { platformId: frontPlatform };
  return speaking({ model, channel, queue: hears, exchange: '', key: says, common });
}

interface Line {
  readonly model: ChannelModel;
  readonly channel: ConfirmChannel;
  readonly queue: string;
  readonly exchange: string;
  readonly key: string;
  readonly common: object;
}

async function speaking({ model, channel, queue, exchange, key, common }: Line): Promise<Peer> {
  channel.on('error', () => undefined);
  const heard: Heard[] = [];
  const properties: Options.Publish[] = [];
  await channel.consume(queue, (message) => {
    if (message === null) return;
    heard.push(JSON.parse(message.content.toString()) as Heard);
    properties.push(message.properties as Options.Publish);
    channel.ack(message);
  });
  const raw = (body: Buffer, given: Options.Publish = {}): Promise<void> =>
    new Promise((resolve, reject) => {
      const done = (error: unknown): void => (error == null ? resolve() : reject(error as Error));
      channel.publish(exchange, key, body, { persistent: true, ...given }, done);
    });
  let isClosed = false;
  return {
    heard,
    properties,
    raw,
    say: (event, given) => raw(Buffer.from(JSON.stringify({ ...common, ...event })), given),
    async hears(type, about = {}) {
      const isIt = (event: Heard): boolean =>
        event.type === type && Object.entries(about).every(([field, value]) => event[field] === value);
      await eventually(`${type} ${JSON.stringify(about)}`, () => heard.some(isIt));
      return heard.find(isIt) as Heard;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await model.close().catch(() => undefined);
    },
  };
}

/** Takes what was put aside, each with its reason. */
export async function asideIn(queue: string): Promise<readonly { readonly reason: unknown; readonly body: string }[]> {
  const model = await connected();
  const channel = await model.createChannel();
  const found = [];
  for (;;) {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) break;
    found.push({ reason: message.properties.headers?.['x-park-reason'], body: message.content.toString() });
  }
  await model.close();
  return found;
}

/** A workspace whose Sermo customers of the first platform are served by the desk of the second. */
export const delegated: CoreOptions = {
  workspaces: [
    { id: 'default', delegations: [{ desk: { space: 'sermo', externalId: deskPlatform }, space: 'sermo' }] },
  ],
};

export interface Scene {
  readonly core: Core & { stop(): Promise<void> };
  readonly adapter: SermoAdapter;
  readonly names: ReturnType<typeof ownNames>;
  /** A customer of the front end, by his user id; of another one on the same exchanges where its platform is named. */
  customer(userId: string, queue?: string, platformId?: string): Promise<Peer>;
  /** The desk; it speaks to whom `userId` says in each event. */
  desk(platformId?: string): Promise<Peer>;
  /** One of our own operators, of no dialect, who may speak in any chat. */
  colleague(): Promise<{ readonly session: Session; say(chatId: string, text: string): Promise<void> }>;
  /** Another application's bot on the platform of the front end. */
  bot(): Promise<Peer>;
  /** A front end that reads and writes the two literal queues. */
  literal(): Promise<Peer>;
  counts(): Readonly<Record<string, number>>;
  /** Events put aside so far, each with its reason. */
  parked(): Promise<readonly { readonly reason: unknown; readonly body: string }[]>;
  stop(): Promise<void>;
}

export async function scene(
  options: Partial<SermoOptions> = {},
  coreOptions: CoreOptions = { workspaces: [{ id: 'default' }] },
  /** What the adapter is given instead of the core. */
  around: (core: Core) => Core = (core) => core,
): Promise<Scene> {
  const { url } = await theBroker();
  const names = ownNames();
  const core = await createCore(coreOptions);
  const adapter = sermoAdapter({
    workspaceId: 'default',
    url,
    platforms: { [frontPlatform]: 'customer', [deskPlatform]: 'desk' },
    queueType: 'classic',
    names,
    ...options,
  });
  await adapter.start(around(core));
  const peers: Peer[] = [];
  const remember = async (opening: Promise<Peer>): Promise<Peer> => {
    const opened = await opening;
    peers.push(opened);
    return opened;
  };
  const [front, back] = [
    { says: names.inbound, hears: names.outbound, platformId: frontPlatform },
    { says: names.outbound, hears: names.inbound },
  ];
  return {
    core,
    adapter,
    names,
    customer: (userId, queue, platformId = frontPlatform) =>
      remember(peer({ ...front, platformId, userId, ...(queue !== undefined && { queue }) })),
    desk: (platformId = deskPlatform) => remember(peer({ ...back, platformId })),
    async colleague() {
      const who = {
        workspaceId: 'default',
        space: 'reference',
        realm: '',
        externalId: 'anna',
        idType: 'string',
      } as const;
      const how = { scope: 'own', echo: 'all', chats: 'mine', away: null } as const;
      const session = await core.connect({ ...who, side: 'operator', role: 'operator', name: 'Anna' }, how, () => {});
      return {
        session,
        async say(chatId, text) {
          const body = { kind: 'text', text } as const;
          await core.dispatch(session, { type: 'PostMessage', to: { chatId }, body, ifClosed: 'refuse' });
        },
      };
    },
    bot: () => remember(peer({ says: names.outbound, hears: names.inbound, platformId: frontPlatform })),
    literal: () => remember(literalPeer(names.inbound, names.outbound)),
    counts: () => adapter.status()['counts'] as Readonly<Record<string, number>>,
    parked: () => asideIn(names.parked),
    async stop() {
      await adapter.stop();
      await Promise.all(peers.map((one) => one.close()));
      await core.stop();
    },
  };
}
