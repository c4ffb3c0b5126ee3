/** What is known of one metric before anything is measured. */
export interface MetricFacts {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
}

/** From well within one turn of the event loop to a client's patience, s. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

interface Of<Kind extends MetricFacts['kind']> extends MetricFacts {
  readonly kind: Kind;
}

const counter = (name: string, labels: readonly string[], help: string): Of<'counter'> => ({
  kind: 'counter',
  name: `dragoman_${name}_total`,
  labels,
  help,
});

const gauge = (name: string, labels: readonly string[], help: string): Of<'gauge'> => ({
  kind: 'gauge',
  name: `dragoman_${name}`,
  labels,
  help,
});

const histogram = (
  name: string,
  labels: readonly string[],
  { help, buckets = seconds }: { readonly help: string; readonly buckets?: readonly number[] },
): Of<'histogram'> => ({ kind: 'histogram', name: `dragoman_${name}`, labels, help, buckets });

/** Every metric there is. `adapter` is an adapter's name: its space, by default its dialect. */
export const metricList = {
  connections: gauge('connections', ['adapter'], 'Connections of clients that are open.'),
  connectionsOpened: counter(
    'connections_opened',
    ['adapter', 'transport', 'client'],
    'Connections opened, by what the wire tells of the client; the twentieth kind and those after it count as other.',
  ),
  sessions: gauge('sessions', ['adapter', 'role'], 'Sessions that are open: people, and what adapters hear with.'),
  sessionsEnded: counter('sessions_ended', ['adapter', 'reason'], 'Sessions ended; LEFT where the client went.'),
  commands: counter('commands', ['adapter', 'command'], 'Commands answered, refused ones among them.'),
  rejections: counter('rejections', ['adapter', 'code'], 'Commands refused, by the code of docs/errors.md.'),
  commandSeconds: histogram('command_seconds', ['adapter'], {
    help: 'From a command to its answer: decided, durable and delivered.',
  }),
  deliveries: counter('deliveries', ['adapter', 'event'], 'Events handed to sessions.'),
  replays: counter('replays', ['adapter'], 'Deliveries of what a session had missed, among all deliveries.'),
  deliverySeconds: histogram('delivery_seconds', ['adapter'], {
    help: 'From the decision on an event to its delivery, without replays.',
  }),
  frames: counter('frames', ['adapter', 'way'], 'Frames of the wire, in and out.'),
  frameUnits: counter(
    'frame_units',
    ['adapter', 'way'],
    'Their size: characters of text frames, bytes of binary ones.',
  ),
  queueChats: gauge('queue_chats', ['workspace'], 'Chats that wait for an operator.'),
  commitSeconds: histogram('store_commit_seconds', [], { help: 'One batch on its way to the disk.' }),
  commitChanges: histogram('store_batch_changes', [], {
    help: 'Changes in one batch.',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 512],
  }),
  storedEvents: counter('store_events', [], 'Facts made durable.'),
  failedChanges: counter('store_failed_changes', [], 'Changes the store did not take; most are decided anew.'),
  waitingCommands: gauge('store_waiting_commands', [], 'Commands that gathered during the last batch.'),
  adapterUp: gauge('adapter_up', ['adapter'], '1 when the adapter can do its work, 0 when it names a problem.'),
  adapterWaiting: gauge('adapter_waiting', ['adapter'], 'Events the adapter has still to pass on to its peer.'),
  adapterLag: gauge('adapter_lag_seconds', ['adapter'], 'How long the oldest of them has waited.'),
  adapterCounts: gauge(
    'adapter_counts',
    ['adapter', 'what'],
    'What the adapter counts by itself, since its start; the page of its dialect says what. Only ever grows.',
  ),
  adapterFigures: gauge(
    'adapter_figures',
    ['adapter', 'what'],
    'What the adapter has under way now; the page of its dialect says what.',
  ),
  probeUp: gauge(
    'probe_up',
    ['from', 'to'],
    '1 when the last words of the probe got from one adapter to another, a customer and an operator of theirs talking.',
  ),
  probeSeconds: histogram('probe_seconds', ['from', 'to'], { help: 'How long they took.' }),
  probeLost: counter('probe_lost', ['from', 'to'], 'Words of the probe that did not arrive in time.'),
  eventLoopDelay: histogram('event_loop_delay_seconds', [], {
    help: 'How much later than due the event loop got to a timer of 20 ms.',
  }),
  residentBytes: gauge('process_resident_bytes', [], 'Memory of the process.'),
  heapBytes: gauge('process_heap_bytes', [], 'Memory that JavaScript values take.'),
  cpuSeconds: gauge('process_cpu_seconds', [], 'Processor time the process has taken; only ever grows.'),
  startedAt: gauge('process_start_time_seconds', [], 'When the process began, seconds since epoch.'),
} as const satisfies Readonly<Record<string, MetricFacts>>;

/** The names here of all metrics of one kind. */
export type MetricKey<Kind extends MetricFacts['kind']> = {
  [Key in keyof typeof metricList]: (typeof metricList)[Key] extends Of<Kind> ? Key : never;
}[keyof typeof metricList];
