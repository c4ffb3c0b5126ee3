import { IllegalOperationError, type ChannelModel, type ConfirmChannel, type Message, type Options } from 'amqplib';
import type { Cancel, Clock, Log, Wire } from '@dragoman/core';
import { backoffMs } from './backoff.js';
import { guard, type Part } from './link.js';
import { Refusals } from './refusals.js';
import { Waiting } from './waiting.js';

/** One message on its way to the broker. */
export interface Letter {
  /** '' is the default exchange: the key is then a queue's name. */
  readonly exchange: string;
  readonly key: string;
  readonly body: Buffer;
  /** `messageId` names it in every attempt; `mandatory` is what must not be dropped unseen. [RABBITMQ mandatory] */
  readonly properties: Options.Publish & { readonly messageId: string; readonly mandatory: boolean };
}

export interface PublisherOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Letters sent and not confirmed, at most. */
  readonly window: number;
  /** No confirm for so long counts as a lost channel, ms. */
  readonly confirmMs: number;
  /** Where the broker let us not write nothing more is sent for so long, ms. */
  readonly refusedRestMs: number;
  readonly wire?: Wire | undefined;
}

/** Pause before a letter is sent again, ms. */
const again = { firstMs: 250, mostMs: 5_000 } as const;
/** So long at most somebody waits because letters wait, ms. */
const reliefMs = 100;
/** An unroutable letter is worth a line in the log after so long, ms. */
const alertMs = 300_000;

type End = 'confirmed' | 'returned' | 'unknown';

/** A letter until it has reached the broker. */
interface Sending {
  readonly letter: Letter;
  readonly since: number;
  attempt: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The library's buffer is full after so much: what may be lost is dropped then, bytes. */
const ephemeralBytes = 262_144;

/** Thrown to who still waits when everything stops. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Thrown for a letter that this broker does not take, however often it is sent as it is. */
export class Unsendable extends Error {
  override readonly name: string = 'Unsendable';
}

/** Thrown for one that is larger than this broker takes. */
export class TooLarge extends Unsendable {
  override readonly name = 'TooLarge';
}

/** Thrown for one that goes where the broker does not let us write. */
export class Refused extends Unsendable {
  override readonly name = 'Refused';
}

/** What the broker says when it closes the channel over the size of a message. [RABBITMQ errors] */
const sizeRefusal = /message size \d+ .*max\w* size (\d+)/;

/** Sends letters until they are confirmed, within a window. The same letter may arrive twice, never not at all. */
export class Publisher implements Part {
  readonly #options: PublisherOptions;
  readonly #waiting: Waiting;
  /** What waits for room, or for a channel. */
  readonly #line: Sending[] = [];
  readonly #refusals: Refusals;
  readonly #returned = new Set<string>();
  /** When each unconfirmed letter was sent, oldest first. */
  readonly #unconfirmed = new Map<number, number>();
  /** Who would make further letters, and lets those that wait go first. */
  readonly #polite: (() => void)[] = [];
  #cancelRelief: Cancel | undefined;
  #channel: ConfirmChannel | undefined;
  #sent = 0;
  #unconfirmedBytes = 0;
  /** Largest body this broker takes, as far as it has said, bytes. */
  #mostBytes = Infinity;
  #isBlocked = false;
  #isStopped = false;
  #isWatching = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#waiting = new Waiting(options.clock);
    const { clock, log, refusedRestMs: restMs } = options;
    this.#refusals = new Refusals({ clock, log, restMs });
  }

  /** Where the broker does not let us write, for people. */
  get refusedPlaces(): readonly string[] {
    return this.#refusals.places;
  }

  get unconfirmed(): number {
    return this.#unconfirmed.size;
  }

  /** Size of what is unconfirmed, bytes. */
  get unconfirmedBytes(): number {
    return this.#unconfirmedBytes;
  }

  get isUp(): boolean {
    return this.#channel !== undefined && !this.#isBlocked;
  }

