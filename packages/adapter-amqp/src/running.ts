import { wireOf, type AdapterHealth, type Core, type Delivery, type Fields, type Session } from '@dragoman/core';
import { Customers } from './sermo/customers.js';
import { Desks } from './sermo/desks.js';
import { ExternalBot } from './sermo/external-bot.js';
import { parseInbound, parseOutbound, type Address } from './sermo/frames.js';
import { Intake, type IntakeOptions } from './sermo/intake.js';
import { Post } from './sermo/letters.js';
import type { SermoSetup } from './sermo/options.js';
import { OpaqueEvents } from './sermo/opaque.js';
import { Outlet } from './sermo/outlet.js';
import { queuesOf, topologyOf } from './sermo/places.js';
import { QueueNumbers } from './sermo/queue-numbers.js';
import { relayIdentity, Relays } from './sermo/relays.js';
import { Repeats } from './sermo/repeats.js';
import { Suspects } from './sermo/suspects.js';
import type { Tally } from './sermo/tally.js';
import { Unsent, type Origin } from './sermo/unsent.js';
import { problemOf } from './link.js';
import { openCarrier, type Carrier, type Taken } from './transport.js';
import { Waiting, within } from './waiting.js';

/** How often it is looked whether the broker keeps up, ms. */
const watchMs = 5_000;
/** Between attempts to store something, ms. */
const probeMs = 5_000;

/** Everything between one start and its stop. */
export class Running {
  readonly #setup: SermoSetup;
  readonly #core: Core;
  readonly #carrier: Carrier;
  readonly #relays: Relays;
  readonly #session: Session;
  readonly #customers: Customers;
  readonly #desks: Desks;
  readonly #bot: ExternalBot;
  readonly #opaque: OpaqueEvents;
  readonly #queueNumbers: QueueNumbers;
  readonly #suspects: Suspects;
  readonly #outlet: Outlet;
  readonly #post: Post;
  /** What the broker would not take. */
  readonly unsent: Unsent;
  readonly #tally: Tally;
  readonly #waiting: Waiting;
  /** Resolves when the core can store something again; undefined: it can, as far as is known. */
  #resting: Promise<void> | undefined;
  #isStopped = false;

  static async open(core: Core, setup: SermoSetup, tally: Tally): Promise<Running> {
    let hear = (_: Delivery): void => undefined;
    const session = await core.connect(
      relayIdentity(setup, 'relay'),
      { scope: 'all', echo: 'all', away: null, chats: 'mine' },
      (delivery) => hear(delivery),
    );
    const running = new Running(core, setup, tally, session, (listener) => (hear = listener));
    return running;
  }

