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
      return customers.flatMap(({ name }) => [
        { from: name, to: desk.name, tookMs: undefined },
        { from: desk.name, to: name, tookMs: undefined },
      ]);
    });
  }

  async function look(): Promise<void> {
    const [all, silent] = [legs(), new Map<string, string>()];
    for (const leg of all) {
      const problem = await leg.hello().catch((error: unknown) => String(error));
      if (problem !== undefined) silent.set(leg.name, problem);
    }
    const probed = all.filter(isProbed);
    const passages: Passage[] = [];
    for (const desk of probed.filter(({ copy }) => copy.sides.operator !== undefined)) {
      if (stopping.signal.aborted) return;
      passages.push(...(await twice(desk, probed)));
    }
    if (stopping.signal.aborted) return;
    const seen = passages.map((passage) => darkened(passage, silent));
    told(seen);
    keep(new Map(all.map(({ name }) => [name, problemsIn(name, seen, silent)])));
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

/** What passes through the copy of an adapter says nothing when the real one is silent. */
function darkened(passage: Passage, silent: ReadonlyMap<string, string>): Passage {
  return silent.has(passage.from) || silent.has(passage.to) ? { ...passage, tookMs: undefined } : passage;
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