  async open(model: ChannelModel): Promise<ConfirmChannel> {
    const channel = await model.createConfirmChannel();
    guard(channel, this.#options.log, 'publish');
    channel.on('error', (error) => this.#learn(error));
    channel.on('error', (error) => this.#refusals.learn(error));
    channel.on('return', (message: Message) => this.#noteReturn(message));
    this.#channel = channel;
    this.#isBlocked = false;
    this.#go();
    return channel;
  }

  lost(): void {
    this.#channel = undefined;
    this.#returned.clear();
  }

  blocked(isBlocked: boolean): void {
    this.#isBlocked = isBlocked;
    this.#go();
  }

  /** More letters wait than may be under way: without a pause those that come would wait longer and longer. */
  get isCrowded(): boolean {
    return this.isUp && this.#line.length >= this.#options.window;
  }

  /** Resolves when it is not crowded any more, and after a moment in any case: reading never stops over writing. */
  relief(): Promise<void> {
    this.#cancelRelief ??= this.#options.clock.after(reliefMs, () => this.#relieve());
    return new Promise((resolve) => this.#polite.push(resolve));
  }

  /** What was refused, or too large, may be taken now. */
  forgetRefusals(): void {
    this.#refusals.forget();
    this.#mostBytes = Infinity;
  }

  /** Resolves when the broker has it for good. Rejects with `Stopped`, or `Unsendable` if it can never be sent so. */
  send(letter: Letter): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#line.push({ letter, since: this.#options.clock.monotonic(), attempt: 0, resolve, reject });
      this.#go();
    });
  }

  /** Sent if that is possible at once, else dropped. */
  toss(letter: Letter): void {
    const { exchange, key, body, properties } = letter;
    const channel = this.#channel;
    if (channel === undefined || this.#isBlocked || this.#isStopped || body.length > ephemeralBytes) return;
    if (this.#refusals.placeOf(letter) !== undefined) return;
    this.#options.wire?.out(placeOf(exchange, key), body);
    try {
      channel.publish(exchange, key, body, properties);
    } catch {
      // The channel is closing: nobody misses it.
    }
  }

  /** Nothing more is sent; who waits is told. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.stop();
    this.#relieve();
    this.#go();
  }

  #relieve(): void {
    this.#cancelRelief?.();
    this.#cancelRelief = undefined;
    for (const go of this.#polite.splice(0)) go();
  }

  /** Sends what there is room for, first come first served. */
  #go(): void {
    while (this.#line.length > 0) {
      const channel = this.#channel;
      if (this.#isStopped) this.#line.shift()?.reject(new Stopped('stopped'));
      else if (channel === undefined || this.#isBlocked || this.#unconfirmed.size >= this.#options.window) return;
      else this.#put(channel, this.#line.shift());
    }
  }

  #put(channel: ConfirmChannel, sending: Sending | undefined): void {
    if (sending === undefined) return;
    const place = this.#refusals.placeOf(sending.letter);
    if (place !== undefined) return sending.reject(new Refused(`the broker does not let us publish to ${place}`));
    const { exchange, key, body, properties } = sending.letter;
    if (body.length > this.#mostBytes) return sending.reject(new TooLarge('larger than the broker takes'));
    const number = (this.#sent += 1);
    this.#unconfirmed.set(number, this.#options.clock.monotonic());
    this.#unconfirmedBytes += body.length;
    this.#options.wire?.out(placeOf(exchange, key), body);
    try {
      channel.publish(exchange, key, body, properties, (error) => {
        this.#settled(number, body);
        // A return comes before its confirm. [RABBITMQ mandatory]
        const isReturned = this.#returned.delete(properties.messageId);
        this.#ended(sending, error !== null && error !== undefined ? 'unknown' : isReturned ? 'returned' : 'confirmed');
      });
      this.#watch();
    } catch (error) {
      this.#settled(number, body);
      if (error instanceof IllegalOperationError)
        this.#ended(sending, 'unknown'); // the channel is closing
      else sending.reject(new Unsendable('it cannot be written', { cause: error }));
    }
  }

  #settled(number: number, { length }: Buffer): void {
    if (this.#unconfirmed.delete(number)) this.#unconfirmedBytes -= length;
  }

  #ended(sending: Sending, end: End): void {
    if (end === 'confirmed') sending.resolve();
    else void this.#again(sending, end);
    this.#go();
    if (this.#polite.length > 0 && !this.isCrowded) this.#relieve();
  }

  async #again(sending: Sending, end: End): Promise<void> {
    if (end === 'returned') this.#alert(sending);
    await this.#waiting.pause(backoffMs(again, sending.attempt, Math.random()));
    sending.attempt += 1;
    this.#line.push(sending);
    this.#go();
  }

  /** One letter that is too large costs everybody the channel: it must not be sent again. */
  #learn(error: unknown): void {
    const [, most] = sizeRefusal.exec(String(error)) ?? [];
    if (most !== undefined) this.#mostBytes = Number(most);
  }

  #noteReturn({ properties: { messageId } }: Message): void {
    if (typeof messageId === 'string') this.#returned.add(messageId);
  }

  #alert({ letter: { exchange, key }, since }: Sending): void {
    const forMs = this.#options.clock.monotonic() - since;
    const facts = { exchange, key: key.split('.')[0], forMs };
    if (forMs > alertMs) this.#options.log.error(facts, 'nobody is bound to receive what we publish');
  }

  /** One timer for all: ends the channel when its oldest letter waits too long. */
  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const { clock, confirmMs, log } = this.#options;
    clock.after(confirmMs, () => {
      this.#isWatching = false;
      const [oldest] = this.#unconfirmed.values();
      if (oldest === undefined || this.#isStopped) return;
      if (clock.monotonic() - oldest >= confirmMs) {
        log.warn({ unconfirmed: this.#unconfirmed.size }, 'the broker confirms nothing: the channel is opened anew');
        this.#channel?.close().catch(() => undefined);
      }
      this.#watch();
    });
  }
}

/** What a letter goes to, as far as it is no customer's name: a queue, or an exchange. */
function placeOf(exchange: string, key: string): string {
  return exchange === '' ? key : exchange;
}
