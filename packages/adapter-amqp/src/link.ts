import { connect, credentials, type Channel, type ChannelModel } from 'amqplib';
import type { Clock, Log } from '@dragoman/core';
import { backoffMs } from './backoff.js';
import type { BrokerAddress } from './broker-address.js';
import { corkTurns, socketIn } from './corking.js';
import { Waiting, within } from './waiting.js';

/** What one channel of a connection is for; opened again as often as it is lost. */
export interface Part {
  /** Opens it on a connection and resolves with the channel, whose end is then watched. */
  open(model: ChannelModel): Promise<Channel>;
  /** The channel is gone: how what was under way on it ended is not known. */
  lost(): void;
  /** Ends the channel in its own time, after everything that was said on it. */
  close?(): Promise<void>;
  /** The broker takes no more for now, or again: memory or disk alarm. [RABBITMQ connection.blocked] */
  blocked?(isBlocked: boolean): void;
}

/** What makes an `amqps:` connection trusted, in PEM. */
export interface BrokerTls {
  /** Who signs the broker's certificate. Default: those the machine trusts. */
  readonly ca?: string;
  /** Our own certificate and its key, for brokers that ask for one. */
  readonly cert?: string;
  readonly key?: string;
  /** The name in the broker's certificate, where it is not the host. */
  readonly servername?: string;
  /** The broker knows us by our certificate; the user and the password of the address mean nothing. Default false. */
  readonly external?: boolean;
}

export interface LinkOptions {
  /** Shown by the broker and in logs. */
  readonly name: string;
  readonly addresses: readonly BrokerAddress[];
  readonly tls: BrokerTls;
  /** What every fresh connection does first: declarations. */
  readonly prepare: (model: ChannelModel) => Promise<void>;
  readonly parts: readonly Part[];
  readonly clock: Clock;
  readonly log: Log;
  /** Bounds of the pause between attempts, ms. */
  readonly reconnect: { readonly firstMs: number; readonly mostMs: number };
  /** Pause after what only a change of configuration can mend, ms. */
  readonly fatalRetryMs: number;
}

export type LinkState = 'connecting' | 'ready' | 'blocked' | 'waiting' | 'stopped';

/** After so long without trouble the next failure counts as the first, ms. */
const steadyMs = 60_000;
const handshakeMs = 10_000;
/** The start goes on without the broker after so many attempts, or so long, ms: a broker may accept and say nothing. */
const [startAttempts, startMs] = [5, 10_000];
/** From a connection to all that is done on it first. What is declared may take its time where a majority decides. */
const preparationMs = 30_000;
/** So many lost channels within so long end the whole connection. */
const channelTrouble = { times: 3, withinMs: 10_000, pauseMs: 250 } as const;
const closeMs = 2_000;

/** Access refused, not found, differing arguments, unknown virtual host. [RABBITMQ errors] */
const fatal = /\b(?:403|404|406|530)\b|ACCESS.REFUSED|NOT_ALLOWED|Expected ConnectionOpenOk/;

/** A certificate that is not trusted, of either side. */
const untrusted = /CERT|ERR_TLS|UNABLE_TO_/;

/** Whether a connection failed for a certificate. */
export function isUntrusted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && untrusted.test(String(error.code));
}

function isOfConfiguration(error: unknown): boolean {
  return fatal.test(String(error)) || isUntrusted(error);
}

