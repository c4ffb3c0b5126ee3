import { createMemoryStore } from '../memory-store.js';
import { memoryAttachments } from '../memory-attachments.js';
import type { Observe } from '../observe.js';
import { harmless } from '../observe.js';
import { reject } from '../outcome.js';
import type { CommandId, Identity, WorkspaceId } from '../participant.js';
import type { Attachments, Clock, Core, Ids, Log, MessageFilter } from '../ports.js';
import type { Session, SessionOptions } from '../session.js';
import type { Store, TimerOrder } from '../store.js';
import { silentLog, systemClock, systemIds } from '../system.js';
import { traceparentOf, type Trace } from '../trace.js';
import { systemWork } from './chat-tasks.js';
import type { CoreLimits, WorkspaceConfig } from './config.js';
import { defaultLimits } from './config.js';
import { personalDataOf } from './personal-data.js';
import { findChat, lobbyOf, recallOf, transcriptOf } from './reading.js';
import { Recent } from './recent.js';
import type { Behind } from './tenant.js';
import { Tenant, behind } from './tenant.js';
import { Timers } from './timers.js';
import { attended } from './unshown.js';
import type { CorePorts } from './workspace.js';

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
  const ports = portsOf(options);
  const { store, clock, ids, log, observe, attachments, limits, traces } = ports;
  const graceMs = options.restartGraceMs ?? 60_000;
  const tenants = new Map<WorkspaceId, Tenant>();
  let isStopped = false;

  const timers = new Timers({ store, clock, log, fire }, graceMs);
  const timerSet = (dueAt: number): void => timers.expect(dueAt);
  for (const config of options.workspaces ?? [{ id: 'default' }]) {
    tenants.set(config.id, await Tenant.open(config, { ports, graceMs, timerSet }));
  }
  await timers.run();

  return {
    clock,
    ids,
    log,
    observe,
    traceparent: (commandId) => traces.get(commandId)?.traceparent ?? traceparentOf(commandId),
    traceOf: (commandId) => traces.get(commandId),
    attachments: attended(attachments, (workspaceId) => tenants.get(workspaceId)?.workspace),

    async connect(who, how, deliver) {
      const tenant = tenants.get(who.workspaceId);
      if (tenant === undefined) throw new TypeError(`there is no workspace ${who.workspaceId}`);
      checkScope(who, how);
      return tenant.connect(who, how, deliver);
    },

    dispatch(by, command) {
      const { tenant, seated } = behind(by);
      return tenant.dispatch(seated, command);
    },

    transcript(by, what, page) {
      const { tenant, seated } = behind(by);
      return transcriptOf(tenant.workspace, seated, what, page);
    },

    find(by, what) {
      const { tenant, seated } = behind(by);
      return findChat(tenant.workspace, seated, what);
    },

    recall(by, commandId) {
      const { tenant, seated } = behind(by);
      return recallOf(tenant.workspace, seated, commandId);
    },

    events(by, after) {
      const { workspace } = overseen(by, 'the log').tenant;
      return workspace.lane.after(after.afterNumber, after.limit);
    },

    personalData(by, participantId) {
      return personalDataOf(overseen(by, 'a person’s data').tenant.workspace, participantId);
    },

    async whoIs(by, who) {
      const { workspace } = overseen(by, 'who somebody is').tenant;
      const { person } = await workspace.whoIsCalled({ ...who, idType: 'string' });
      return person === null || person.version === 0 ? undefined : person.participant;
    },

    async erase(by, participantId) {
      const { tenant, seated } = behind(by);
      const isAllowed = seated.options.scope === 'all' && seated.participant.role === 'bot';
      return isAllowed ? tenant.erase(participantId) : { ok: false, rejection: reject('NOT_ALLOWED') };
    },

    head(by) {
      return store.head(behind(by).tenant.workspace.id);
    },

    lobby(by) {
      const { tenant, seated } = behind(by);
      if (seated.participant.role === 'customer') throw new TypeError('customers have no lobby');
      return lobbyOf(tenant.workspace);
    },

    canAccept(by, wishes) {
      const { tenant, seated } = behind(by);
      return tenant.workspace.accepts(seated, wishes);
    },

    adjust: (changed) => void Object.assign(limits, changed),

    async stop() {
      if (isStopped) return;
      isStopped = true;
      timers.stop();
      for (const tenant of tenants.values()) await tenant.stop();
      await store.close();
    },
  };

  async function fire({ workspaceId, chatId, name, token }: TimerOrder): Promise<void> {
    const tenant = tenants.get(workspaceId);
    await tenant?.settled(systemWork(tenant.workspace, chatId, { type: 'FireTimer', name, token }, name));
  }
}

function portsOf(options: CoreOptions): CorePorts {
  const { clock = systemClock, ids = systemIds, log = silentLog } = options;
  const limits = { ...defaultLimits, ...options.limits };
  return {
    store: options.store ?? createMemoryStore({ clock, ids }),
    clock,
    ids,
    log,
    attachments: options.attachments ?? memoryAttachments(),
    limits,
    filters: options.filters ?? [],
    observe: options.observe && harmless(options.observe, log),
    traces: new Recent<CommandId, Trace>(limits.cached),
  };
}

/** Who hears everything, and may therefore read everything. */
function overseen(session: Session, what: string): Behind {
  const found = behind(session);
  if (found.seated.options.scope !== 'all') throw new TypeError(`${what} is for sessions that hear everything`);
  return found;
}

function checkScope(who: Identity, how: SessionOptions): void {
  if (who.role === 'customer' && how.scope !== 'own') throw new TypeError('a customer hears his own chats alone');
}
