/** When a failed attempt is repeated, and when no more. Times in ms. */
export interface Patience {
  /** Before the second attempt, about. Default 1 000. */
  readonly firstMs: number;
  /** Between later attempts, at most. Default 60 000. */
  readonly mostMs: number;
  /** Attempts for one event while the endpoint takes others. Default 8. */
  readonly attempts: number;
  /** Failures one after the other that pause an endpoint. Default 5. */
  readonly pauseAfter: number;
  /** An event this old that a paused endpoint refuses again is set aside, so that the others get their turn. Default 72 h. */
  readonly giveUpMs: number;
}

export const defaultPatience: Patience = {
  firstMs: 1_000,
  mostMs: 60_000,
  attempts: 8,
  pauseAfter: 5,
  giveUpMs: 72 * 3_600_000,
};

/**
 * How long to wait after so many failures: doubled each time, and between half and all of it by chance, so that endpoints
 * that failed together do not come back together. `chance` is in [0, 1).
 */
export function delayMs({ firstMs, mostMs }: Patience, failures: number, chance: number): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full / 2 + (full / 2) * chance);
}

/** What may become of an event whose attempt failed. */
export interface Trial {
  /** Attempts that were counted, this one among them: those a paused endpoint failed are not the event's fault. */
  readonly attempts: number;
  readonly isPaused: boolean;
  /** How old the event is. */
  readonly ageMs: number;
}

/** Whether an event is set aside after a failure. */
export function isGivenUp({ attempts, giveUpMs }: Patience, trial: Trial): boolean {
  return trial.attempts >= attempts || (trial.isPaused && trial.ageMs >= giveUpMs);
}
