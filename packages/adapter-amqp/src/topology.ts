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

/** `active` makes what is missing, `passive` only looks whether it is there, `off` trusts. */
export type Declare = 'active' | 'passive' | 'off';

/** Makes or checks what we need. Rejects with the broker's own words: 404 missing, 406 other arguments. */
export async function declareAll(model: ChannelModel, plan: Topology, how: Declare, log: Log): Promise<void> {
  if (how === 'off') return;
  const channel = await model.createChannel();
  guard(channel, log, 'declare');
  if (how === 'active') await make(channel, plan);
  else await look(channel, plan);
  await channel.close();
}

async function make(channel: Channel, { exchanges, queues }: Topology): Promise<void> {
  for (const { name, type } of exchanges) await channel.assertExchange(name, type, { durable: true });
  for (const { name, boundTo, arguments: args } of queues) {
    const options: Options.AssertQueue = { durable: true, arguments: args };
    await channel.assertQueue(name, options);
    for (const pattern of boundTo?.patterns ?? []) await channel.bindQueue(name, boundTo?.exchange ?? '', pattern);
  }
}

async function look(channel: Channel, { exchanges, queues }: Topology): Promise<void> {
  for (const { name } of exchanges) await channel.checkExchange(name);
  for (const { name } of queues) await channel.checkQueue(name);
}
