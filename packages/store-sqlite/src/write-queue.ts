import { StoreError } from '@dragoman/core';
import type { Verdict, WriteText } from './calls.js';
import type { WorkerLink } from './worker-link.js';

/** Limits of one transaction. */
const batchWrites = 512;
const batchUnits = 1_048_576;

export interface QueueLimits {
  /** Writes that are neither durable nor refused yet. */
  readonly maxWaiting: number;
  /** Their size together. */
  readonly maxWaitingBytes: number;
}

interface Waiting {
  readonly write: WriteText;
  readonly units: number;
  readonly settle: (verdict: Verdict) => void;
  readonly fail: (error: StoreError) => void;
}

/** Figures of the last transaction. */
export interface LastBatch {
  readonly writes: number;
  /** From handing it to the worker to hearing that it is on the disk, ms. */
  readonly commitMs: number;
}

/**
 * Group commit: while one transaction is being flushed everything that comes waits, and all of it is the next one. What
 * comes when nothing is under way goes at the end of the running turn.
 */
export class WriteQueue {
  readonly #link: WorkerLink;
  readonly #limits: QueueLimits;
  readonly #now: () => number;
  readonly #monotonic: () => number;
  #waiting: Waiting[] = [];
  #unsettled = 0;
  #units = 0;
  #isBusy = false;
  #idle: (() => void)[] = [];
  #last: LastBatch = { writes: 0, commitMs: 0 };
  #problem: string | undefined;

  constructor(link: WorkerLink, limits: QueueLimits, clock: { now(): number; monotonic(): number }) {
    this.#link = link;
    this.#limits = limits;
    this.#now = () => clock.now();
    this.#monotonic = () => clock.monotonic();
  }

  get waiting(): number {
    return this.#unsettled;
  }

  get last(): LastBatch {
    return this.#last;
  }

  /** What the last transaction failed with; undefined when it did not. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Resolves when it is on the disk or refused; rejects with Overloaded, Unavailable or OutcomeUnknown. */
  add(write: WriteText, units: number): Promise<Verdict> {
    const { maxWaiting, maxWaitingBytes } = this.#limits;
    const isFull = this.#unsettled >= maxWaiting || (this.#unsettled > 0 && this.#units + units > maxWaitingBytes);
    if (isFull) return Promise.reject(new StoreError('Overloaded', `${this.#unsettled} writes wait`));
    return new Promise((settle, fail) => {
      this.#waiting.push({ write, units, settle, fail });
      this.#unsettled += 1;
      this.#units += units;
      if (this.#isBusy) return;
      this.#isBusy = true;
      queueMicrotask(() => void this.#drain());
    });
  }

  /** Resolves when nothing waits. */
  async drained(): Promise<void> {
    if (this.#isBusy) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) await this.#commit(this.#nextBatch());
    this.#isBusy = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #nextBatch(): readonly Waiting[] {
    let count = 0;
    let units = 0;
    for (const waiting of this.#waiting) {
      units += waiting.units;
      if (count === batchWrites || (count > 0 && units > batchUnits)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const startedAt = this.#monotonic();
    const writes = batch.map(({ write }) => write);
    try {
      const verdicts = await this.#link.ask('commit', { writes, now: this.#now() });
      this.#problem = undefined;
      for (const [index, { settle }] of batch.entries()) settle(verdicts[index] ?? 0);
    } catch (error) {
      const failure = error instanceof StoreError ? error : new StoreError('Unavailable', String(error));
      this.#problem = failure.message;
      for (const { fail } of batch) fail(failure);
    }
    this.#last = { writes: batch.length, commitMs: this.#monotonic() - startedAt };
    this.#unsettled -= batch.length;
    for (const { units } of batch) this.#units -= units;
  }
}
