import type { ChatEvent, Command, Core, Session } from '@dragoman/core';
import type { Actors } from '../actors.js';
import { visibleTo } from '../feed/visible.js';
import type { HttpOptions } from '../options.js';
import { Refusal } from '../problems.js';
import { bodyOf } from '../rest/sayings.js';
import { after, momentOf, well, widthOf, type Condition } from '../webhooks/condition.js';
import { guardOf } from '../webhooks/endpoint.js';
import { beginningOf } from '../webhooks/beginning.js';
import { Outbox, type Handled } from '../webhooks/outbox.js';
import { defaultPatience, type Patience } from '../webhooks/patience.js';
import { Poster, type Posted } from '../webhooks/poster.js';
import { isTaken, reasonOf } from '../webhooks/reasons.js';
import { letterOf } from '../webhooks/letter.js';
import { commandIdOf } from '../wire/command-id.js';
import { parseAnswer, type BotAction } from './answer.js';
import { defaultBotLimits, type BotEndpoint, type BotLimits } from './options.js';
import { isForBot, toCommands, type Act } from './translate.js';

/** Where a bot lives. */
export interface BotSurroundings {
  readonly core: Core;
  readonly options: HttpOptions;
  readonly actors: Actors;
  /** Of scope `all`, for this bot alone. */
  readonly session: Session;
}

/** Between attempts to have a command taken by a store that is busy, ms. */
const busyMs = 500;

/** What became of a command: done, no longer allowed, or wrong in itself. */
type Carried = 'done' | 'late' | 'wrong';

/**
 * Asks a bot about what happens in chats that have given it the word, one event of a chat at a time, and does what it
 * answers. Whatever it does not answer well and in time is handed over to a person.
 */
export class Bot {
  readonly id: string;
  readonly #bot: BotEndpoint;
  readonly #around: BotSurroundings;
  readonly #limits: BotLimits;
  readonly #patience: Patience;
  readonly #poster: Poster;
  readonly #outbox: () => Outbox;
  #condition: Condition = well;
  #isStopped = false;

  static async open(bot: BotEndpoint, around: BotSurroundings): Promise<Bot> {
    const { core, session } = around;
    const name = `bot/${bot.id}`;
    const limits = { ...defaultBotLimits, ...bot.limits };
    let outbox: Outbox;
    const opened = new Bot(bot, around, () => outbox);
    outbox = await Outbox.open({
      core,
      session,
      name,
      held: limits.held,
      afterNumber: await beginningOf(name, 'now', around),
      width: () => limits.parallel,
      wants: isForBot,
      handle: (event) => opened.#handle(event),
    });
    return opened;
  }

  private constructor(bot: BotEndpoint, around: BotSurroundings, outbox: () => Outbox) {
    this.id = bot.id;
    this.#bot = bot;
    this.#around = around;
    this.#limits = { ...defaultBotLimits, ...bot.limits };
    this.#patience = { ...defaultPatience, ...this.#limits };
    this.#outbox = outbox;
    const { parallel, timeoutMs, answerBytes: replyBytes } = this.#limits;
    const pool = { url: new URL(bot.url), guard: guardOf(bot), clock: around.core.clock };
    this.#poster = new Poster({ ...pool, parallel, timeoutMs, replyBytes });
  }

