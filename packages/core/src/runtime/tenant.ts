import type { Command } from '../command.js';
import type { Erasure } from '../erasure.js';
import type { Observe } from '../observe.js';
import { commandIdOf, standpointOf } from '../observe.js';
import type { Outcome } from '../outcome.js';
import { reject } from '../outcome.js';
import type { Identity, ParticipantId } from '../participant.js';
import type { Deliver, Session, SessionOptions } from '../session.js';
import { chatWork } from './chat-tasks.js';
import type { WorkspaceConfig } from './config.js';
import { Dispatcher } from './dispatch.js';
import { erase } from './erasure.js';
import type { Work } from './task.js';
import { Presence } from './presence.js';
import { Retention } from './retention.js';
import { Seating } from './seating.js';
import type { Seated } from './sessions.js';
import type { CorePorts } from './workspace.js';
import { Workspace } from './workspace.js';

/** What a tenant is told of the core it lives in. */
export interface Surroundings {
  readonly ports: CorePorts;
  /** For how long after a start everybody counts as still there, ms. */
  readonly graceMs: number;
  /** A timer was set that may be due before the others. */
  readonly timerSet: (dueAt: number) => void;
}

const sessionIsOver: Outcome = { ok: false, rejection: reject('BUSY', { detail: 'the session is over' }) };

/** One workspace with what drives it. */
export class Tenant {
  readonly workspace: Workspace;
  readonly #dispatcher: Dispatcher;
  readonly #presence: Presence;
  readonly #retention: Retention;
  readonly #seating: Seating;
  #isStopped = false;

  private constructor(workspace: Workspace) {
    this.workspace = workspace;
    this.#presence = new Presence(workspace, (work) => this.settled(work));
    this.#dispatcher = new Dispatcher(workspace, (session, chatId) => this.#presence.spokeLast(session, chatId));
    this.#seating = new Seating(workspace, this.#presence);
    this.#retention = new Retention({ workspace, settled: (work) => this.settled(work) });
  }

  static async open(config: WorkspaceConfig, { ports, graceMs, timerSet }: Surroundings): Promise<Tenant> {
    const workspace = await Workspace.open(config, ports, {
      shed: (session, reason) => tenant.#seating.end(session, reason),
      assume: (session, { chatId, upToSeq }) => {
        const received = { type: 'Acknowledge', to: { chatId }, state: 'delivered', what: { upToSeq } } as const;
        tenant.#submit(chatWork(workspace, session, received.to, received));
      },
      timerSet,
    });
    const tenant = new Tenant(workspace);
    tenant.#presence.grantGrace(graceMs);
    tenant.#retention.start();
    return tenant;
  }

  async connect(who: Identity, how: SessionOptions, deliver: Deliver): Promise<Session> {
    const { seated, session } = await this.#seating.prepare(who, how, deliver);
    await this.#dispatcher.answered(seated.participant.id);
    handles.set(session, { tenant: this, seated });
    this.#seating.admit(seated);
    return session;
  }

  dispatch(seated: Seated, command: Command): Promise<Outcome> {
    if (this.#isStopped || seated.isOver) return Promise.resolve(sessionIsOver);
    const { observe } = this.workspace.ports;
    return observe === undefined
      ? this.#dispatcher.dispatch(seated, command)
      : this.#observed(observe, seated, command);
  }

  /** Decides something that nobody asked for, in the name of the system; resolves with what came of it. */
  settled(work: Work): Promise<Outcome> {
    return new Promise((settle) => this.#submit(work, settle));
  }

  erase(participantId: ParticipantId): Promise<Erasure> {
    return erase(
      {
        workspace: this.workspace,
        settled: (work) => this.settled(work),
        endSessions: (id) => this.#seating.endAllOf(id),
      },
      participantId,
    );
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#presence.stop();
    await this.#retention.stop();
    this.#seating.shutDown();
    await this.workspace.stop();
  }

  #submit(work: Work, settle: (outcome: Outcome) => void = () => {}): void {
    const { ledger, id: workspaceId, ports } = this.workspace;
    const by = { participantId: null, sessionId: null };
    ledger.submit({ work, settle, context: { workspaceId, commandId: ports.ids.command(), by } });
  }

  async #observed(tell: Observe, seated: Seated, command: Command): Promise<Outcome> {
    const { clock } = this.workspace.ports;
    const from = clock.monotonic();
    const outcome = await this.#dispatcher.dispatch(seated, command);
    tell({
      type: 'command',
      at: clock.now(),
      ...standpointOf(seated),
      command,
      commandId: commandIdOf(command, outcome),
      outcome,
      tookMs: clock.monotonic() - from,
    });
    return outcome;
  }
}

/** What stands behind the handle that an adapter holds. */
export interface Behind {
  readonly tenant: Tenant;
  readonly seated: Seated;
}

const handles = new WeakMap<Session, Behind>();

/** Throws a TypeError for what is no handle of a core. */
export function behind(session: Session): Behind {
  const found = handles.get(session);
  if (found === undefined) throw new TypeError('this session is not one of this core');
  return found;
}
