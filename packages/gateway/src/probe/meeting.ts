import { createCore, silentLog, type Adapter } from '@dragoman/core';
import type { Leg, LegCopy } from './legs.js';
import type { Participant } from './participant.js';

/** How long words took from one adapter to another, ms; undefined: they did not arrive in time. */
export interface Passage {
  readonly from: string;
  readonly to: string;
  readonly tookMs: number | undefined;
}

/** A leg that has a copy. */
export type ProbedLeg = Leg & { readonly copy: LegCopy };

/** The workspace in which the copies meet. */
export const probeWorkspace = 'probe';

/** Words on their way: settled once. */
class Words {
  readonly arrived: Promise<number | undefined>;
  #settle: (tookMs: number | undefined) => void = () => undefined;
  #saidAt: number | undefined;

  constructor(timeoutMs: number) {
    this.arrived = new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), timeoutMs);
      this.#settle = (tookMs) => {
        clearTimeout(timer);
        resolve(tookMs);
      };
    });
  }

  say(): void {
    this.#saidAt ??= performance.now();
  }

  /** Nothing happens when they were never said. */
  hear(): void {
    if (this.#saidAt !== undefined) this.#settle(performance.now() - this.#saidAt);
  }

  lose(): void {
    this.#settle(undefined);
  }
}

/**
 * Customers of all these legs say something to an operator of one, and he answers each, all on their wires. They are
 * alone in a core of their own, in memory, so that nothing of it is ever stored, counted, routed or shown to anybody.
 */
export async function meet(
  desk: ProbedLeg,
  customers: readonly ProbedLeg[],
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<readonly Passage[]> {
  const core = await createCore({ workspaces: [{ id: probeWorkspace }], log: silentLog });
  const adapters: Adapter[] = [];
  const present: Participant[] = [];
  const talks = new Map(
    customers.map((leg) => [`probe ${leg.name}`, { leg, there: new Words(timeoutMs), back: new Words(timeoutMs) }]),
  );
  const giveUp = (): void => talks.forEach(lose);
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    for (const leg of new Set([desk, ...customers])) {
      const adapter = leg.copy.adapter();
      adapters.push(adapter);
      await adapter.start(core);
    }
    const opened = seatAll(desk, talks, present);
    opened.catch(giveUp);
    return await passages(desk, [...talks.values()]);
  } finally {
    signal?.removeEventListener('abort', giveUp);
    for (const participant of present) participant.close();
    for (const adapter of adapters) await adapter.stop();
    await core.stop();
  }
}

interface Talk {
  readonly leg: ProbedLeg;
  readonly there: Words;
  readonly back: Words;
}

async function seatAll(desk: ProbedLeg, talks: ReadonlyMap<string, Talk>, present: Participant[]): Promise<void> {
  const { operator } = desk.copy.sides;
  if (operator === undefined) throw new TypeError(`${desk.name} has no operators`);
  present.push(
    await operator(desk.copy.place, (text, answer) => {
      const talk = talks.get(text);
      talk?.there.hear();
      talk?.back.say();
      if (talk !== undefined) answer(`answer to ${talk.leg.name}`).catch(() => talk.back.lose());
    }),
  );
  await Promise.all([...talks].map(([text, talk]) => seat(text, talk, present).catch(() => lose(talk))));
}

async function seat(text: string, { leg, there, back }: Talk, present: Participant[]): Promise<void> {
  const { customer } = leg.copy.sides;
  const participant = await customer(leg.copy.place, (heard) => {
    if (heard === `answer to ${leg.name}`) back.hear();
  });
  present.push(participant);
  there.say();
  await participant.say(text);
}

function lose({ there, back }: Talk): void {
  there.lose();
  back.lose();
}

async function passages(desk: ProbedLeg, talks: readonly Talk[]): Promise<readonly Passage[]> {
  const found = await Promise.all(
    talks.map(async ({ leg, there, back }) => [
      { from: leg.name, to: desk.name, tookMs: await there.arrived },
      { from: desk.name, to: leg.name, tookMs: await back.arrived },
    ]),
  );
  return found.flat();
}
