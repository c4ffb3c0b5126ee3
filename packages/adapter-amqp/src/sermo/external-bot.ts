import type { Core, Session } from '@dragoman/core';
import { bodyOf } from './bodies.js';
import type { OutboundEvent } from './frames.js';
import type { Circumstances, Verdict } from './intake.js';
import { verdictOf } from './intake.js';
import type { SermoSetup } from './options.js';
import { speakerOf } from './translate.js';

/** The name of the bot in its space, for the configuration of the workspace. */
export const externalBotId = 'bot';

/** A bot of another application, whose words we read where it publishes them. [SERMO Standardflöde] */
export class ExternalBot {
  readonly #core: Core;
  readonly #setup: SermoSetup;
  readonly #isBot: (agentId: string) => boolean;
  #session: Session | undefined;

  constructor(core: Core, setup: SermoSetup) {
    this.#core = core;
    this.#setup = setup;
    const botIds = new Set(setup.botIds);
    this.#isBot = (agentId) => botIds.has(agentId);
  }

  async start(): Promise<void> {
    const { workspaceId, name } = this.#setup;
    const who = { workspaceId, space: name, realm: '', externalId: externalBotId, idType: 'string' } as const;
    this.#session = await this.#core.connect(
      { ...who, side: 'bot', role: 'bot', name: 'Bot' },
      { scope: 'own', echo: 'foreign', away: null, chats: [] },
      () => undefined,
    );
  }

  async stop(): Promise<void> {
    await this.#session?.end();
  }

  readonly handle = async (event: OutboundEvent, about: Circumstances): Promise<Verdict> => {
    const session = this.#session;
    if (session === undefined) return { retryMs: 0 };
    const named = { ...about.named, ...about.trace };
    const chat = await this.#core.find(session, { key: about.session });
    if (chat === undefined) return { park: { reason: 'unknown_session', detail: event.type, address: event } };
    const to = { chatId: chat.id };
    if (event.type === 'handover_to_agent') {
      const outcome = await this.#core.dispatch(session, { type: 'HandOver', chat: to, to: 'queue', ...named });
      return verdictOf(outcome, asGoodAsDone);
    }
    // What other people of other desks do is for their own front ends.
    if (event.type !== 'text' || speakerOf(event, this.#isBot).role !== 'bot') return 'done';
    const { body } = await bodyOf(event, this.#core.attachments, session);
    if (body === undefined) return 'done';
    const outcome = await this.#core.dispatch(session, { type: 'PostMessage', to, body, ifClosed: 'append', ...named });
    return verdictOf(outcome, asGoodAsDone);
  };
}

/** The bot has not the word any more: its late words are not shown. */
const asGoodAsDone = ['NOT_ALLOWED', 'CHAT_CLOSED', 'BAD_TRANSITION'] as const;
