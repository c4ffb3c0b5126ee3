import { reject } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import type { Acknowledge, Command, FilteredMessage, PostMessage, ReportQueue, SetTyping } from '../command.js';
import type { Variants } from '../message.js';
import type { ChatId, CommandId, ParticipantId } from '../participant.js';
import { prospect } from '../chat/chat.js';
import { isNestedBeyond, maxNesting } from '../nesting.js';
import type { ChatHead } from './heads.js';
import { streams } from '../store.js';
import { traceIn } from '../trace.js';
import { chatWork, isKnownTo, openWork, postWork } from './chat-tasks.js';
import { variantsOf } from './filters.js';
import type { Task, Work } from './task.js';
import { queueMoved } from './queue-moved.js';
import { Recent } from './recent.js';
import type { Seated } from './sessions.js';
import { Turns } from './turns.js';
import { availabilityWork, notifyWork, participantWork, routingConfigWork } from './workspace-tasks.js';
import type { Workspace } from './workspace.js';

/** How long a command id is remembered unless the command says otherwise, ms. */
const rememberMs = 24 * 3_600_000;

/** Longest draft that is passed on; the rest is cut. */
const previewUnits = 4_000;

/** Most that may hang on a typing signal, UTF-16 units of its JSON. */
const typingExtrasUnits = 1_000;

/** A command that is asked and not answered yet. */
interface Asked extends Pick<Task, 'context' | 'remember'> {
  readonly outcome: Promise<Outcome>;
}

/** Takes commands of sessions to the ledger: what needs nothing first goes straight on, the rest waits its turn. */
export class Dispatcher {
  readonly #workspace: Workspace;
  readonly #turns = new Turns();
  /** What is asked and not answered yet, by command id. */
  readonly #underWay = new Map<CommandId, Asked>();
  /** Digests of what was accepted, by command id: a repeat is answered out of the store, and not decided again. */
  readonly #accepted: Recent<CommandId, string>;
  readonly #spokeLast: (session: Seated, chatId: ChatId) => void;

  /** `spokeLast` is told when a command is decided whose session has ended meanwhile. */
  constructor(workspace: Workspace, spokeLast: (session: Seated, chatId: ChatId) => void) {
    this.#workspace = workspace;
    this.#spokeLast = spokeLast;
    this.#accepted = new Recent(workspace.ports.limits.cached);
  }

  /**
   * Resolves when everything is answered that this participant has asked so far, by whichever session: who comes back on
   * another connection finds his last words in what he reads first.
   */
  async answered(id: ParticipantId): Promise<void> {
    const own = [...this.#underWay.values()].filter(({ context }) => context.by.participantId === id);
    await Promise.all(own.map(({ outcome }) => outcome));
  }

  dispatch(session: Seated, command: Command): Promise<Outcome> {
    const taken = this.#workspace.sessions.bucketOf(session).take();
    if (!taken.ok) return refused('TOO_FAST', { afterMs: taken.afterMs });
    if (isNestedBeyond(maxNesting, command)) return refused('TOO_LARGE', { what: 'data' });
    if (command.type === 'SetTyping') return this.#typing(session, command);
    if (command.type === 'ReportQueue') return this.#queueReport(session, command);
    return command.commandId === undefined
      ? this.#ask(session, command)
      : this.#once(session, command, command.commandId);
  }

  /** The same id twice has one effect and one answer; with other words it is a conflict. */
  #once(session: Seated, command: Command, commandId: CommandId): Promise<Outcome> {
    const digest = this.#digestOf(session, command);
    const asked = this.#underWay.get(commandId);
    const known = asked?.remember?.digest ?? this.#accepted.get(commandId);
    if (known === undefined) return this.#ask(session, command, { digest, keepMs: command.keepMs ?? rememberMs });
    if (known !== digest) return refused('ID_CONFLICT');
    return asked === undefined ? this.#again(session, command, { commandId, digest }) : asked.outcome.then(asRepeat);
  }

