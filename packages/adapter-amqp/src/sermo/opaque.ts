import { isNestedBeyond, maxNesting, messageLimits, type ChatSummary, type Core, type Session } from '@dragoman/core';
import type { Address, Opaque } from './frames.js';
import { verdictOf, type Circumstances, type Verdict } from './intake.js';
import { sessionKey } from './keys.js';
import type { SermoSetup } from './options.js';

/** The name of who keeps them, in the adapter's space. */
const keeperId = 'later';

/** The chat that a desk speaks of, if it has it. */
type DeskChat = (address: Address) => Promise<ChatSummary | undefined>;

/** Events of later revisions: without meaning here, they are kept in the chat they are about, for whoever reads them. */
export class OpaqueEvents {
  readonly #core: Core;
  readonly #setup: SermoSetup;
  readonly #deskChat: DeskChat;
  #session: Session | undefined;

  constructor(core: Core, setup: SermoSetup, deskChat: DeskChat) {
    this.#core = core;
    this.#setup = setup;
    this.#deskChat = deskChat;
  }

  async start(): Promise<void> {
    const { workspaceId, name } = this.#setup;
    const who = { workspaceId, space: name, realm: '', externalId: keeperId, idType: 'string' } as const;
    // A bot that has no chat: what it puts down moves nothing.
    this.#session = await this.#core.connect(
      { ...who, side: 'bot', role: 'bot', name: '' },
      { scope: 'own', echo: 'foreign', away: null, chats: [] },
      () => undefined,
    );
  }

  async stop(): Promise<void> {
    await this.#session?.end();
  }

  /** Undefined: there is no chat under way, or it is too large to be kept. */
  readonly keep = async (event: Opaque, about: Circumstances): Promise<Verdict | undefined> => {
    const session = this.#session;
    if (session === undefined) return { retryMs: 0 };
    const chat = isKeepable(event) ? await this.#chatOf(session, event) : undefined;
    if (chat === undefined || chat.status === 'closed') return undefined;
    const named = { ...about.named, ...about.trace };
    const body = { kind: 'custom', name: `${this.#setup.name}.${event.name}`, data: event.data } as const;
    const to = { chatId: chat.id };
    const outcome = await this.#core.dispatch(session, {
      ...{ type: 'PostMessage', to, body, ifClosed: 'refuse', visibility: 'desk' },
      ...named,
    });
    return verdictOf(outcome, ['CHAT_CLOSED', 'TOO_LARGE']);
  };

  async #chatOf(session: Session, address: Address): Promise<ChatSummary | undefined> {
    const isCustomers = this.#setup.customers.includes(address.platformId);
    return isCustomers ? this.#core.find(session, { key: sessionKey(address) }) : this.#deskChat(address);
  }
}

function isKeepable({ data }: Opaque): boolean {
  return !isNestedBeyond(maxNesting, data) && JSON.stringify(data).length <= messageLimits.extrasBytes;
}
