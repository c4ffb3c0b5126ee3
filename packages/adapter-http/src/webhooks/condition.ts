import type { Clock } from '@dragoman/core';
import { delayMs, type Patience } from './patience.js';

/** Why an endpoint is sent nothing: it fails, it said that it is gone for good, too much was set aside, or somebody wished it. */
export const pauseCauses = ['failing', 'gone', 'full', 'asked'] as const;
export type PauseCause = (typeof pauseCauses)[number];

/** How an endpoint fares. */
export interface Condition {
  /** Null: it is sent what there is. */
  readonly paused: { readonly cause: PauseCause; readonly sinceAt: number } | null;
  /** Failures since the last success. */
  readonly failures: number;
  /** Until when nothing is sent, by the monotonic clock: the other one may be set back, and a wait would be a day. */
  readonly restsUntilMs: number;
}

/** A point in time by both clocks, ms. */
export interface Moment {
  /** Since epoch: what people are shown. */
  readonly at: number;
  readonly monotonicMs: number;
}

/** Now, by both clocks. */
export const momentOf = (clock: Clock): Moment => ({ at: clock.now(), monotonicMs: clock.monotonic() });

/** Of an endpoint that nothing was ever wrong with. */
export const well: Condition = { paused: null, failures: 0, restsUntilMs: 0 };

/** What an endpoint did with an attempt. */
export type Attempt =
  | { readonly type: 'taken' }
  /** `afterMs`: it asks to be left alone for so long. `chance` is in [0, 1). */
  | { readonly type: 'failed'; readonly afterMs: number | null; readonly chance: number }
  /** The endpoint wants nothing more. [STDWH 410] */
  | { readonly type: 'gone' };

/** The condition after an attempt that ended at `now`. */
export function after(condition: Condition, attempt: Attempt, now: Moment, patience: Patience): Condition {
  switch (attempt.type) {
    case 'taken':
      return condition.paused?.cause === 'failing' ? well : { ...condition, failures: 0 };
    case 'gone':
      return paused(condition, 'gone', now.at);
    case 'failed':
      return failed(condition, attempt, now, patience);
  }
}

/** Paused for a cause that stands until somebody resumes it, or for `failing`; the first cause stands. */
export function paused(condition: Condition, cause: PauseCause, at: number): Condition {
  if (condition.paused !== null && condition.paused.cause !== 'failing') return condition;
  const sinceAt = condition.paused?.sinceAt ?? at;
  return { ...condition, paused: { cause, sinceAt } };
}

function failed(
  condition: Condition,
  { afterMs, chance }: Extract<Attempt, { type: 'failed' }>,
  { at, monotonicMs: now }: Moment,
  patience: Patience,
): Condition {
  // Others that were under way when it was paused say nothing new.
  if (condition.paused !== null && now < condition.restsUntilMs) return condition;
  const failures = condition.failures + 1;
  const asked = afterMs === null ? 0 : Math.min(afterMs, patience.mostMs);
  // What was under way when it asked to be left alone takes nothing back.
  const restsUntilMs = Math.max(condition.restsUntilMs, asked === 0 ? 0 : now + asked);
  if (failures < patience.pauseAfter) return { ...condition, failures, restsUntilMs };
  const waitMs = Math.max(asked, delayMs(patience, failures - patience.pauseAfter + 1, chance));
  return {
    ...paused(condition, 'failing', at),
    failures,
    restsUntilMs: Math.max(condition.restsUntilMs, now + waitMs),
  };
}

/** How many may be under way: all while it is well, one to probe an endpoint that fails, none while it is paused otherwise. */
export function widthOf({ paused: pause, restsUntilMs }: Condition, parallel: number, monotonicMs: number): number {
  if (pause !== null && pause.cause !== 'failing') return 0;
  if (monotonicMs < restsUntilMs) return 0;
  return pause === null ? parallel : 1;
}
