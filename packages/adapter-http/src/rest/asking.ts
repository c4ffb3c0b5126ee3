import type { ChatEvent, ChatSummary, Command, Outcome, Session } from '@dragoman/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Acting } from '../actors.js';
import type { Bridge } from '../bridge.js';
import { Refusal, refusalOf } from '../problems.js';
import type { Scope } from '../scopes.js';
import { commandIdOf } from '../wire/command-id.js';
import { keyOf } from './operation.js';

const scopeOf: Readonly<Record<Acting['side'], Scope>> = {
  customer: 'customers',
  operator: 'operators',
  bot: 'bots',
};

/** What a command did. */
export interface Done {
  readonly events: readonly ChatEvent[];
  /** The chat after it, where the command was about one. */
  readonly chat: ChatSummary | undefined;
}

/** Asks the core for something in the name of a participant, and puts down who asked with which key. */
export class Asking {
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** A session of the participant. Throws OUT_OF_SCOPE where the key may not act for such. */
  async as(request: FastifyRequest, acting: Acting): Promise<Session> {
    const scope = scopeOf[acting.side];
    if (!keyOf(request).scopes.includes(scope)) throw new Refusal('OUT_OF_SCOPE', { detail: `It needs ${scope}.` });
    return this.#bridge.actors.as(acting);
  }

  /** A session that may decide about every operator: it stands for the key itself. */
  asSupervisor(request: FastifyRequest): Promise<Session> {
    const { id } = keyOf(request);
    return this.#bridge.actors.as({ side: 'operator', id: `key:${id}`, name: id, isSupervisor: true });
  }

  /** Throws what the core refuses. An answer that was given before is marked as such. */
  async ask(asked: Asked): Promise<Done> {
    const { request, reply, session, command } = asked;
    const outcome = await this.#bridge.core.dispatch(session, { ...command, ...this.#named(request) });
    this.#putDown(asked, outcome);
    if (!outcome.ok) throw refusalOf(outcome.rejection);
    if (outcome.isRepeat) reply.header('idempotency-replayed', 'true');
    return { events: outcome.events, chat: outcome.events.at(-1)?.chat ?? outcome.chat };
  }

  /** Whoever does not name his request does not mean to send it again, so its name is not kept. */
  #named(request: FastifyRequest): Pick<Command, 'commandId' | 'keepMs' | 'traceparent'> {
    const { core, options } = this.#bridge;
    const { 'idempotency-key': given, traceparent: trace } = request.headers;
    const traceparent = typeof trace === 'string' ? trace : undefined;
    const keyId = keyOf(request).id;
    if (typeof given === 'string') return { commandId: commandIdOf(options.name, keyId, given), traceparent };
    return { commandId: commandIdOf(options.name, keyId, core.ids.command()), keepMs: 0, traceparent };
  }

  #putDown({ request, session, command }: Asked, outcome: Outcome): void {
    this.#bridge.core.log.info(
      {
        keyId: keyOf(request).id,
        requestId: request.id,
        command: command.type,
        participantId: session.participant.id,
        ...chatIn(command),
        outcome: outcome.ok ? 'accepted' : outcome.rejection.code,
      },
      'a backend asked',
    );
  }
}

/** The chat a command names by its id. */
function chatIn(command: Command): { readonly chatId?: string } {
  const to = command.type === 'HandOver' ? command.chat : 'to' in command ? command.to : undefined;
  return to !== undefined && 'chatId' in to ? { chatId: to.chatId } : {};
}

interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly session: Session;
  readonly command: Command;
}
