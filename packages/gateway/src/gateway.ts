import { setTimeout as delay } from 'node:timers/promises';
import { Fault, StoreError, type Adapter, type Core } from '@dragoman/core';
import { checkConfig, configFault } from './config/load.js';
import type { Config } from './config/schema.js';
import { createParts, type GatewayOptions } from './container.js';
import { sayGoodbye } from './goodbye.js';
import { serveHealth } from './health.js';
import { insideOf } from './inside.js';
import type { Listeners } from './dialects/materials.js';
import { countConnections, drainTime } from './operations/drain.js';
import { openOperations, type Operations } from './operations/operations.js';
import { createTracing } from './operations/tracing.js';
import { readinessOf, type State } from './readiness.js';
import { takeOver, type Reload } from './reload.js';
import { openSites } from './sites.js';
import { tokens } from './tokens.js';

export interface Gateway {
  /** Resolves when clients can connect. Throws a Fault; what was started by then is stopped again. Once only. */
  start(): Promise<void>;
  /** Sends every client away, finishes what was accepted and closes the store. Twice is fine. */
  stop(): Promise<void>;
  /**
   * Takes over from another config what can change while everybody stays connected, and says what waits for the next
   * start. Throws CONFIG_INVALID, and nothing changes, when it has problems.
   */
  reload(config: Config): Promise<Reload>;
  /** Where a listener listens, as an http address; undefined while it does not. */
  url(listener?: string): string | undefined;
}

/** A gateway from a config. Throws CONFIG_INVALID with everything that is wrong in it. */
export function createGateway(first: Config, options: GatewayOptions = {}): Gateway {
  const around = { env: options.environment ?? process.env, hasVerifier: options.verify !== undefined };
  const check = (value: Config): Config => {
    const checked = checkConfig(value, around);
    if (!checked.ok) throw configFault('the config', checked.problems);
    return checked.config;
  };
  let config = check(first);

  const parts = createParts(config, options);
  let [state, listeners]: [State, Listeners] = ['starting', new Map()];
  let adapters: readonly Adapter[] = [];
  let closeSites = async (): Promise<void> => undefined;
  let operations: Operations | undefined;
  let counted: ReturnType<typeof countConnections> | undefined;
  let starting: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;

  async function serveSites(core: Core): Promise<void> {
    const [observers, log] = [await parts.get(tokens.observers), await parts.get(tokens.log)];
    const inside = insideOf(core, { workspaces: config.workspaces, adapters, observers });
    const surroundings = { config, environment: around.env, listeners, inside, log };
    closeSites = await openSites(options.sites ?? [], surroundings);
  }

  async function startAll(): Promise<void> {
    const store = await parts.get(tokens.store);
    const observers = await parts.get(tokens.observers);
    counted = countConnections(observers);
    const core = await parts.get(tokens.core);
    const tracing = await createTracing(core);
    if (tracing !== undefined) observers.add(tracing);
    listeners = await parts.get(tokens.listeners);
    const asked = readinessOf({ store, state: () => state, adapters: () => adapters, operations: () => operations });
    for (const listener of listeners.values()) serveHealth(listener, asked);
    adapters = await parts.getAll(tokens.adapter);
    operations = openOperations({ materials: await parts.get(tokens.materials), observers, adapters });
    for (const adapter of adapters) await adapter.start(core);
    await serveSites(core);
    for (const listener of listeners.values()) await listener.start();
    const log = await parts.get(tokens.log);
    const where = [...listeners].map(([name, { url }]) => ({ name, url }));
    log.info({ listeners: where, adapters: adapters.map(({ name }) => name) }, 'the gateway is ready');
    state = 'ready';
    operations?.startProbe();
  }

  /** Readiness goes first; then nobody new comes in, everybody is told in turn, the last words are recorded, and only then the store closes. */
  async function stopAll(): Promise<void> {
    const log = await parts.get(tokens.log);
    const wasReady = state === 'ready';
    const connections = counted?.open ?? 0;
    const overMs = drainTime(config, connections);
    if (wasReady) log.info({ connections, overMs }, 'the gateway stops');
    state = 'stopping';
    operations?.stopProbe();
    if (wasReady) await delay(config.noticeMs ?? 0);
    for (const listener of listeners.values()) listener.drain();
    await Promise.all(adapters.map((adapter) => sayGoodbye(adapter, overMs, log)));
    await closeSites();
    await operations?.close();
    for (const token of [tokens.listeners, tokens.core, tokens.store]) await parts.close(token);
    if (wasReady) log.info({}, 'the gateway has stopped');
  }

  const stop = (): Promise<void> => (stopped ??= toItsEnd(() => Promise.resolve(starting).then(stopAll, stopAll)));
  return {
    async start() {
      if (stopped !== undefined) throw new TypeError('the gateway was stopped; make another');
      starting ??= toItsEnd(startAll);
      try {
        await starting;
      } catch (error) {
        await stop();
        throw error instanceof StoreError ? faultOf(error) : error;
      }
    },
    stop,
    async reload(next) {
      check(next);
      const [core, log] = [await parts.get(tokens.core), await parts.get(tokens.log)];
      const reload = await takeOver(config, next, { core, log });
      config = next;
      log.info({ taken: reload.taken }, 'the config was read again');
      if (reload.waiting.length > 0) log.warn({ waiting: reload.waiting }, 'these changes wait for the next start');
      return reload;
    },
    url: (name = config.listeners[0]?.name ?? '') => listeners.get(name)?.url,
  };
}

/** A store that could be opened and not read: damage shows where it is read first. */
function faultOf(error: StoreError): Fault {
  return new Fault(error.code === 'Corrupt' ? 'STORE_CORRUPT' : 'STORE_UNAVAILABLE', error.message, { cause: error });
}

/** The longest a timer of Node.js may be, ms. */
const longestMs = 2 ** 31 - 1;

/**
 * Keeps the process until the work is over. While nobody listens, a pause before the next attempt is all there is, and the
 * timers of a core keep no process: it would end in the middle, as if all were done.
 */
async function toItsEnd(work: () => Promise<void>): Promise<void> {
  const keeping = setInterval(() => undefined, longestMs);
  await work().finally(() => clearInterval(keeping));
}
