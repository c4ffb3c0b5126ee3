import type { ChatEvent, Core, Session } from '@dragoman/core';
import { Relay } from '../relay.js';
import { laneOf, type Outlet } from './outlet.js';
import type { SermoSetup } from './options.js';

export interface RelaysPorts {
  readonly core: Core;
  readonly setup: SermoSetup;
  readonly outlet: Outlet;
}

interface Own {
  readonly relay: Relay;
  /** Keeps its place in the log. */
  readonly session: Session;
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

  /** Events accepted and not published. */
  get waiting(): number {
    return this.#all.reduce((sum, { relay }) => sum + relay.waiting, 0);
  }

  /** How long the oldest of them has waited, ms. */
  get lagMs(): number {
    return Math.max(0, ...this.#all.map(({ relay }) => relay.lagMs));
  }

  get isBehind(): boolean {
    return this.#all.some(({ relay }) => relay.isBehind);
  }

  lagOf(platformId: string): number {
    return this.#byPlatform.get(platformId)?.relay.lagMs ?? 0;
  }

  hear(event: ChatEvent): void {
    for (const { relay } of this.#all) relay.hear(event);
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
    await Promise.all(this.#all.map(({ session }) => session.end()));
  }

  async #open(platformId: string): Promise<Own> {
    const { core, setup, outlet } = this.#ports;
    const session = await core.connect(
      relayIdentity(setup, `relay:${platformId}`),
      { scope: 'all', echo: 'all', away: null, chats: [] },
      () => {},
    );
    const lettersOf = outlet.lettersFor(platformId);
    const held = setup.limits.heldEvents;
    return { session, relay: new Relay({ core, session, lettersOf, laneOf, held, log: core.log }) };
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