  readonly grown = (): void => this.#outbox().grown();

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#poster.stop();
    await this.#outbox().stop();
  }

  async #handle(event: ChatEvent): Promise<Handled> {
    try {
      return await this.#answered(event);
    } catch (error) {
      this.#around.core.log.warn({ error, bot: this.id, chatId: event.chatId }, 'a bot cannot be asked now');
      return { againMs: busyMs };
    }
  }

  async #answered(event: ChatEvent): Promise<Handled> {
    const { core, session } = this.#around;
    const chat = await core.find(session, { chatId: event.chatId });
    if (chat?.status !== 'with-bot') return 'done';
    const { participant } = await this.#speaker();
    if (event.type === 'ChatHandedOver' && (event.botId ?? participant.id) !== participant.id) return 'done';
    const posted = await this.#ask(event);
    if (this.#isStopped) return { againMs: 0 };
    const actions = actionsIn(posted);
    if (typeof actions === 'string') return this.#handOver(event, actions);
    for (const [index, action] of actions.entries()) {
      const carried = await this.#carryOut(action, { event, index });
      if (carried === 'late') return 'done';
      if (carried === 'wrong') return this.#handOver(event, 'BAD_ANSWER');
    }
    return 'done';
  }

  /** A bot that has failed again and again is left alone for a while: its chats need not wait for it in vain. */
  async #ask(event: ChatEvent): Promise<Posted> {
    const { core, options } = this.#around;
    if (widthOf(this.#condition, 1, core.clock.monotonic()) === 0) return { ok: false, problem: 'PAUSED' };
    const seen = visibleTo('bot', event) ?? event;
    const { headers, body } = letterOf(seen, { core, space: options.name, secrets: this.#bot.secrets });
    const posted = await this.#poster.post(headers, body);
    const attempt = isTaken(posted) ? ({ type: 'taken' } as const) : failure(posted);
    this.#condition = after(this.#condition, attempt, momentOf(core.clock), this.#patience);
    return posted;
  }

  async #carryOut(action: BotAction, { event, index }: { event: ChatEvent; index: number }): Promise<Carried> {
    const act = await this.#actOf(action);
    if (act === undefined) return 'wrong';
    const commands = toCommands(act, event.chatId);
    for (const [part, command] of commands.entries()) {
      const carried = await this.#dispatch(command, `${event.eventId}/${index}.${part}`);
      if (carried !== 'done') return carried;
    }
    return 'done';
  }

  /** Undefined for a picture that is not there. */
  async #actOf(action: BotAction): Promise<Act | undefined> {
    if (action.type !== 'PostMessage') return action;
    const { core, options } = this.#around;
    try {
      return { ...action, body: await bodyOf({ core, options }, action.body) };
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  async #handOver(event: ChatEvent, reason: string): Promise<Handled> {
    const { chatId, eventId } = event;
    this.#around.core.log.warn({ bot: this.id, chatId, reason }, 'a bot did not answer: a person is asked');
    await this.#dispatch({ type: 'HandOver', chat: { chatId }, to: 'queue', reason }, `${eventId}/failed`);
    return 'done';
  }

  /** Asked for anew each time: who was silent for long may have lost his session to others. */
  #speaker(): Promise<Session> {
    return this.#around.actors.as({ side: 'bot', id: this.id, name: this.#bot.name ?? this.id });
  }

  /**
   * The command's id follows from the event, so that an event that comes again after a crash is not answered twice: the
   * same words are a repeat, others a conflict.
   */
  async #dispatch(command: Command, id: string): Promise<Carried> {
    const { core, options } = this.#around;
    const commandId = commandIdOf(options.name, `bot:${this.id}`, id);
    while (!this.#isStopped) {
      const outcome = await core.dispatch(await this.#speaker(), { ...command, commandId });
      if (outcome.ok) return 'done';
      const { code, canRetry, afterMs = busyMs } = outcome.rejection;
      if (!canRetry) return tooLate.has(code) ? 'late' : 'wrong';
      await new Promise<void>((resolve) => void core.clock.after(afterMs, resolve));
    }
    return 'late';
  }
}

/** The chat has gone on, or the event was answered before. */
const tooLate = new Set([
  'NOT_ALLOWED',
  'CHAT_CLOSED',
  'BAD_TRANSITION',
  'NOT_ASSIGNEE',
  'UNKNOWN_CHAT',
  'ID_CONFLICT',
]);

function failure(posted: Posted) {
  return { type: 'failed', afterMs: posted.ok ? posted.afterMs : null, chance: Math.random() } as const;
}

/** What the bot wants done, or why nobody knows. */
function actionsIn(posted: Posted): readonly BotAction[] | string {
  if (!posted.ok || !isTaken(posted)) return reasonOf(posted);
  return parseAnswer(posted.body) ?? 'BAD_ANSWER';
}
