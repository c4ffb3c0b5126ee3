import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clustaarAdapter, type ClustaarSettings } from '@dragoman/adapter-phoenix';
import { listenOn } from '@dragoman/adapter-phoenix/channels';
import { createCore, createMemoryStore } from '@dragoman/core';
import { watchCore, type WatchedCore } from '@dragoman/core/testing';
import type { Adapter, Command, CoreOptions, Identity, Session, Store, TokenVerifier } from '@dragoman/core';

/** Knows `token-<id>` of each interlocutor, `desk-<id>` of each operator; `desk-boss` is a supervisor's. */
export const verify: TokenVerifier = async (token) => {
  const [, operator] = /^desk-(.+)$/.exec(token) ?? [];
  if (operator !== undefined) {
    const name = operator.replace(/^./, (letter) => letter.toUpperCase());
    return { ok: true, identity: { externalId: operator, role: 'operator', name, isSupervisor: operator === 'boss' } };
  }
  const [, externalId] = /^token-(.+)$/.exec(token) ?? [];
  if (token === 'token-late') return { ok: false, code: 'unavailable' };
  return externalId === undefined
    ? { ok: false, code: 'invalid' }
    : { ok: true, identity: { externalId, role: 'customer', name: externalId } };
};

export interface House {
  readonly port: number;
  readonly core: WatchedCore;
  readonly adapter: Adapter;
  readonly store: Store;
  /** An operator of another dialect, whose chat is the one he heard of last. */
  operator(id: string): Promise<Helper>;
  /** The bot that greets. */
  bot(): Promise<Helper>;
  close(): Promise<void>;
}

export interface Helper {
  readonly session: Session;
  chatId(): string;
  say(text: string): Promise<void>;
  do(command: Command): Promise<void>;
}

export const botOfCore = { space: 'bots', externalId: 'robo' } as const;

export async function openHouse(
  more: { readonly settings?: Partial<ClustaarSettings>; readonly core?: CoreOptions; readonly port?: number } = {},
): Promise<House> {
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(more.port ?? 0, '127.0.0.1', resolve));
  const store = more.core?.store ?? createMemoryStore();
  const real = await createCore({ ...more.core, store });
  const core = watchCore(real);
  const bots = { b1: { publicKey: 'k9' } };
  const adapter = clustaarAdapter({ listener: listenOn(http), verify, bots, ...more.settings });
  await adapter.start(core);

  async function helper(identity: Pick<Identity, 'side' | 'role' | 'externalId' | 'space'>): Promise<Helper> {
    let chatId = '';
    const session = await real.connect(
      { ...identity, workspaceId: 'default', realm: '', idType: 'string', name: identity.externalId },
      identity.role === 'bot'
        ? { scope: 'own', echo: 'others', away: null, chats: 'mine' }
        : { scope: 'lobby', echo: 'others', away: null, chats: 'mine', mode: 'auto' },
      ({ event }) => {
        if ('chatId' in event) chatId = event.chatId;
      },
    );
    return {
      session,
      chatId: () => chatId,
      async do(command) {
        await real.dispatch(session, command);
      },
      async say(text) {
        const body = { kind: 'text', text } as const;
        await real.dispatch(session, { type: 'PostMessage', to: { chatId }, body, ifClosed: 'refuse' });
      },
    };
  }

  return {
    port: (http.address() as AddressInfo).port,
    core,
    adapter,
    store,
    operator: (id) => helper({ side: 'operator', role: 'operator', externalId: id, space: 'desk' }),
    bot: () => helper({ side: 'bot', role: 'bot', ...botOfCore }),
    async close() {
      await adapter.stop();
      http.closeAllConnections();
      await new Promise<void>((resolve) => void http.close(() => resolve()));
      await real.stop();
    },
  };
}
