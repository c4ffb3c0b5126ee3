import type {
  ChatEvent,
  Core,
  Deliver,
  DisconnectReason,
  Happening,
  Session,
  Signal,
  WorkspaceEvent,
} from '@dragoman/core';
import type { HttpOptions } from './options.js';

/** Somebody who waits for what is not in the log yet; called often, and may neither wait nor throw. */
export interface Follower {
  /** The log has grown. */
  grown(): void;
  /** Something that is never in the log. */
  signalled(signal: Signal | WorkspaceEvent): void;
  /** The core is done with this adapter. */
  ended?(reason: DisconnectReason): void;
}

/** Reads a workspace for every backend: its state, its log, and that there is more of it. */
export interface Reader {
  readonly core: Core;
  /** Of scope `all`; it belongs to nobody and can say nothing. */
  readonly session: Session;
  /** Tells of what happens from now on, until the answer is called. */
  follow(follower: Follower): () => void;
  /** Passes signals on that other sessions of this adapter hear: whoever is typing is told to the people of a chat alone. */
  readonly overhear: Deliver;
  stop(): Promise<void>;
}

const isOfChat = (event: Happening): event is ChatEvent => 'number' in event && 'chatId' in event;

export async function openReader(core: Core, { workspaceId, name: space }: HttpOptions): Promise<Reader> {
  const followers = new Set<Follower>();
  const told = new WeakSet<Happening>();

  const deliver: Deliver = ({ event, isReplay }) => {
    if (isReplay || told.has(event)) return;
    told.add(event);
    for (const follower of followers) {
      if (isOfChat(event)) follower.grown();
      else follower.signalled(event);
    }
  };

  const who = { side: 'operator', role: 'monitor', realm: '', idType: 'string', name: '' } as const;
  const session = await core.connect(
    { ...who, workspaceId, space, externalId: 'reader' },
    {
      scope: 'all',
      echo: 'all',
      away: null,
      chats: 'mine',
      onEnd: (reason) => {
        for (const follower of [...followers]) follower.ended?.(reason);
      },
    },
    deliver,
  );
  return {
    core,
    session,
    follow(follower) {
      followers.add(follower);
      return () => void followers.delete(follower);
    },
    overhear: (delivery, by) => {
      if (!isOfChat(delivery.event)) deliver(delivery, by);
    },
    async stop() {
      followers.clear();
      await session.end();
    },
  };
}
