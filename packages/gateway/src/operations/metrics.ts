import type { Cancel, Observe, Sighting } from '@dragoman/core';
import type { Registry } from 'prom-client';
import type { Passage } from '../probe/meeting.js';
import { createMeters, type Meters } from './meters.js';

/** How an adapter fares, by its own word. */
export interface AdapterState {
  readonly name: string;
  readonly problems: readonly string[];
  /** Events it has still to pass on. */
  readonly waiting: number;
  readonly lagMs: number;
  readonly counts: Readonly<Record<string, number>>;
  /** What is under way now. */
  readonly figures: Readonly<Record<string, number>>;
}

/** Figures of one gateway in the text format of Prometheus. */
export interface Metrics {
  readonly observe: Observe;
  readonly registry: Registry;
  /** What came of a round of the probe. */
  probed(passages: readonly Passage[]): void;
  readonly stop: Cancel;
}

type Of<Type extends Sighting['type']> = Extract<Sighting, { type: Type }>;
type Count<Type extends Sighting['type']> = (sighting: Of<Type>) => void;

/** Clients tell their version themselves: so many kinds of an adapter are told apart, or they could fill the memory. */
const maxClients = 20;

export function createMetrics(adapters: () => readonly AdapterState[]): Metrics {
  const meters = createMeters();
  const client = clientCounts(meters);
  const [command, delivery, commit] = [commandCount(meters), deliveryCount(meters), commitCount(meters)];
  const queue = meters.gauge('queueChats');
  watchAdapters(meters, adapters);
  return {
    registry: meters.registry,
    probed: probeCount(meters),
    stop: watchProcess(meters),
    observe(sighting) {
      switch (sighting.type) {
        case 'command':
          return command(sighting);
        case 'delivery':
          return delivery(sighting);
        case 'commit':
          return commit(sighting);
        case 'queue':
          return queue.set({ workspace: sighting.workspaceId }, sighting.chats);
        case 'written':
          // As many as deliveries, and with no time of their own.
          return undefined;
        default:
          return client(sighting);
      }
    },
  };
}

/** Connections, sessions and frames. */
function clientCounts(
  meters: Meters,
): Count<'connection-opened' | 'connection-closed' | 'session-opened' | 'session-ended' | 'frame'> {
  const [connections, sessions] = [meters.gauge('connections'), meters.gauge('sessions')];
  const [opened, ended] = [meters.counter('connectionsOpened'), meters.counter('sessionsEnded')];
  const [frames, units] = [meters.counter('frames'), meters.counter('frameUnits')];
  const kinds = new Map<string, Set<string>>();

  function kindOf(adapter: string, client: string): string {
    const known = kinds.get(adapter) ?? new Set();
    kinds.set(adapter, known);
    if (!known.has(client) && known.size >= maxClients - 1) return 'other';
    known.add(client);
    return client;
  }

  return (sighting) => {
    const adapter = sighting.space;
    switch (sighting.type) {
      case 'connection-opened':
        connections.inc({ adapter });
        return opened.inc({
          adapter,
          transport: sighting.transport,
          client: kindOf(adapter, (sighting.client ?? '').slice(0, 60)),
        });
      case 'connection-closed':
        return connections.dec({ adapter });
      case 'session-opened':
        return sessions.inc({ adapter, role: sighting.role });
      case 'session-ended':
        sessions.dec({ adapter, role: sighting.role });
        return ended.inc({ adapter, reason: sighting.reason ?? 'LEFT' });
      case 'frame':
        frames.inc({ adapter, way: sighting.way });
        return units.inc({ adapter, way: sighting.way }, sighting.data.length);
    }
  };
}

function commandCount(meters: Meters): Count<'command'> {
  const [commands, rejections] = [meters.counter('commands'), meters.counter('rejections')];
  const seconds = meters.histogram('commandSeconds');
  return ({ space: adapter, command, outcome, tookMs }) => {
    commands.inc({ adapter, command: command.type });
    seconds.observe({ adapter }, tookMs / 1000);
    if (!outcome.ok) rejections.inc({ adapter, code: outcome.rejection.code });
  };
}

