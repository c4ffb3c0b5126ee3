import type { Core, Deliver, Identity, Session, Side } from '@dragoman/core';
import type { HttpOptions } from './options.js';

/** A participant of the adapter's own space, in whose name something is asked. */
export interface Acting {
  readonly side: Side;
  readonly id: string;
  /** Absent: as it was told last. */
  readonly name?: string;
  readonly locale?: string;
  readonly groups?: readonly string[];
  readonly isSupervisor?: boolean;
}

/** How the core knows a participant of this space. */
export function identityOf({ workspaceId, name: space }: HttpOptions, acting: Acting): Identity {
  const { side, id, name = '', locale, groups, isSupervisor = false } = acting;
  return {
    workspaceId,
    space,
    side,
    role: side,
    realm: '',
    externalId: id,
    idType: 'string',
    name,
    isSupervisor,
    ...(locale !== undefined && { locale }),
    ...(groups !== undefined && { groups }),
  };
}

/**
 * The sessions in which backends act for participants: each says nothing about presence, and is kept
 * for the next request in the same name.
 */
export class Actors {
  readonly #core: Core;
  readonly #options: HttpOptions;
  readonly #hear: Deliver;
  /** By who acts, idle longest first. */
  readonly #sessions = new Map<string, Promise<Session>>();

  /** `hear` is told what they hear: who types in their chats is told to these alone. */
  constructor(core: Core, options: HttpOptions, hear: Deliver) {
    this.#core = core;
    this.#options = options;
    this.#hear = hear;
  }

  async as(acting: Acting): Promise<Session> {
    const { side, id, name, locale, groups, isSupervisor } = acting;
    const key = JSON.stringify([side, id, name, locale, groups, isSupervisor]);
    const session = this.#sessions.get(key) ?? this.#connect(acting, () => this.#sessions.delete(key));
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    session.catch(() => this.#sessions.delete(key));
    this.#letGo();
    return session;
  }

  async stop(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.allSettled(sessions.map(async (session) => (await session).end()));
  }

  #connect(acting: Acting, onEnd: () => void): Promise<Session> {
    const how = { scope: 'own', echo: 'others', away: null, chats: 'mine', onEnd } as const;
    return this.#core.connect(identityOf(this.#options, acting), how, this.#hear);
  }

  #letGo(): void {
    const [idle] = this.#sessions;
    if (idle === undefined || this.#sessions.size <= this.#options.limits.actors) return;
    this.#sessions.delete(idle[0]);
    idle[1].then((session) => session.end()).catch(() => {});
  }
}
