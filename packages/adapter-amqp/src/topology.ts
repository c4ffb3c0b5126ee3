import type { Channel, ChannelModel, Options } from 'amqplib';
import { guard } from './link.js';
import type { Log } from '@dragoman/core';

/** A queue of ours, and which platforms' events it gets. */
export interface QueuePlan {
  readonly name: string;
  /** Absent: reached by its name alone. */
  readonly boundTo?: { readonly exchange: string; readonly patterns: readonly string[] };
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Topology {
  readonly exchanges: readonly { readonly name: string; readonly type: 'topic' | 'fanout' }[];
  readonly queues: readonly QueuePlan[];
}

/**
 * `active` makes what is missing, `passive` only looks whether it is there, `off` trusts. `fleeting` makes what goes
 * with its last reader: for those who only want to know whether words pass.
 */
export type Declare = 'active' | 'passive' | 'off' | 'fleeting';

/** What nobody has read for so long goes too, ms: its maker died before he could read it. */
const fleetingMs = 60_000;

/** Makes or checks what we need. Rejects with the broker's own words: 404 missing, 406 other arguments. */
export async function declareAll(model: ChannelModel, plan: Topology, how: Declare, log: Log): Promise<void> {
  if (how === 'off') return;
  const channel = await model.createChannel();
  guard(channel, log, 'declare');
  if (how === 'passive') await look(channel, plan);
  else await make(channel, how === 'fleeting' ? fleetingly : forGood, plan);
  await channel.close();
}

/** Beside the names: how long what is made lasts. */
interface Lasting {
  readonly exchange: Options.AssertExchange;
  readonly queue: Options.AssertQueue;
  readonly arguments: Readonly<Record<string, unknown>>;
}

const forGood: Lasting = { exchange: { durable: true }, queue: { durable: true }, arguments: {} };

/** Durable all the same: what is neither durable nor one connection's own is refused from 4.3 on. [RABBITMQ queues] */
const fleetingly: Lasting = {
  exchange: { durable: true, autoDelete: true },
  queue: { durable: true, autoDelete: true },
  arguments: { 'x-queue-type': 'classic', 'x-expires': fleetingMs },
};

async function make(channel: Channel, lasting: Lasting, { exchanges, queues }: Topology): Promise<void> {
  for (const { name, type } of exchanges) await channel.assertExchange(name, type, lasting.exchange);
  for (const { name, boundTo, arguments: args } of queues) {
    await channel.assertQueue(name, { ...lasting.queue, arguments: { ...args, ...lasting.arguments } });
    for (const pattern of boundTo?.patterns ?? []) await channel.bindQueue(name, boundTo?.exchange ?? '', pattern);
  }
}

async function look(channel: Channel, { exchanges, queues }: Topology): Promise<void> {
  for (const { name } of exchanges) await channel.checkExchange(name);
  for (const { name } of queues) await channel.checkQueue(name);
}