  private constructor(
    core: Core,
    setup: SermoSetup,
    tally: Tally,
    session: Session,
    listen: (hear: (delivery: Delivery) => void) => void,
  ) {
    this.#setup = setup;
    this.#core = core;
    this.#session = session;
    this.#tally = tally;
    this.#waiting = new Waiting(core.clock);
    const carrier = (): Carrier => this.#carrier;
    const post = new Post(setup, (commandId) => core.traceOf?.(commandId));
    this.#post = post;
    this.unsent = new Unsent({
      notes: session,
      clock: core.clock,
      log: core.log,
      most: setup.limits.unsent,
      retryMs: setup.times.fatalRetryMs,
      counted: () => tally.count('unsent'),
      resend: (origin) => this.#resend(origin),
    });
    const ports = { core, setup, carrier, post, tally, unsent: this.unsent };
    this.#customers = new Customers(ports);
    this.#desks = new Desks(ports);
    this.#bot = new ExternalBot(core, setup);
    this.#opaque = new OpaqueEvents(core, setup, this.#desks.chatOf);
    const groupName = (id: string): string => core.lobby(session).groups.find((group) => group.id === id)?.name ?? id;
    const around = { space: setup.name, texts: setup.texts, groupName };
    this.#outlet = new Outlet({ ...ports, customers: this.#customers, desks: this.#desks, around });
    this.#queueNumbers = new QueueNumbers(ports);
    this.#suspects = new Suspects({
      notes: session,
      idle: () => this.#carrier.lanes.idle(),
      clock: core.clock,
      log: core.log,
    });
    this.#carrier = openCarrier({
      urls: setup.urls,
      tls: setup.tls ?? {},
      name: `dragoman ${setup.name}`,
      topology: topologyOf(setup),
      declare: setup.declare,
      consume: this.#consume(carrier),
      prefetch: setup.limits.prefetch,
      window: setup.limits.window,
      confirmMs: setup.times.confirmMs,
      reconnect: { firstMs: setup.times.reconnectFirstMs, mostMs: setup.times.reconnectMostMs },
      fatalRetryMs: setup.times.fatalRetryMs,
      clock: core.clock,
      log: core.log,
      wire: wireOf(core, setup.name),
    });
    this.#relays = new Relays({ core, setup, outlet: this.#outlet, desks: this.#desks, reader: session });
    listen(({ event }) => {
      if (event.type === 'RoutingConfigured') {
        this.#customers.routingConfigured(event.isAccepting, core.lobby(session).chats.values());
      }
      if (event.type === 'QueueMoved') this.#queueNumbers.hear(event);
      else if (event.type === 'PresenceChanged') this.#desks.heartbeats.presence(event.participantId, event.isOnline);
      else if ('chatId' in event && 'number' in event) {
        this.#desks.hear(event);
        this.#relays.hear(event);
      }
    });
  }

  /** Ends early when it is stopped meanwhile. */
  async begin(): Promise<void> {
    await this.#suspects.start();
    await this.unsent.start();
    await this.#desks.start();
    this.#desks.resume(this.#core.lobby(this.#session).chats.values());
    await this.#opaque.start();
    if (this.#setup.externalBot) await this.#bot.start();
    // Where all platforms had one place in common.
    await this.#relays.start(await this.#session.lastWritten());
    await this.#carrier.start();
    this.#watch();
  }

  status(): Fields {
    const { publisher, lanes, state } = this.#carrier;
    return {
      ...state,
      unconfirmed: publisher.unconfirmed,
      lanes: lanes.size,
      waiting: this.#relays.waiting,
      lagMs: this.#relays.lagMs,
      isBehind: this.#relays.isBehind,
      sessions: this.#customers.size,
    };
  }

  health(): AdapterHealth {
    const links = Object.entries(this.#carrier.state).filter(([, state]) => state !== 'ready');
    const problems = links.map(([link, state]) => `the broker cannot be used to ${link} (${state})`);
    for (const place of this.#carrier.publisher.refusedPlaces) {
      problems.push(`the broker does not let us publish to ${place}: give our user the permission to write there`);
    }
    if (this.unsent.isFull)
      problems.push(`${this.unsent.size} events that the broker refused are set aside: the next one waits`);
    const { waiting, lagMs } = this.#relays;
    if (this.#resting !== undefined)
      problems.push('nothing can be stored: what customers and desks say waits on the broker');
    if (this.#relays.isLate)
      problems.push(`the broker falls behind: ${waiting} events wait, for ${Math.round(lagMs / 1_000)} s`);
    return { problems, waiting, lagMs, counts: this.#tally.all, figures: this.#figures() };
  }

  #figures(): Readonly<Record<string, number>> {
    const { publisher, lanes, unackedBytes } = this.#carrier;
    return {
      unconfirmed: publisher.unconfirmed,
      unconfirmed_bytes: publisher.unconfirmedBytes,
      unacknowledged_bytes: unackedBytes,
      lanes: lanes.size,
      sessions: this.#customers.size,
      unsent: this.unsent.size,
    };
  }

  /** Asks the broker once more for what it refused. */
  async #resend(origin: Origin): Promise<void> {
    const { publisher } = this.#carrier;
    publisher.forgetRefusals();
    if ('passing' in origin) return publisher.send(this.#post.passing(origin.passing, { ...origin, isKept: true }));
    const { events } = await this.#core.events(this.#session, { afterNumber: origin.number - 1, limit: 1 });
    const event = events.find(({ number }) => number === origin.number);
    // Erased meanwhile: there is nothing to be said any more.
    if (event !== undefined) await this.#outlet.again(event, origin);
  }

  /** First nothing new, then what is under way, then good-bye. */
  async stop(): Promise<void> {
    const { stopMs } = this.#setup.times;
    const { clock } = this.#core;
    this.#isStopped = true;
    this.#waiting.stop();
    this.#queueNumbers.stop();
    this.unsent.stop();
    const suspected = this.#suspects.stop();
    await this.#carrier.quiet(stopMs);
    await within(clock, stopMs, suspected);
    if (this.#carrier.publisher.isUp) await within(clock, stopMs, this.#relays.drained());
    const stopped = this.#relays.stop();
    await this.#carrier.stop();
    await stopped;
    await Promise.all([this.#customers.stop(), this.#desks.stop(), this.#bot.stop(), this.#opaque.stop()]);
    await this.#relays.close();
    await this.#session.end();
  }

  /** What is given to us in vain too often the broker puts aside: while nothing can be stored, nothing is taken. [SERMOD bad input] */
  async #untilStored(): Promise<void> {
    const { clock, log } = this.#core;
    while (!this.#isStopped) {
      try {
        await this.#session.note('stored', clock.now());
        break;
      } catch (error) {
        log.warn({ problem: problemOf(error) }, 'nothing can be stored: nothing is taken from the broker');
        await this.#waiting.pause(probeMs);
      }
    }
    this.#resting = undefined;
  }

  #watch(): void {
    this.#core.clock.after(watchMs, () => {
      if (this.#isStopped) return;
      this.#relays.look();
      this.#watch();
    });
  }

  #consume(carrier: () => Carrier): readonly { queue: string; take: (taken: Taken) => void }[] {
    const { customer, desk, bot } = queuesOf(this.#setup);
    const common = this.#intakeCommon();
    const intake = <Event extends Address & { readonly type: string }>(
      options: Omit<IntakeOptions<Event>, keyof typeof common>,
    ) => ({ queue: options.queue, take: new Intake<Event>(carrier, { ...common, ...options }).take });
    const customers = new Set(this.#setup.customers);
    const { handle, parked } = this.#customers;
    const nothing = async (): Promise<void> => undefined;
    return [
      ...(customer === undefined
        ? []
        : [intake({ queue: customer, parse: parseInbound, platforms: customers, handle, parked })]),
      ...(desk === undefined
        ? []
        : [
            intake({
              queue: desk,
              parse: parseOutbound,
              platforms: new Set(this.#setup.desks),
              handle: this.#desks.handle,
              parked: this.#desks.parked,
            }),
          ]),
      ...(bot === undefined
        ? []
        : [
            intake({
              queue: bot,
              parse: parseOutbound,
              platforms: customers,
              handle: this.#bot.handle,
              parked: nothing,
            }),
          ]),
    ];
  }

  #intakeCommon() {
    const { setup, core } = { setup: this.#setup, core: this.#core };
    return {
      reading: { extensions: setup.extensions },
      ignoresUnknown: setup.unknownTypes === 'ignore',
      shortLived: new Set(['heartbeat', 'typing', 'typing_on', 'typing_off']),
      staleMs: setup.times.staleMs,
      keep: this.#opaque.keep,
      origin: setup.origin,
      space: setup.name,
      parkQueue: setup.names.parked,
      repeats: new Repeats(),
      suspects: this.#suspects,
      tally: this.#tally,
      clock: core.clock,
      log: core.log,
      nextId: () => `parked:${core.ids.command()}`,
      giveBack: () => this.#carrier.rest((this.#resting ??= this.#untilStored())),
    };
  }
}
