import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { Log } from '@dragoman/core';
import { guard, type Part } from './link.js';

/** One message that a queue gave us, not acknowledged yet. */
export interface Taken {
  readonly message: ConsumeMessage;
  /** False once its channel is gone: the broker gives it again, in its old order. [RABBITMQ consumers] */
  isAlive(): boolean;
  /** It is done with for good. Nothing happens when its channel is gone. */
  ack(): void;
}

export interface ConsumerOptions {
  readonly queue: string;
  /** Messages given to us and not acknowledged, at most. */
  readonly prefetch: number;
  /** Called in the order of the queue; must not throw. */
  readonly take: (taken: Taken) => void;
  readonly log: Log;
}

/** Takes what a queue has. Work is given back by closing the channel: it alone keeps the order. [RABBITMQ consumers] */
export class Consumer implements Part {
  readonly #options: ConsumerOptions;
  #channel: Channel | undefined;
  #isStopping = false;

  constructor(options: ConsumerOptions) {
    this.#options = options;
  }

  async open(model: ChannelModel): Promise<Channel> {
    const { queue, prefetch, log } = this.#options;
    const channel = await model.createChannel();
    guard(channel, log, queue);
    this.#channel = channel;
    await channel.prefetch(prefetch);
    await channel.consume(queue, (message) => this.#receive(channel, message));
    return channel;
  }

  lost(): void {
    this.#channel = undefined;
  }

  /** Gives everything back to the broker; the link opens the channel again. */
  restart(): void {
    this.#channel?.close().catch(() => undefined);
  }

  /** From now on nothing new is begun; what is taken may still be acknowledged. */
  stopTaking(): void {
    this.#isStopping = true;
  }

  #receive(channel: Channel, message: ConsumeMessage | null): void {
    if (message === null) {
      this.#options.log.warn({ queue: this.#options.queue }, 'the broker cancelled our consumer');
      channel.close().catch(() => undefined);
      return;
    }
    if (this.#isStopping) return;
    const isAlive = (): boolean => this.#channel === channel;
    this.#options.take({ message, isAlive, ack: () => this.#ack(channel, message) });
  }

  #ack(channel: Channel, message: ConsumeMessage): void {
    if (this.#channel !== channel) return;
    try {
      channel.ack(message);
    } catch {
      // The channel is closing: the message will come again.
    }
  }
}
