import type { Away } from '../chat-summary.js';
import type { Command } from '../command.js';
import type { DisconnectReason, Outcome } from '../outcome.js';
import { reject } from '../outcome.js';
import type { ChatId, CommandId, Identity, ParticipantId, WorkspaceId } from '../participant.js';
import { signedIn, stranger } from '../person.js';
import type { Erasure } from '../erasure.js';
import type { Attachments, Clock, Core, Ids, Log, MessageFilter } from '../ports.js';
import type { Deliver, Session, SessionOptions } from '../session.js';
import type { Store } from '../store.js';
import { createMemoryStore } from '../memory-store.js';
import { memoryAttachments } from '../memory-attachments.js';
import type { Observe } from '../observe.js';
import { commandIdOf, harmless, standpointOf } from '../observe.js';
import { traceparentOf } from '../trace.js';
import { Recent } from './recent.js';
import { silentLog, systemClock, systemIds } from '../system.js';
import { chatWork, systemWork } from './chat-tasks.js';
import { wholeLane } from './bookmarks.js';
import type { CoreLimits, WorkspaceConfig } from './config.js';
import { defaultLimits } from './config.js';
import { Dispatcher } from './dispatch.js';
import { erase } from './erasure.js';
import { personalDataOf } from './personal-data.js';
import type { Task } from './ledger.js';
import { findChat, lobbyOf, recallOf, replayTo, transcriptOf } from './reading.js';
import { Presence } from './presence.js';
import { Retention } from './retention.js';
import type { Seated } from './sessions.js';
import { Timers } from './timers.js';
import { Workspace } from './workspace.js';

/** Everything a core can be given; all of it has a default, so that `createCore()` is a whole core in memory. */
export interface CoreOptions {
  /** Default: memory. */
  readonly store?: Store;
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** Default: silent. */
  readonly log?: Log;
  /** Default: memory. */
  readonly attachments?: Attachments;
  /** In order; each destination of a message passes all of them. */
  readonly filters?: readonly MessageFilter[];
  /** Default: one, `default`. */
  readonly workspaces?: readonly WorkspaceConfig[];
  /** For how long after a start everybody counts as still there, ms. Default 60 000. */
  readonly restartGraceMs?: number;
  readonly limits?: Partial<CoreLimits>;
  /** Is told everything that happens, while it happens. Default: nobody, at no cost. */
  readonly observe?: Observe;
}

const notAllowed: Erasure = { ok: false, rejection: reject('NOT_ALLOWED') };

type Work = Pick<Task, 'prepare' | 'decide'>;

/** One workspace with what drives it. */
interface Tenant {
  readonly workspace: Workspace;
  readonly dispatcher: Dispatcher;
  readonly presence: Presence;
  readonly retention: Retention;
}

/** A core and its end. */
export interface RunningCore extends Core {
  /** Ends every session with SHUTDOWN, finishes what was accepted and closes the store. Twice is fine. */
  stop(): Promise<void>;
  /**
   * Other bounds from now on: of sessions, waiting commands and batches at once, of rates for whoever comes from now on.
   * `cached` and `heldDeliveries` stay as they were at the start.
   */
  adjust(limits: Partial<CoreLimits>): void;
}

