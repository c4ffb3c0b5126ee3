import { createCore, systemClock, type Core, type MessageFilter } from '@dragoman/core';
import type { Store, StoreEnhancer } from 'redux';
import type { Server } from 'socket.io';
import { socketioAdapter } from '../../adapter.js';
import { guestCarrier } from '../../transport.js';
import { happychatDialect } from '../happychat.js';
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
  const io = serverOn(server, options);
  const { log = processWarnings } = options;
  const initial = wholeState(state);
  const bridge = createBridge(initial, options, log);
  const coreFilters: MessageFilter[] = [];
  const controller = new Controller(coreFilters, { space: home.space, clock: systemClock });
  for (const filter of filters) controller.middleware(filter);
  const logs = createLogs(logCacheBuilder, controller, log);
  const doors = { ...home, ...adapterOptions(known, options) };

  const running = start();
  running.catch((error: unknown) => log.error({ error: String(error) }, 'the service could not start'));
  for (const name of ['/customer', '/operator', '/agent']) {
    io.of(name).use((_socket, next) => {
      running.then(
        () => next(),
        () => next(new Error('temporarily unavailable')),
      );
    });
  }

  async function start(): Promise<() => Promise<void>> {
    const core = await createCore({
      workspaces: [workspaceOf(home.workspaceId, initial)],
      filters: coreFilters,
      log,
      ...(options.storage !== undefined && { store: options.storage }),
    });
    const { reuseMs = defaultStaleMs, customerEvents } = doors;
    await takeOver({ core, bridge, logs, initial, reuseMs, customersHearEvents: customerEvents === 'all', measure });
    const adapter = socketioAdapter(guestCarrier(io), noticing(happychatDialect(doors), { bridge, logs }));
    await adapter.start(core);
    const rest = forgetStale(reuseMs, { bridge, logs, clock: core.clock });
    return async () => {
      rest();
      await adapter.stop();
      await core.stop();
    };
  }

  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= running.then((end) => end(), nothingToEnd));
  onClose(io, () => void stop());
  return { io, controller, store: bridge.store, configureLocales: createLocales(bridge.store, initial), stop };
}

interface Takeover {
  readonly core: Core;
  readonly bridge: Bridge;
  readonly logs: Logs;
  readonly initial: LibraryState;
  readonly reuseMs: number;
  readonly customersHearEvents: boolean;
  readonly measure: Measure;
}

/** Brings the initial state into the core, and from then on what happens in the core into the store. */
async function takeOver(over: Takeover): Promise<void> {
  const { core, bridge, logs, initial, reuseMs, customersHearEvents, measure } = over;
  let mirror: Mirror | undefined;
  const session = await core.connect(
    libraryIdentity(home.workspaceId, home.space),
    { scope: 'all', echo: 'all', away: null, chats: 'mine' },
    ({ event }) => mirror?.hear(event),
  );
  const desk = createDesk({ core, session, reuseMs });
  await seed(core, desk, initial);
  const link = (workspaceId: string, id: string): string | null => core.attachments.link(workspaceId, id);
  const place = {
    space: home.space,
    link,
    customersHearEvents,
    lobby: desk.lobby,
    clock: core.clock,
    log: core.log,
    bridge,
    logs,
    measure,
  };
  mirror = createMirror(place);
  bridge.tell(stateReplaced(mirror.state(bridge.truth())));
  await bridge.open(desk);
}

/** What could not start is nothing to stop; the log has said why. */
function nothingToEnd(): void {}

/** A Socket.IO server that is closed closes its http server. */
function onClose(io: Server, run: () => void): void {
  const server: unknown = Reflect.get(io, 'httpServer');
  const once: unknown = typeof server === 'object' && server !== null ? Reflect.get(server, 'once') : undefined;
  if (typeof once === 'function') Reflect.apply(once, server, ['close', run]);
}
