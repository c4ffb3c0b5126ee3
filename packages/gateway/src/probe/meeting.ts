import { createCore, silentLog, type Adapter, type RunningCore } from '@dragoman/core';
import type { Leg, LegCopy, OpenCopy, Side } from './legs.js';
import type { Hear, Participant } from './participant.js';

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

/** What was opened for a meeting; what comes when it is over is closed at once. */
class Room {
  readonly #core: RunningCore;
  readonly #adapters: Adapter[] = [];
  readonly #present: Participant[] = [];
  #isOver = false;

  constructor(core: RunningCore) {
    this.#core = core;
  }

  async open({ copy }: ProbedLeg): Promise<OpenCopy> {
    if (this.#isOver) throw new TypeError('the meeting is over');
    const open = copy.open();
    this.#adapters.push(open.adapter);
    await open.adapter.start(this.#core);
    return open;
  }

  async enter(open: OpenCopy, side: Side, hear: Hear): Promise<Participant> {
    const participant = await open.enter(side, hear);
    if (this.#isOver) participant.close();
    else this.#present.push(participant);
    return participant;
  }

  async close(): Promise<void> {
    this.#isOver = true;
    for (const participant of this.#present) participant.close();
    for (const adapter of this.#adapters) await adapter.stop();
    await this.#core.stop();
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
  const { delegations = [] } = desk.copy;
  const room = new Room(await createCore({ workspaces: [{ id: probeWorkspace, delegations }], log: silentLog }));
  const talks = new Map(
    customers.map((leg) => [`probe ${leg.name}`, { leg, there: new Words(timeoutMs), back: new Words(timeoutMs) }]),
  );
  const giveUp = (): void => talks.forEach(lose);
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    seatAll(desk, talks, room).catch(giveUp);
    return await passages(desk, [...talks.values()]);
  } finally {
    signal?.removeEventListener('abort', giveUp);
    await room.close();
  }
}

interface Talk {
  readonly leg: ProbedLeg;
  readonly there: Words;
  readonly back: Words;
}

async function seatAll(desk: ProbedLeg, talks: ReadonlyMap<string, Talk>, room: Room): Promise<void> {
  const copies = new Map<ProbedLeg, OpenCopy>();
  const open = async (leg: ProbedLeg): Promise<OpenCopy> => {
    const copy = copies.get(leg) ?? (await room.open(leg));
    copies.set(leg, copy);
    return copy;
  };
  const ofDesk = await open(desk);
  for (const { leg } of talks.values()) await open(leg);
  await room.enter(ofDesk, 'operator', (text, answer) => {
    const talk = talks.get(text);
    talk?.there.hear();
    talk?.back.say();
    if (talk !== undefined) answer(`answer to ${talk.leg.name}`).catch(() => talk.back.lose());
  });
  const seats = [...talks].map(async ([text, talk]) => seat(text, talk, { room, copy: await open(talk.leg) }));
  await Promise.all(seats);
}

async function seat(
  text: string,
  talk: Talk,
  { room, copy }: { readonly room: Room; readonly copy: OpenCopy },
): Promise<void> {
  try {
    const participant = await room.enter(copy, 'customer', (heard) => {
      if (heard === `answer to ${talk.leg.name}`) talk.back.hear();
    });
    talk.there.say();
    await participant.say(text);
  } catch {
    lose(talk);
  }
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