/** A core that runs; all of it has a default. */
export async function createCore(options: CoreOptions = {}): Promise<RunningCore> {
  const clock = options.clock ?? systemClock;
  const ids = options.ids ?? systemIds;
  const log = options.log ?? silentLog;
  const store = options.store ?? createMemoryStore({ clock, ids });
  const limits = { ...defaultLimits, ...options.limits };
  const graceMs = options.restartGraceMs ?? 60_000;
  const tenants = new Map<WorkspaceId, Tenant>();
  const observe = options.observe && harmless(options.observe, log);
  const attachments = options.attachments ?? memoryAttachments();
  const traces = new Recent<CommandId, string>(limits.cached);
  const ports = { store, clock, ids, log, attachments, limits, filters: options.filters ?? [], observe, traces };
  let isStopped = false;

  const timers = new Timers(
    {
      store,
      clock,
      log,
      fire: ({ workspaceId, chatId, name, token }) =>
        new Promise<void>((resolve) => {
          const settle = (): void => resolve();
          const tenant = tenants.get(workspaceId);
          if (tenant === undefined) settle();
          else
            submit(
              tenant.workspace,
              systemWork(tenant.workspace, chatId, { type: 'FireTimer', name, token }, name),
              settle,
            );
        }),
    },
    graceMs,
  );

  for (const config of options.workspaces ?? [{ id: 'default' }]) {
    const workspace = await Workspace.open(config, ports, {
      shed: (session, reason) => void end(session, reason),
      timerSet: (dueAt) => timers.expect(dueAt),
      assume: (of, session, { chatId, upToSeq }) => {
        const received = { type: 'Acknowledge', to: { chatId }, state: 'delivered', what: { upToSeq } } as const;
        submit(of, chatWork(of, session, received.to, received), () => {});
      },
    });
    const presence = new Presence(workspace, (work) => submit(workspace, work, () => {}));
    presence.grantGrace(graceMs);
    const retention = new Retention({ workspace, settled: (work) => settled(workspace, work) });
    retention.start();
    tenants.set(config.id, { workspace, dispatcher: new Dispatcher(workspace), presence, retention });
  }
  await timers.run();

  return {
    clock,
    ids,
    log,
    observe,
    traceparent: (commandId) => traces.get(commandId) ?? traceparentOf(commandId),
    attachments,

    async connect(who, how, deliver) {
      const tenant = tenants.get(who.workspaceId);
      if (tenant === undefined) throw new TypeError(`there is no workspace ${who.workspaceId}`);
      checkScope(who, how);
      const { seated, session } = await seat(tenant, who, how, deliver);
      admit(tenant, seated);
      return session;
    },

    dispatch(by, command) {
      const { tenant, seated } = known(by);
      return dispatched(tenant, seated, command);
    },

    transcript(by, what, page) {
      const { tenant, seated } = known(by);
      return transcriptOf(tenant.workspace, seated, what, page);
    },

    find(by, what) {
      const { tenant, seated } = known(by);
      return findChat(tenant.workspace, seated, what);
    },

    recall(by, commandId) {
      const { tenant, seated } = known(by);
      return recallOf(tenant.workspace, seated, commandId);
    },

    events(by, after) {
      const { tenant, seated } = known(by);
      if (seated.options.scope !== 'all') throw new TypeError('the log is for sessions that hear everything');
      return tenant.workspace.lane.after(after.afterNumber, after.limit);
    },

    personalData(by, participantId) {
      const { tenant, seated } = known(by);
      if (seated.options.scope !== 'all') throw new TypeError('a person’s data is for sessions that hear everything');
      return personalDataOf(tenant.workspace, participantId);
    },

    async erase(by, participantId) {
      const { tenant, seated } = known(by);
      if (seated.options.scope !== 'all' || seated.participant.role !== 'bot') return notAllowed;
      const { workspace } = tenant;
      return erase({ workspace, settled: (work) => settled(workspace, work), endSessions }, participantId);

      function endSessions(id: ParticipantId): void {
        for (const session of [...workspace.sessions.of(id)]) end(session, 'UNAUTHENTICATED');
      }
    },

    head(by) {
      return store.head(known(by).tenant.workspace.id);
    },

    lobby(by) {
      const { tenant, seated } = known(by);
      if (seated.participant.role === 'customer') throw new TypeError('customers have no lobby');
      return lobbyOf(tenant.workspace);
    },

    canAccept(by, wishes) {
      const { tenant, seated } = known(by);
      return tenant.workspace.accepts(seated, wishes);
    },

    adjust: (changed) => void Object.assign(limits, changed),

    async stop() {
      if (isStopped) return;
      isStopped = true;
      timers.stop();
      for (const { workspace, presence, retention } of tenants.values()) {
        presence.stop();
        await retention.stop();
        for (const session of workspace.sessions.everybody()) close(workspace, session, 'SHUTDOWN');
        await workspace.stop();
      }
      await store.close();
    },
  };

  function submit(workspace: Workspace, work: Work, settle: (outcome: Outcome) => void): void {
    const by = { participantId: null, sessionId: null };
    workspace.ledger.submit({ ...work, settle, context: { workspaceId: workspace.id, commandId: ids.command(), by } });
  }

  function settled(workspace: Workspace, work: Work): Promise<Outcome> {
    return new Promise((settle) => submit(workspace, work, settle));
  }

  async function dispatched(tenant: Tenant, seated: Seated, command: Command): Promise<Outcome> {
    if (isStopped || seated.isOver) return { ok: false, rejection: reject('BUSY', { detail: 'the session is over' }) };
    return observe === undefined
      ? tenant.dispatcher.dispatch(seated, command)
      : observed(observe, seated, command, () => tenant.dispatcher.dispatch(seated, command));
  }

  async function observed(
    tell: Observe,
    seated: Seated,
    command: Command,
    dispatch: () => Promise<Outcome>,
  ): Promise<Outcome> {
    const from = clock.monotonic();
    const outcome = await dispatch();
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

  async function seat(
    tenant: Tenant,
    identity: Identity,
    how: SessionOptions,
    deliver: Deliver,
  ): Promise<{ seated: Seated; session: Session }> {
    const { workspace } = tenant;
    const { id, person: stored } = await workspace.whoIs(identity);
    const person = stored === null ? stranger(id, identity) : signedIn(stored, identity);
    workspace.heads.setPerson(person);
    const seated: Seated = {
      id: `${identity.space}/${ids.session()}`,
      participant: person.participant,
      identity,
      options: how,
      deliver: (delivery) => deliver(delivery, session),
      followed: how.chats === 'mine' ? null : new Set(how.chats),
      held: how.begins === 'replay' ? [] : null,
      replays: 0,
      isOver: false,
      cancelExpiry: undefined,
    };
    const session = sessionOf(tenant, seated);
    return { seated, session };
  }

  function admit({ workspace, presence }: Tenant, seated: Seated): void {
    const surplus = workspace.sessions.add(seated);
    workspace.bookmarks.open(seated);
    workspace.assumed.joined(seated);
    presence.began(seated);
    observe?.({ type: 'session-opened', at: clock.now(), ...standpointOf(seated), scope: seated.options.scope });
    if (surplus !== undefined) end(surplus, 'REPLACED');
    expireInTime(seated);
  }

  function expireInTime(seated: Seated): void {
    const { expiresAt } = seated.identity;
    if (expiresAt === undefined) return;
    const left = expiresAt - clock.now();
    seated.cancelExpiry =
      left > longestTimer
        ? clock.after(longestTimer, () => expireInTime(seated))
        : clock.after(Math.max(left, 0), () => end(seated, 'UNAUTHENTICATED'));
  }

  function end(seated: Seated, reason?: DisconnectReason, away?: Away): void {
    const tenant = tenants.get(seated.identity.workspaceId);
    if (tenant === undefined || seated.isOver) return;
    close(tenant.workspace, seated, reason);
    tenant.presence.ended(seated, away);
  }

  function close(workspace: Workspace, seated: Seated, reason?: DisconnectReason): void {
    seated.isOver = true;
    seated.cancelExpiry?.();
    workspace.sessions.remove(seated);
    workspace.bookmarks.close(seated);
    observe?.({ type: 'session-ended', at: clock.now(), ...standpointOf(seated), reason: reason ?? null });
    if (reason !== undefined) seated.options.onEnd?.(reason);
  }

  function sessionOf(tenant: Tenant, seated: Seated): Session {
    const { workspace } = tenant;
    const session: Session = {
      id: seated.id,
      workspaceId: workspace.id,
      space: seated.identity.space,
      participant: seated.participant,
      follow: (chatId: ChatId) => workspace.sessions.follow(seated, chatId),
      unfollow: (chatId: ChatId) => workspace.sessions.unfollow(seated, chatId),
      replay: (what) => replayTo(workspace, seated, what),
      written: (chatId, version) => {
        workspace.bookmarks.move(seated, chatId, version);
        workspace.assumed.written(seated, chatId, version);
        observe?.({ type: 'written', at: clock.now(), ...standpointOf(seated), chatId, version });
      },
      writtenUpTo: (number) => workspace.bookmarks.move(seated, wholeLane, number),
      lastWritten: () => workspace.bookmarks.versionOf(seated, wholeLane),
      note: (key, value) => store.saveNotes([{ workspaceId: workspace.id, space: seated.identity.space, key, value }]),
      async notes() {
        const kept = await store.loadNotes(workspace.id, seated.identity.space);
        return new Map(kept.map(({ key, value }) => [key, value]));
      },
      async end(away) {
        end(seated, undefined, away);
      },
    };
    handles.set(session, { tenant, seated });
    return session;
  }
}

/** What stands behind the handles that adapters hold. */
const handles = new WeakMap<Session, { readonly tenant: Tenant; readonly seated: Seated }>();

function known(session: Session): { readonly tenant: Tenant; readonly seated: Seated } {
  const behind = handles.get(session);
  if (behind === undefined) throw new TypeError('this session is not one of this core');
  return behind;
}

/** The longest time one timer of a machine can measure, ms. */
const longestTimer = 2 ** 31 - 1;

function checkScope(who: Identity, how: SessionOptions): void {
  if (who.role === 'customer' && how.scope !== 'own') throw new TypeError('a customer hears his own chats alone');
}