/** One connection that comes back. The library's own recovery misses closed channels and cancelled consumers. */
export class Link {
  readonly #options: LinkOptions;
  readonly #waiting: Waiting;
  #state: LinkState = 'connecting';
  #model: ChannelModel | undefined;
  /** Resolves when the latest connection has ended. */
  #over: Promise<void> = Promise.resolve();
  #running: Promise<void> | undefined;
  #attempt = 0;
  #troubles: number[] = [];

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#waiting = new Waiting(options.clock);
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Resolves when it is up for the first time, or when it has failed so often that others should not wait for it. */
  start(): Promise<void> {
    const started = new Promise<void>((resolve) => {
      this.#running = this.#run(resolve);
    });
    return within(this.#options.clock, startMs, started);
  }

  /** Closes the connection, blocked or not; what is unconfirmed then stays so. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#waiting.stop();
    // The end of a connection overtakes what its channels still have to say, acknowledgements among it.
    const closing = Promise.all(this.#options.parts.map((part) => part.close?.()));
    await within(this.#options.clock, closeMs, closing);
    const model = this.#model;
    if (model !== undefined) await this.#end(model);
    await within(this.#options.clock, closeMs, this.#running ?? Promise.resolve());
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  async #run(started: () => void): Promise<void> {
    const { clock, log, name, addresses } = this.#options;
    for (let turn = 0; !this.#isStopped(); turn += 1) {
      const address = addresses[turn % addresses.length];
      if (address === undefined) return;
      const readyAt = { at: Infinity };
      let error: unknown;
      try {
        await this.#live(address, () => {
          readyAt.at = clock.monotonic();
          started();
        });
      } catch (thrown) {
        error = thrown;
      }
      if (this.#isStopped()) break;
      if (clock.monotonic() - readyAt.at > steadyMs) this.#attempt = 0;
      const isFatal = readyAt.at === Infinity && isOfConfiguration(error);
      const ms = isFatal
        ? this.#options.fatalRetryMs
        : backoffMs(this.#options.reconnect, this.#attempt, Math.random());
      this.#attempt += 1;
      if (this.#attempt >= startAttempts || isFatal) started();
      this.#state = 'waiting';
      const facts = {
        link: name,
        broker: address.shown,
        attempt: this.#attempt,
        retryMs: ms,
        problem: problemOf(error),
      };
      log[isFatal ? 'error' : 'warn'](facts, isFatal ? 'the broker refuses us as configured' : 'the broker is away');
      await this.#waiting.pause(ms);
    }
    started();
  }

  /** Resolves or rejects when the connection is over. */
  async #live(address: BrokerAddress, onReady: () => void): Promise<void> {
    this.#state = 'connecting';
    const model = await connect(address.options, socketOf(this.#options.tls, this.#options.name));
    corkTurns(model);
    let lastError: Error | undefined;
    model.on('error', (error) => (lastError = error));
    model.on('handler-error', (error) => this.#options.log.error({ error }, 'a listener of the broker threw'));
    const over = new Promise<void>((resolve) => model.on('close', () => resolve()));
    this.#over = over;
    model.on('blocked', () => this.#block(true));
    model.on('unblocked', () => this.#block(false));
    this.#model = model;
    try {
      if (this.#isStopped()) throw new Error('stopped');
      await this.#answered(this.#prepared(model), over);
      this.#state = this.#isStopped() ? 'stopped' : 'ready';
      this.#options.log.info({ link: this.#options.name, broker: address.shown }, 'connected to the broker');
      onReady();
      await over;
    } catch (error) {
      await this.#end(model);
      throw lastError ?? error;
    } finally {
      this.#model = undefined;
    }
    if (lastError !== undefined) throw lastError;
  }

  /** What every connection begins with. */
  async #prepared(model: ChannelModel): Promise<void> {
    await this.#options.prepare(model);
    for (const part of this.#options.parts) await this.#keep(part, model);
  }

  /** Rejects when the connection ends meanwhile, or when it takes too long: a broker may be alive and answer nothing. */
  async #answered(work: Promise<void>, over: Promise<void>): Promise<void> {
    const late = new Waiting(this.#options.clock);
    const silent = Promise.race([over, late.pause(preparationMs)]).then(() => {
      throw new Error('the broker does not answer');
    });
    await Promise.race([work, silent]).finally(() => late.stop());
  }

  /** Says good-bye; who does not answer to that is left alone. */
  async #end(model: ChannelModel): Promise<void> {
    await within(this.#options.clock, closeMs, model.close());
    const socket = socketIn(model);
    if (socket?.writableEnded === false) socket.destroy(new Error('the broker does not answer'));
  }

  #block(isBlocked: boolean): void {
    if (this.#isStopped()) return;
    this.#state = isBlocked ? 'blocked' : 'ready';
    this.#options.log.warn({ link: this.#options.name, isBlocked }, 'the broker has an alarm, or no more');
    for (const part of this.#options.parts) part.blocked?.(isBlocked);
  }

  async #keep(part: Part, model: ChannelModel): Promise<void> {
    const channel = await part.open(model);
    channel.on('close', () => {
      part.lost();
      if (this.#model === model && !this.#isStopped()) void this.#reopen(part, model);
    });
  }

  async #reopen(part: Part, model: ChannelModel): Promise<void> {
    const now = this.#options.clock.monotonic();
    this.#troubles = [...this.#troubles.filter((at) => now - at < channelTrouble.withinMs), now];
    try {
      if (this.#troubles.length >= channelTrouble.times) throw new Error('its channels are lost again and again');
      await this.#waiting.pause(channelTrouble.pauseMs);
      if (this.#model !== model || this.#isStopped()) return;
      await this.#answered(this.#keep(part, model), this.#over);
    } catch (error) {
      this.#options.log.warn({ link: this.#options.name, problem: problemOf(error) }, 'the connection is begun anew');
      await this.#end(model);
    }
  }
}

/** How a broker is connected to, beside its address; `name` is shown by the broker. */
export function socketOf({ external = false, ...trust }: BrokerTls, name: string) {
  return {
    ...trust,
    ...(external && { credentials: credentials.external() }),
    noDelay: true,
    timeout: handshakeMs,
    clientProperties: { connection_name: name },
  };
}

/** What may be said of an error: its message, without addresses and credentials. */
export function problemOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error ?? 'closed');
  return text.replace(/amqps?:\/\/\S+/g, 'amqp://***').slice(0, 300);
}

/** Listens to what would else be thrown at nobody. */
export function guard(channel: Channel, log: Log, name: string): void {
  channel.on('error', (error) => log.warn({ channel: name, problem: problemOf(error) }, 'a channel failed'));
  channel.on('handler-error', (error) => log.error({ channel: name, error }, 'a listener of a channel threw'));
}