function deliveryCount(meters: Meters): Count<'delivery'> {
  const [deliveries, replays] = [meters.counter('deliveries'), meters.counter('replays')];
  const seconds = meters.histogram('deliverySeconds');
  return ({ space: adapter, event, at, isReplay }) => {
    deliveries.inc({ adapter, event: event.type });
    if (isReplay) replays.inc({ adapter });
    else if ('at' in event) seconds.observe({ adapter }, Math.max(0, at - event.at) / 1000);
  };
}

function commitCount(meters: Meters): Count<'commit'> {
  const [seconds, changes] = [meters.histogram('commitSeconds'), meters.histogram('commitChanges')];
  const [events, failed] = [meters.counter('storedEvents'), meters.counter('failedChanges')];
  const waiting = meters.gauge('waitingCommands');
  return (sighting) => {
    seconds.observe(sighting.tookMs / 1000);
    changes.observe(sighting.requests);
    events.inc(sighting.events);
    failed.inc(sighting.failed);
    waiting.set(sighting.waiting);
  };
}

function probeCount(meters: Meters): Metrics['probed'] {
  const [up, lost] = [meters.gauge('probeUp'), meters.counter('probeLost')];
  const seconds = meters.histogram('probeSeconds');
  return (passages) => {
    for (const { from, to, tookMs } of passages) {
      up.set({ from, to }, tookMs === undefined ? 0 : 1);
      if (tookMs === undefined) lost.inc({ from, to });
      else seconds.observe({ from, to }, tookMs / 1000);
    }
  };
}

function watchAdapters(meters: Meters, adapters: () => readonly AdapterState[]): void {
  meters.asked('adapterUp', (gauge) => {
    for (const { name, problems } of adapters()) gauge.set({ adapter: name }, problems.length === 0 ? 1 : 0);
  });
  meters.asked('adapterWaiting', (gauge) => {
    for (const { name, waiting } of adapters()) gauge.set({ adapter: name }, waiting);
  });
  meters.asked('adapterLag', (gauge) => {
    for (const { name, lagMs } of adapters()) gauge.set({ adapter: name }, lagMs / 1000);
  });
  meters.asked('adapterCounts', (gauge) => {
    for (const { name, counts } of adapters()) {
      for (const [what, count] of Object.entries(counts)) gauge.set({ adapter: name, what }, count);
    }
  });
  meters.asked('adapterFigures', (gauge) => {
    for (const { name, figures } of adapters()) {
      for (const [what, figure] of Object.entries(figures)) gauge.set({ adapter: name, what }, figure);
    }
  });
}

/** How often it is looked how late the event loop is, ms. */
const loopMs = 20;

/** Counted here rather than by Node.js, whose histogram only says what it saw since somebody asked: there may be two. */
function watchLoop(meters: Meters): Cancel {
  const seconds = meters.histogram('eventLoopDelay');
  let dueAt = performance.now() + loopMs;
  const watch = setInterval(() => {
    const now = performance.now();
    seconds.observe(Math.max(0, now - dueAt) / 1000);
    dueAt = now + loopMs;
  }, loopMs);
  watch.unref();
  return () => clearInterval(watch);
}

function watchProcess(meters: Meters): Cancel {
  const cancel = watchLoop(meters);
  meters.asked('residentBytes', (gauge) => gauge.set(process.memoryUsage.rss()));
  meters.asked('heapBytes', (gauge) => gauge.set(process.memoryUsage().heapUsed));
  meters.asked('cpuSeconds', (gauge) => {
    const { user, system } = process.cpuUsage();
    gauge.set((user + system) / 1e6);
  });
  meters.gauge('startedAt').set(Math.round(Date.now() / 1000 - process.uptime()));
  return cancel;
}
