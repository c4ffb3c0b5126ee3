/** The applications around a gateway: a front end with its customers, and a desk with its agents; real clients of a real broker. */
import { connect, type ChannelModel, type ConfirmChannel, type Options } from 'amqplib';
import { sermoAdapter, type SermoAdapter, type SermoOptions } from '@dragoman/adapter-amqp';
import { createCore, type Core, type CoreOptions } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import { theBroker } from './broker.js';

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
  const channel: ConfirmChannel = await model.createConfirmChannel();
  channel.on('error', () => undefined);
  const heard: Heard[] = [];
  const properties: Options.Publish[] = [];
  await channel.assertExchange(says, 'topic', { durable: true });
  await channel.assertExchange(hears, 'topic', { durable: true });
  const own = await channel.assertQueue(queue ?? '', queue === undefined ? { exclusive: true } : { durable: true });
  await channel.bindQueue(own.queue, hears, userId === undefined ? `${platformId}.#` : `${platformId}.${userId}`);
  await channel.consume(
    own.queue,
    (message) => {
      if (message === null) return;
      heard.push(JSON.parse(message.content.toString()) as Heard);
      properties.push(message.properties as Options.Publish);
      channel.ack(message);
    },
    { exclusive: false },
  );
  let isClosed = false;
  const raw = (body: Buffer, given: Options.Publish = {}): Promise<void> =>
    new Promise((resolve, reject) => {
      const done = (error: unknown): void => (error == null ? resolve() : reject(error as Error));
      channel.publish(says, `${platformId}.${userId ?? 'any'}`, body, { persistent: true, ...given }, done);
    });
  return {
    heard,
    properties,
    raw,
    say: (event, given) => raw(Buffer.from(JSON.stringify({ platformId, userId, ...event })), given),
    async hears(type, about = {}) {
      const isIt = (event: Heard): boolean =>
        event.type === type && Object.entries(about).every(([key, value]) => event[key] === value);
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

let scenes = 0;

/** Names that no other test uses. */
export function ownNames() {
  const mark = `t${process.pid}-${(scenes += 1)}`;
  return {
    inbound: `${mark}.inbound`,
    outbound: `${mark}.outbound`,
    deskQueue: `${mark}.desk`,
    customerQueue: `${mark}.customer`,
    botQueue: `${mark}.bot`,
    parked: `${mark}.parked`,
    deadExchange: `${mark}.dlx`,
    deadQueue: `${mark}.dead`,
  };
}

export const frontPlatform = 'comviq-web';
export const deskPlatform = 'partner-web';

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
  /** A customer of the front end, by his user id. */
  customer(userId: string, queue?: string): Promise<Peer>;
  /** The desk; it speaks to whom `userId` says in each event. */
  desk(): Promise<Peer>;
  /** Events put aside so far, each with its reason. */
  parked(): Promise<readonly { readonly reason: unknown; readonly body: string }[]>;
  stop(): Promise<void>;
}

export async function scene(
  options: Partial<SermoOptions> = {},
  coreOptions: CoreOptions = { workspaces: [{ id: 'default' }] },
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
  await adapter.start(core);
  const peers: Peer[] = [];
  const remember = async (opening: Promise<Peer>): Promise<Peer> => {
    const opened = await opening;
    peers.push(opened);
    return opened;
  };
  const [front, back] = [
    { says: names.inbound, hears: names.outbound, platformId: frontPlatform },
    { says: names.outbound, hears: names.inbound, platformId: deskPlatform },
  ];
  return {
    core,
    adapter,
    names,
    customer: (userId, queue) => remember(peer({ ...front, userId, ...(queue !== undefined && { queue }) })),
    desk: () => remember(peer(back)),
    async parked() {
      const model = await connected();
      const channel = await model.createChannel();
      const found = [];
      for (;;) {
        const message = await channel.get(names.parked, { noAck: true });
        if (message === false) break;
        found.push({ reason: message.properties.headers?.['x-park-reason'], body: message.content.toString() });
      }
      await model.close();
      return found;
    },
    async stop() {
      await adapter.stop();
      await Promise.all(peers.map((one) => one.close()));
      await core.stop();
    },
  };
}
