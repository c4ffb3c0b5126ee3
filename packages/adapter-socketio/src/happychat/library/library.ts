import { createCore, systemClock, type Core, type Log, type MessageFilter } from '@dragoman/core';
import type { Store, StoreEnhancer } from 'redux';
import type { Server } from 'socket.io';
import { socketioAdapter } from '../../adapter.js';
import { guestCarrier } from '../../transport.js';
import { happychatDialect, type HappychatOptions } from '../happychat.js';
import { stateReplaced, type LibraryAction } from './actions.js';
import { createBridge, type Bridge } from './bridge.js';
import { Controller } from './controller.js';
import { createDesk, libraryIdentity } from './desk.js';
import type { LibraryFilter } from './filters.js';
import { createLocales, type ConfigureLocales } from './locales.js';
import { createLogs, type LogCacheBuilder, type Logs } from './logs.js';
import { createMirror, unmeasured, type Measure, type Mirror } from './mirror.js';
import {
  adapterOptions,
  authenticatorsIn,
  defaultStaleMs,
  wholeOptions,
  type Authenticators,
  type LibraryOptions,
} from './options.js';
import { seed, workspaceOf } from './seed.js';
import { serverOn } from './server.js';
import { forgetStale } from './stale.js';
import { wholeState, type InitialState, type LibraryState } from './state.js';
import { noticing } from './visits.js';
import { processWarnings } from './warnings.js';

/** What a service is to the team that runs it [HC service]. */
export interface Library {
  /** The Socket.IO server, with `/customer`, `/operator` and `/agent` open to handlers of one's own. */
  readonly io: Server;
  readonly controller: Controller;
  readonly store: Store<LibraryState, LibraryAction>;
  readonly configureLocales: ConfigureLocales;
  /** Ends every connection of the three namespaces and closes the storage; by itself when the http server closes. */
  stop(): Promise<void>;
}

const home = { workspaceId: 'default', space: 'happychat' } as const;

/**
 * A Happychat service on a Socket.IO 4 server, or on an http server. Clients that connect before the initial state, and
 * what is dispatched in the same turn, are taken over wait for it. Throws a TypeError for other servers, and for missing
 * authenticators.
 */
export function service(
  server: object,
  authenticators: Authenticators,
  state?: InitialState,
  enhancersOrOptions?: readonly StoreEnhancer[] | LibraryOptions,
  logCacheBuilder?: LogCacheBuilder,
  filters: readonly LibraryFilter[] = [],
  measure: Measure = unmeasured,
): Library {
  const known = authenticatorsIn(authenticators);
  const options = wholeOptions(enhancersOrOptions);
  const { log = processWarnings } = options;
  const io = serverOn(server, options);
  const initial = wholeState(state);
  const bridge = createBridge(initial, options, log);
  const coreFilters: MessageFilter[] = [];
  const controller = new Controller(coreFilters, { space: home.space, clock: systemClock });
  for (const filter of filters) controller.middleware(filter);
  const logs = createLogs(logCacheBuilder, controller, log);
  const doors = { ...home, ...adapterOptions(known, options) };
  const running = start({ io, initial, bridge, logs, coreFilters, doors, log, storage: options.storage, measure });
  running.catch((error: unknown) => log.error({ error: String(error) }, 'the service could not start'));
  holdBack(io, running);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= running.then((end) => end(), nothingToEnd));
  onClose(io, () => void stop());
  return { io, controller, store: bridge.store, configureLocales: createLocales(bridge.store, initial), stop };
}

/** What a start needs of what was given to the service. */
interface Parts {
  readonly io: Server;
  readonly initial: LibraryState;
  readonly bridge: Bridge;
  readonly logs: Logs;
  /** Filters may be added at any time. */
  readonly coreFilters: MessageFilter[];
  readonly doors: HappychatOptions;
  readonly log: Log;
  readonly storage: LibraryOptions['storage'];
  readonly measure: Measure;
}

/** Resolves with what ends it all, once clients may come. */
async function start(parts: Parts): Promise<() => Promise<void>> {
  const { io, initial, bridge, logs, doors, storage } = parts;
  const core = await createCore({
    workspaces: [workspaceOf(home.workspaceId, initial)],
    filters: parts.coreFilters,
    log: parts.log,
    ...(storage !== undefined && { store: storage }),
  });
  await takeOver(core, parts);
  const adapter = socketioAdapter(guestCarrier(io), noticing(happychatDialect(doors), { bridge, logs }));
  await adapter.start(core);
  const rest = forgetStale(doors.reuseMs ?? defaultStaleMs, { bridge, logs, clock: core.clock });
  return async () => {
    rest();
    await adapter.stop();
    await core.stop();
  };
}

/** Brings the initial state into the core, and from then on what happens in the core into the store. */
async function takeOver(core: Core, { initial, bridge, logs, doors, measure }: Parts): Promise<void> {
  let mirror: Mirror | undefined;
  const session = await core.connect(
    libraryIdentity(home.workspaceId, home.space),
    { scope: 'all', echo: 'all', away: null, chats: 'mine' },
    ({ event }) => mirror?.hear(event),
  );
  const desk = createDesk({ core, session, reuseMs: doors.reuseMs ?? defaultStaleMs });
  await seed(core, desk, initial);
  mirror = createMirror({
    space: home.space,
    link: (workspaceId, id) => core.attachments.link(workspaceId, id),
    customersHearEvents: doors.customerEvents === 'all',
    lobby: desk.lobby,
    clock: core.clock,
    bridge,
    logs,
    measure,
  });
  bridge.tell(stateReplaced(mirror.state(bridge.truth())));
  await bridge.open(desk);
}

/** Clients that come early wait. */
function holdBack(io: Server, running: Promise<unknown>): void {
  for (const name of ['/customer', '/operator', '/agent']) {
    io.of(name).use((_socket, next) => {
      running.then(
        () => next(),
        () => next(new Error('temporarily unavailable')),
      );
    });
  }
}

/** What could not start is nothing to stop; the log has said why. */
function nothingToEnd(): void {}

/** A Socket.IO server that is closed closes its http server. */
function onClose(io: Server, run: () => void): void {
  const server: unknown = Reflect.get(io, 'httpServer');
  const once: unknown = typeof server === 'object' && server !== null ? Reflect.get(server, 'once') : undefined;
  if (typeof once === 'function') Reflect.apply(once, server, ['close', run]);
}
