import type { ChatEvent, ChatSummary, Core, Session } from '@dragoman/core';
import { Relay } from '../relay.js';
import { Delays } from './delays.js';
import type { Desks } from './desks.js';
import { addressIn } from './keys.js';
import { laneOf, type EventLetter, type Outlet } from './outlet.js';
import type { SermoSetup } from './options.js';

export interface RelaysPorts {
  readonly core: Core;
  readonly setup: SermoSetup;
  readonly outlet: Outlet;
  readonly desks: Desks;
  /** Hears everything: what it hears is passed on by whoever opened it. */
  readonly reader: Session;
}

interface Own {
  readonly relay: Relay<EventLetter>;
  readonly delays: Delays;
  readonly keeper: Session;
}

/** One relay for each platform, with a place of its own: where nobody takes what we publish, it waits for itself alone. */
export class Relays {
  readonly #ports: RelaysPorts;
  readonly #byPlatform = new Map<string, Own>();

  constructor(ports: RelaysPorts) {
    this.#ports = ports;
  }

  /** `begin`: the place of a platform that has none of its own yet. */
  async start(begin: number): Promise<void> {
    const { setup } = this.#ports;
    for (const platformId of [...setup.customers, ...setup.desks]) {
      const own = await this.#open(platformId);
      this.#byPlatform.set(platformId, own);
      await own.relay.start(begin);
    }
  }

  /** Events not published, where they are the most: several may wait for the same of the log. */
  get waiting(): number {
    return Math.max(0, ...this.#all.map(({ relay }) => relay.waiting));
  }

  /** How long the oldest of them has waited, ms. */
  get lagMs(): number {
    return Math.max(0, ...this.#all.map(({ relay }) => relay.lagMs));
  }

  get isBehind(): boolean {
    return this.#all.some(({ relay }) => relay.isBehind);
  }

  get isLate(): boolean {
    return this.#all.some(({ relay }) => this.#isLate(relay));
  }

  /** Who has to know of a delay is told, and a desk behind one gets no new chats. To be called now and then. */
  look(): void {
    for (const [platformId, { relay, delays }] of this.#byPlatform) {
      const isLate = this.#isLate(relay);
      delays.look(isLate);
      void this.#ports.desks.setAvailable(platformId, !isLate).catch(() => undefined);
    }
  }

  hear(event: ChatEvent): void {
    for (const { relay, delays } of this.#byPlatform.values()) {
      relay.hear(event);
      delays.hear(event);
    }
  }

  /** Resolves when everything accepted is published. */
  async drained(): Promise<void> {
    await Promise.all(this.#all.map(({ relay }) => relay.drained()));
  }

  /** Nothing more is accepted. What is not published is found again at the next start. */
  async stop(): Promise<void> {
    await Promise.all(this.#all.map(({ relay }) => relay.stop()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(({ keeper }) => keeper.end()));
  }

  async #open(platformId: string): Promise<Own> {
    const { core, setup, outlet, reader } = this.#ports;
    const keeper = await core.connect(
      relayIdentity(setup, `relay:${platformId}`),
      { scope: 'own', echo: 'all', away: null, chats: [] },
      () => {},
    );
    const lettersOf = outlet.lettersFor(platformId);
    const held = setup.limits.heldEvents;
    const relay = new Relay({ core, reader, keeper, lettersOf, send: outlet.send, laneOf, held, log: core.log });
    return { keeper, relay, delays: this.#delaysOf(platformId, relay) };
  }

  #delaysOf(platformId: string, relay: Own['relay']): Delays {
    const { core, setup, desks } = this.#ports;
    const isElsewhere = ({ addresses }: ChatSummary): boolean => addressIn(addresses[setup.name]) === undefined;
    return new Delays({
      underWay: () => relay.chats,
      isBehind: () => relay.isBehind,
      chat: (id) => core.lobby(this.#ports.reader).chats.get(id),
      concerns: (chat) => desks.platformOf(chat) === platformId && isElsewhere(chat),
      tell: (chat) => desks.tellDelay(chat, relay.place),
      log: core.log,
    });
  }

  #isLate({ lagMs, waiting }: Own['relay']): boolean {
    const { limits, times } = this.#ports.setup;
    return lagMs > times.degradedMs || waiting > limits.degradedEvents;
  }

  get #all(): readonly Own[] {
    return [...this.#byPlatform.values()];
  }
}

/** Who reads the log of the workspace for the broker; nobody's chat is his. */
export function relayIdentity({ workspaceId, name }: SermoSetup, externalId: string) {
  const who = { side: 'operator', role: 'monitor', realm: '', idType: 'string', name: '' } as const;
  return { ...who, workspaceId, space: name, externalId };
}