  /** The first answer out of the store; what is not remembered any more is a new command. */
  async #again(
    session: Seated,
    command: Command,
    { commandId, digest }: { readonly commandId: CommandId; readonly digest: string },
  ): Promise<Outcome> {
    try {
      const first = await this.#workspace.firstAnswer(commandId, digest);
      if (first !== undefined) return first;
    } catch (error) {
      return this.#unreadable(error, commandId);
    }
    this.#accepted.delete(commandId);
    return this.#once(session, command, commandId);
  }

  #digestOf(session: Seated, command: Command): string {
    const { commandId: _, keepMs: __, traceparent: ___, tracestate: ____, ...asked } = command;
    return this.#workspace.ports.ids.digest(JSON.stringify([session.participant.id, asked]));
  }

  /** Passes it to the ledger, at once or in its turn. */
  #ask(session: Seated, command: Command, remember?: Task['remember']): Promise<Outcome> {
    const context = this.#contextOf(session, command);
    const outcome = new Promise<Outcome>((resolve) => {
      const asked = { context, remember, settle: (answer: Outcome) => resolve(this.#answer(session, asked, answer)) };
      const key = this.#waitsFor(session, command);
      if (key === undefined) this.#submit(session, command, asked);
      else void this.#turns.take(key, () => this.#completed(session, command, asked));
    });
    this.#underWay.set(context.commandId, { context, remember, outcome });
    return outcome;
  }

  #submit(session: Seated, command: Complete, { context, remember, settle }: Omit<Task, 'work'>): void {
    this.#workspace.ledger.submit({ work: this.#workOf(session, command), context, remember, settle });
  }

  #contextOf(session: Seated, command: Command): Task['context'] {
    const { ports, id } = this.#workspace;
    const commandId = command.commandId ?? ports.ids.command();
    const trace = traceIn(command);
    if (trace !== undefined) ports.traces.set(commandId, trace);
    return { workspaceId: id, commandId, by: { participantId: session.participant.id, sessionId: session.id } };
  }

  /** What is answered now that it is decided. */
  #answer(
    session: Seated,
    { context, remember }: Pick<Task, 'context' | 'remember'>,
    outcome: Outcome,
  ): Outcome | Promise<Outcome> {
    this.#underWay.delete(context.commandId);
    if (session.isOver && outcome.ok && outcome.chat !== undefined) this.#spokeLast(session, outcome.chat.id);
    if (remember === undefined) return outcome;
    if (!outcome.ok) return this.#earlier(context.commandId, remember.digest, outcome);
    if (outcome.events.length > 0) this.#accepted.set(context.commandId, remember.digest);
    return outcome;
  }

  /** A refusal may be the echo of the command's own success before a restart. */
  async #earlier(commandId: CommandId, digest: string, refusal: Outcome): Promise<Outcome> {
    const first = await this.#workspace.firstAnswer(commandId, digest).catch(() => undefined);
    return first ?? refusal;
  }

  #unreadable(error: unknown, commandId: CommandId): Outcome {
    this.#workspace.ports.log.error({ error, commandId }, 'a command could not be prepared');
    return { ok: false, rejection: reject('BUSY', { detail: 'the store cannot be read' }) };
  }

  /** What it waits its turn for; undefined: for nothing. */
  #waitsFor(session: Seated, command: Command): string | undefined {
    const needsMore = this.#needsMore(command);
    if (!needsMore && this.#turns.isIdle) return undefined;
    const key = turnKeyOf(session, command);
    return key !== undefined && (needsMore || this.#turns.isTaken(key)) ? key : undefined;
  }

  #needsMore(command: Command): boolean {
    if (command.type === 'PostMessage') return this.#workspace.ports.filters.length > 0;
    return command.type === 'Acknowledge' && 'upToAt' in command.what;
  }

  /** Asks with what must be known before the decision: filtered bodies, the seq behind a time. */
  async #completed(session: Seated, command: Command, asked: Omit<Task, 'work'>): Promise<void> {
    try {
      this.#submit(session, await this.#complete(session, command), asked);
    } catch (error) {
      asked.settle(this.#unreadable(error, asked.context.commandId));
    }
  }

  async #complete(session: Seated, command: Command): Promise<Complete> {
    if (!this.#needsMore(command)) return command;
    if (command.type === 'Acknowledge') return this.#withSeq(session, command);
    if (command.type === 'PostMessage') return { ...command, variants: await this.#filtered(session, command) };
    return command;
  }

  async #filtered(session: Seated, command: PostMessage): Promise<Variants> {
    const head = await this.#headOf(session, command.to);
    // Words that open a chat are filtered too: as words of a chat nobody has seen yet.
    const chat = head?.chat ?? { ...prospect('', this.#workspace.id), customerId: session.participant.id };
    const { body, extras = null, clientId = null } = command;
    return variantsOf({ chat, author: session.participant, clientId, body, extras }, this.#workspace.ports);
  }

  async #withSeq(session: Seated, command: Acknowledge): Promise<Acknowledge> {
    const head = await this.#headOf(session, command.to);
    if (head === null || !('upToAt' in command.what)) return command;
    const { upToAt } = command.what;
    const { pieces } = await this.#workspace.histories.of(head.chat.id).read();
    for (const piece of pieces) {
      const last = (await piece.events()).findLast((event) => event.type === 'MessagePosted' && event.at <= upToAt);
      if (last?.type === 'MessagePosted') return { ...command, what: { upToSeq: last.message.seq } };
    }
    return { ...command, what: { upToSeq: 0 } };
  }

  #workOf(session: Seated, command: Complete): Work {
    const workspace = this.#workspace;
    switch (command.type) {
      case 'OpenChat':
        return openWork(workspace, session, command);
      case 'PostMessage':
        return 'key' in command.to
          ? postWork(workspace, session, command.to.key, command)
          : chatWork(workspace, session, command.to, command);
      case 'HandOver':
        return chatWork(workspace, session, command.chat, command);
      case 'SetAvailability':
        return availabilityWork(workspace, session, command);
      case 'ConfigureRouting':
        return routingConfigWork(workspace, session, command);
      case 'UpdateParticipant':
        return participantWork(workspace, session, command);
      case 'NotifyParticipant':
        return notifyWork(workspace, session, command);
      case 'SetTyping':
      case 'ReportQueue':
        throw new TypeError('signals are not decided');
      default:
        return chatWork(workspace, session, command.to, command);
    }
  }

  /** Ephemeral: nothing is stored, nothing is refused. */
  async #typing(session: Seated, command: SetTyping): Promise<Outcome> {
    const head = await this.#headOf(session, command.to);
    if (head !== null && head.chat.status !== 'closed') {
      this.#workspace.typing.push({
        type: 'TypingChanged',
        chatId: head.chat.id,
        chat: head.chat,
        people: { ...head.people, [session.participant.id]: session.participant },
        authorId: session.participant.id,
        authorRole: session.participant.role,
        isOn: command.isOn,
        expiresInMs: command.ttlMs,
        ...(command.preview !== undefined && { preview: command.preview.slice(0, previewUnits) }),
        ...(isSmall(command.extras) && { extras: command.extras }),
      });
    }
    return nothing;
  }

  async #queueReport(session: Seated, command: ReportQueue): Promise<Outcome> {
    const head = await this.#headOf(session, command.to);
    if (head === null) return refused('UNKNOWN_CHAT');
    const { chat } = head;
    if (chat.delegateId !== session.participant.id) return refused('NOT_ALLOWED');
    const { post, policies, ports } = this.#workspace;
    if (command.position !== undefined) {
      const words = { words: policies.queueNotice, at: ports.clock.now() };
      post.tell(queueMoved(head, command.position, words));
    }
    if (command.isOpen !== undefined) {
      const customers = chat.customerIds.flatMap((id) => [...this.#workspace.sessions.of(id)]);
      post.signal(
        customers,
        { type: 'AcceptingChanged', canAccept: command.isOpen, isPlatformOpen: command.isOpen },
        'customer',
      );
    }
    return nothing;
  }

  async #headOf(session: Seated, ref: PostMessage['to']): Promise<ChatHead | null> {
    const { heads, id } = this.#workspace;
    if ('chatId' in ref) {
      const head = heads.chat(ref.chatId) ?? (await heads.loadChat(ref.chatId));
      return head !== null && isKnownTo(head.chat, session) ? head : null;
    }
    const { chatId } = await heads.loadAddress(streams.address(id, session.identity.space, ref.key));
    return chatId === null ? null : heads.loadChat(chatId);
  }
}

function isSmall(extras: SetTyping['extras']): extras is NonNullable<SetTyping['extras']> {
  return extras !== undefined && JSON.stringify(extras).length <= typingExtrasUnits;
}

/** A command with all that its decision needs. */
type Complete = Command | FilteredMessage;

const nothing: Outcome = { ok: true, events: [], isRepeat: false };

function refused(...args: Parameters<typeof reject>): Promise<Outcome> {
  return Promise.resolve({ ok: false, rejection: reject(...args) });
}

function asRepeat(outcome: Outcome): Outcome {
  return outcome.ok ? { ...outcome, isRepeat: true } : outcome;
}

/** The chat whose turns a command keeps; undefined: it never waits. */
function turnKeyOf(session: Seated, command: Command): string | undefined {
  if (command.type !== 'PostMessage' && command.type !== 'Acknowledge') return undefined;
  return 'key' in command.to ? `${session.identity.space}\n${command.to.key}` : command.to.chatId;
}
