import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@dragoman/core';
import type { Leg } from './legs.js';
import { meet, type Passage, type ProbedLeg } from './meeting.js';

export interface ProbeOptions {
  readonly legs: () => readonly Leg[];
  /** Between the ends of one round and the beginning of the next. */
  readonly everyMs: number;
  /** Words that take longer are lost. */
  readonly timeoutMs: number;
  readonly log: Log;
  /** Told of every passage of a round, when the round is over. */
  readonly told: (passages: readonly Passage[]) => void;
}

/** Lets customers and operators of all adapters talk now and then, and knows which legs are dark. */
export interface Probe {
  start(): void;
  /** One round now; resolves when it is known what came of it. */
  round(): Promise<void>;
  /** Why words do not pass through an adapter, by the last round; empty: they do, or nobody has looked yet. */
  problemsOf(name: string): readonly string[];
  /** Resolves when the round under way is given up. Twice is fine. */
  stop(): Promise<void>;
}

/** Until who is silent is asked once more, ms. */
const againMs = 1000;

const isProbed = (leg: Leg): leg is ProbedLeg => leg.copy !== undefined;

export function createProbe({ legs, everyMs, timeoutMs, log, told }: ProbeOptions): Probe {
  let problems: ReadonlyMap<string, readonly string[]> = new Map();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const stopping = new AbortController();

  /** Words that were lost are said once more before anybody is alarmed. */
  async function twice(desk: ProbedLeg, customers: readonly ProbedLeg[]): Promise<readonly Passage[]> {
    const first = await tried(desk, customers);
    if (stopping.signal.aborted || first.every(({ tookMs }) => tookMs !== undefined)) return first;
    return tried(desk, customers);
  }

  /** A meeting that cannot be held has lost all its words. */
  async function tried(desk: ProbedLeg, customers: readonly ProbedLeg[]): Promise<readonly Passage[]> {
    return meet(desk, customers, { timeoutMs, signal: stopping.signal }).catch((error: unknown) => {
      log.warn({ error: String(error), adapter: desk.name }, 'the probe could not meet');
      return lost(desk, customers);
    });
  }

  /** Who does not answer, and why; asked twice, since a connection may just be made anew. */
  async function silentOf(all: readonly Leg[]): Promise<ReadonlyMap<string, string>> {
    const first = await asked(all);
    if (first.size === 0 || stopping.signal.aborted) return first;
    await delay(againMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    return asked(all.filter(({ name }) => first.has(name)));
  }

  /** Those who are silent meet nobody: their words are lost. */
  async function look(): Promise<void> {
    const all = legs();
    const silent = await silentOf(all);
    const probed = all.filter(isProbed);
    const customers = probed.filter(({ copy }) => copy.sides.has('customer'));
    const passages: Passage[] = [];
    for (const desk of probed.filter(({ copy }) => copy.sides.has('operator'))) {
      if (stopping.signal.aborted) return;
      const present = customers.filter(({ name }) => !silent.has(name) && !silent.has(desk.name));
      if (present.length > 0) passages.push(...(await twice(desk, present)));
      passages.push(
        ...lost(
          desk,
          customers.filter((leg) => !present.includes(leg)),
        ),
      );
    }
    if (stopping.signal.aborted) return;
    told(passages);
    keep(new Map(all.map(({ name }) => [name, problemsIn(name, passages, silent)])));
  }

  function keep(found: ReadonlyMap<string, readonly string[]>): void {
    for (const [adapter, now] of found) {
      const before = problems.get(adapter) ?? [];
      if (before.length === 0 && now.length > 0) log.error({ adapter, problems: now }, 'a leg is dark');
      if (before.length > 0 && now.length === 0) log.info({ adapter }, 'a leg carries again');
    }
    problems = found;
  }

  function next(): void {
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => {
      running = look().catch((error: unknown) => log.error({ error: String(error) }, 'a round of the probe failed'));
      void running.then(next);
    }, everyMs);
  }

  return {
    start: next,
    round: look,
    problemsOf: (name) => problems.get(name) ?? [],
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

/** Why each of these does not answer on its wire. */
async function asked(legs: readonly Leg[]): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    legs.map(async (leg) => [leg.name, await leg.hello().catch((error: unknown) => String(error))] as const),
  );
  return new Map(found.flatMap(([name, problem]) => (problem === undefined ? [] : [[name, problem]])));
}

function lost(desk: Leg, customers: readonly Leg[]): readonly Passage[] {
  return customers.flatMap(({ name }) => [
    { from: name, to: desk.name, tookMs: undefined },
    { from: desk.name, to: name, tookMs: undefined },
  ]);
}

/** An adapter is to blame when it is silent itself, or when none of its words pass while it speaks. */
function problemsIn(
  name: string,
  passages: readonly Passage[],
  silent: ReadonlyMap<string, string>,
): readonly string[] {
  const own = silent.get(name);
  if (own !== undefined) return [`it does not answer on its wire: ${own}`];
  const mine = passages.filter(
    ({ from, to }) => (from === name || to === name) && !silent.has(from) && !silent.has(to),
  );
  const isDark = mine.length > 0 && mine.every(({ tookMs }) => tookMs === undefined);
  return isDark ? ['words of the probe do not pass through it'] : [];
}
