import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { Clock, Log, Wire } from '@dragoman/core';
import { guard, type Part } from './link.js';

/** One message that a queue gave us, not acknowledged yet. */
export interface Taken {
  readonly message: ConsumeMessage;
  /** False once its channel is gone: the broker gives it again, in its old order. [RABBITMQ consumers] */
  isAlive(): boolean;
  /** It is done with for good. Nothing happens when its channel is gone; `proven` is called once the broker surely knows. */
  ack(proven?: () => void): void;
}

export interface ConsumerOptions {
  readonly queue: string;
  /** Messages given to us and not acknowledged, at most. */
  readonly prefetch: number;
  /** Called in the order of the queue; must not throw. */
  readonly take: (taken: Taken) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly wire?: Wire | undefined;
}

/** So long after an acknowledgement the broker is asked something, whose answer proves that it came, ms. */
const proofMs = 1_000;

/** Takes what a queue has. Work is given back by closing the channel: it alone keeps the order. [RABBITMQ consumers] */
export class Consumer implements Part {
  readonly #options: ConsumerOptions;
  #channel: Channel | undefined;
  #isStopping = false;
  /** Nothing is taken before it resolves; undefined: everything is taken at once. */
  #resting: Promise<void> | undefined;
  #unackedBytes = 0;
  /** To be told when the acknowledgements so far have surely reached the broker. */
  #unproven: (() => void)[] = [];

  constructor(options: ConsumerOptions) {
    this.#options = options;
  }

  /** Size of what was given to us and is not acknowledged, bytes. */
  get unackedBytes(): number {
    return this.#unackedBytes;
  }

  async open(model: ChannelModel): Promise<Channel> {
    const { queue, prefetch, log } = this.#options;
    const channel = await model.createChannel();
    guard(channel, log, queue);
    this.#channel = channel;
    await channel.prefetch(prefetch);
    const resting = this.#resting;
    if (resting === undefined) await this.#consume(channel);
    // The channel is there meanwhile: a broker that fails is noticed.
    else void resting.then(() => this.#consume(channel)).catch(() => undefined);
    return channel;
  }

  async #consume(channel: Channel): Promise<void> {
    if (this.#channel !== channel) return;
    await channel.consume(this.#options.queue, (message) => this.#receive(channel, message));
  }

  lost(): void {
    this.#channel = undefined;
    this.#unackedBytes = 0;
    this.#unproven = [];
  }

  /** Gives back what is not acknowledged. */
  async close(): Promise<void> {
    await this.#channel?.close().catch(() => undefined);
  }

  /** Gives everything back to the broker, and takes nothing until the promise resolves, which must not reject. */
  rest(until: Promise<void>): void {
    this.#resting = until;
    void until.then(() => {
      if (this.#resting === until) this.#resting = undefined;
    });
    void this.close();
  }

  /**
   * From now on nothing new is begun; what is taken may still be acknowledged. The consumer stays until its channel is
   * closed: after a cancel the next one would be given newer messages before those that we give back. [RABBITMQ consumers]
   */
  stopTaking(): void {
    this.#isStopping = true;
  }

  #receive(channel: Channel, message: ConsumeMessage | null): void {
    if (message === null) {
      this.#options.log.warn({ queue: this.#options.queue }, 'the broker cancelled our consumer');
      channel.close().catch(() => undefined);
      return;
    }
    this.#unackedBytes += message.content.length;
    if (this.#isStopping) return;
    this.#options.wire?.in(this.#options.queue, message.content);
    this.#options.take({
      message,
      isAlive: () => this.#channel === channel,
      ack: (proven) => this.#ack(channel, message, proven),
    });
  }

  #ack(channel: Channel, message: ConsumeMessage, proven?: () => void): void {
    if (this.#channel !== channel) return;
    this.#unackedBytes -= message.content.length;
    try {
      channel.ack(message);
    } catch {
      return; // The channel is closing: the message will come again.
    }
    if (proven !== undefined && this.#unproven.push(proven) === 1) {
      this.#options.clock.after(proofMs, () => void this.#prove(channel));
    }
  }

  /** Methods of a channel are answered in order, so any answer comes after all acknowledgements before it. */
  async #prove(channel: Channel): Promise<void> {
    if (this.#channel !== channel) return;
    const told = this.#unproven;
    this.#unproven = [];
    try {
      await channel.prefetch(this.#options.prefetch);
      for (const proven of told) proven();
    } catch {
      // The channel is closing: nothing is proven.
    }
  }
}
