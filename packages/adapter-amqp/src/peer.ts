import { randomUUID } from 'node:crypto';
import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { brokerAddress } from './broker-address.js';
import { problemOf, socketOf } from './link.js';
import { routingKey } from './sermo/keys.js';
import { setupOf, type PlatformRole, type SermoOptions, type SermoSetup } from './sermo/options.js';
import { queuesOf } from './sermo/places.js';

/** The other application of one platform, as the probe of a gateway plays it. */
export interface SermoPeer {
  /** Resolves when the broker has it. A customer names himself, a desk whom it speaks to. */
  say(userId: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** Told of each text: from whom, or to whom. */
export type HearPeer = (userId: string, text: string) => void;

const agent = { id: 'probe', name: 'Probe', type: 'human' } as const;

/**
 * Opens a connection as the other side of one platform of these options, with a queue of its own that goes with it.
 * Their exchanges are there already. Rejects in the broker's own words.
 */
export async function sermoPeer(options: SermoOptions, platformId: string, hear: HearPeer): Promise<SermoPeer> {
  const setup = setupOf(options);
  const model = await anyOf(setup, `dragoman ${setup.name} probe`);
  try {
    const channel = await model.createConfirmChannel();
    channel.on('error', () => undefined);
    const ways = waysOf(setup, options.platforms[platformId]);
    await channel.consume(await ownQueue(channel, setup, { platformId, from: ways.hears }), (message) => {
      if (message === null) return;
      channel.ack(message);
      const { type, userId, text }: Spoken = JSON.parse(message.content.toString());
      if (type === 'text') hear(userId, text);
    });
    return {
      say: (userId, text) => publish(channel, setup, { ...ways, event: { type: 'text', platformId, userId, text } }),
      close: () => model.close(),
    };
  } catch (error) {
    await model.close().catch(() => undefined);
    throw error;
  }
}

interface Spoken {
  readonly type: string;
  readonly platformId: string;
  readonly userId: string;
  readonly text: string;
}

interface Ways {
  readonly says: string;
  readonly hears: string;
  /** What a desk adds to its words. */
  readonly more: object;
}

/** The other side speaks where we listen. */
function waysOf({ names: { inbound, outbound } }: SermoSetup, role: PlatformRole | undefined): Ways {
  return role === 'customer'
    ? { says: inbound, hears: outbound, more: {} }
    : { says: outbound, hears: inbound, more: { agent } };
}

async function ownQueue(
  channel: ConfirmChannel,
  { mode }: SermoSetup,
  { platformId, from }: { readonly platformId: string; readonly from: string },
): Promise<string> {
  if (mode === 'queue') return from;
  // Named like its exchange: whoever may make only what has a certain prefix may make this too.
  const { queue } = await channel.assertQueue(`${from}.${randomUUID()}`, { exclusive: true, durable: false });
  await channel.bindQueue(queue, from, `${platformId}.#`);
  return queue;
}

function publish(
  channel: ConfirmChannel,
  { mode }: SermoSetup,
  { says, more, event }: Ways & { readonly event: Spoken },
): Promise<void> {
  const [exchange, key] = mode === 'queue' ? ['', says] : [says, routingKey(event)];
  const properties = { contentType: 'application/json', messageId: randomUUID() };
  return new Promise((resolve, reject) => {
    channel.publish(exchange, key, Buffer.from(JSON.stringify({ ...event, ...more })), properties, (error: unknown) =>
      error == null ? resolve() : reject(new Error('the broker did not take it', { cause: error })),
    );
  });
}

/** Whether the broker answers and somebody reads each of our queues; undefined: all is well, else what is not. */
export async function unreadQueue(options: SermoOptions): Promise<string | undefined> {
  const setup = setupOf(options);
  const model = await anyOf(setup, `dragoman ${setup.name} probe`);
  try {
    const channel = await model.createChannel();
    channel.on('error', () => undefined);
    for (const queue of Object.values(queuesOf(setup))) {
      if (queue === undefined) continue;
      const { consumerCount } = await channel.checkQueue(queue);
      if (consumerCount === 0) return `nobody reads ${queue}`;
    }
    return undefined;
  } finally {
    await model.close().catch(() => undefined);
  }
}

/** The first broker that answers. */
async function anyOf({ urls, tls = {} }: SermoSetup, name: string): Promise<ChannelModel> {
  let refusal: unknown;
  for (const url of urls) {
    try {
      const model = await connect(brokerAddress(url).options, socketOf(tls, name));
      model.on('error', () => undefined);
      return model;
    } catch (error) {
      refusal = error;
    }
  }
  throw new Error(problemOf(refusal), { cause: refusal });
}
