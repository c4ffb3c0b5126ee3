import type { ChannelModel } from 'amqplib';
import type { Clock, Log, Wire } from '@dragoman/core';
import { brokerAddress } from './broker-address.js';
import { Consumer, type Taken } from './consumer.js';
import { Lanes } from './lanes.js';
import { Link, type BrokerTls } from './link.js';
import { Publisher } from './publisher.js';
import { declareAll, type Declare, type Topology } from './topology.js';
import { within } from './waiting.js';

export type { Taken } from './consumer.js';
export type { Letter } from './publisher.js';
export { Refused, Stopped, TooLarge, Unsendable } from './publisher.js';

/** How the broker is reached and used; no word of what the messages say. */
export interface CarrierOptions {
  /** `amqp:` or `amqps:` addresses, tried in turn. */
  readonly urls: readonly string[];
  readonly tls: BrokerTls;
  /** Shown by the broker. */
  readonly name: string;
  readonly topology: Topology;
  readonly declare: Declare;
  /** Our queues, and what is done with each message; see `Consumer`. */
  readonly consume: readonly { readonly queue: string; readonly take: (taken: Taken) => void }[];
  readonly prefetch: number;
  readonly window: number;
  readonly confirmMs: number;
  readonly reconnect: { readonly firstMs: number; readonly mostMs: number };
  readonly fatalRetryMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Sees what is consumed and published. Absent: nobody looks. */
  readonly wire?: Wire | undefined;
}

/** Two connections: one that publishes, which the broker may block, and one that consumes. [RABBITMQ connection.blocked] */
export interface Carrier {
  readonly lanes: Lanes;
  readonly publisher: Pick<
    Publisher,
    | 'send'
    | 'toss'
    | 'isUp'
    | 'isCrowded'
    | 'relief'
    | 'unconfirmed'
    | 'unconfirmedBytes'
    | 'refusedPlaces'
    | 'forgetRefusals'
  >;
  /** Size of what was given to us and is not acknowledged, bytes. */
  readonly unackedBytes: number;
  /** Gives back what was taken, and takes nothing until the promise resolves, which must not reject. */
  rest(until: Promise<void>): void;
  readonly state: { readonly publish: string; readonly consume: string };
  /** Resolves when both connections are up, or have failed so often that nobody should wait for them. */
  start(): Promise<void>;
  /** Nothing new is taken; what runs may end and be acknowledged within so long, ms. The rest is given back. */
  quiet(withinMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** The longest a timer of Node.js may be, ms. */
const longestMs = 2 ** 31 - 1;

/** Sessions whose messages are handled side by side. [SERMOD consume] */
const lanesAtOnce = 32;

export function openCarrier(options: CarrierOptions): Carrier {
  const { clock, log, topology, declare, reconnect, fatalRetryMs, name, wire } = options;
  const addresses = options.urls.map(brokerAddress);
  const lanes = new Lanes(lanesAtOnce);
  const publisher = new Publisher({
    clock,
    log,
    wire,
    window: options.window,
    confirmMs: options.confirmMs,
    refusedRestMs: fatalRetryMs,
  });
  const consumers = options.consume.map(
    ({ queue, take }) => new Consumer({ queue, take, prefetch: options.prefetch, clock, log, wire }),
  );
  const declaring = (plan: Topology) => (model: ChannelModel) => declareAll(model, plan, declare, log);
  const common = { addresses, tls: options.tls, clock, log, reconnect, fatalRetryMs };
  // What is published needs the exchanges alone; the queues are made once, by the one who reads them.
  const published = declaring({ ...topology, queues: [] });
  const publishing = new Link({ ...common, name: `${name} publish`, prepare: published, parts: [publisher] });
  const consuming = new Link({ ...common, name: `${name} consume`, prepare: declaring(topology), parts: consumers });
  // While the broker is away nothing else may keep the process, and it is no end of the work.
  let keeping: ReturnType<typeof setInterval> | undefined;
  return {
    lanes,
    publisher,
    get unackedBytes() {
      return consumers.reduce((bytes, consumer) => bytes + consumer.unackedBytes, 0);
    },
    rest: (until) => consumers.forEach((consumer) => consumer.rest(until)),
    get state() {
      return { publish: publishing.state, consume: consuming.state };
    },
    async start() {
      keeping = setInterval(() => undefined, longestMs);
      await Promise.all([publishing.start(), consuming.start()]);
    },
    async quiet(withinMs) {
      for (const consumer of consumers) consumer.stopTaking();
      await within(clock, withinMs, lanes.idle());
      // Whoever reads on is given what we did not begin, in its old order, before anything newer.
      await consuming.stop();
    },
    async stop() {
      publisher.stop();
      await Promise.all([publishing.stop(), consuming.stop()]);
      clearInterval(keeping);
    },
  };
}
