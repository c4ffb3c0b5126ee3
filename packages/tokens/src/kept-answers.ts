import type { Clock, Verified } from '@dragoman/core';

/** Answers kept for a while. */
export interface KeptAnswers {
  get(digest: string): Verified | undefined;
  /** For so long, ms, by the monotonic clock: one that is set back would keep a token that was revoked. */
  keep(digest: string, answer: Verified, forMs: number): void;
}

/** One more than `max` drops the one that was used least lately. */
export function createKeptAnswers(max: number, clock: Clock): KeptAnswers {
  const kept = new Map<string, { readonly answer: Verified; readonly until: number }>();
  return {
    get(digest) {
      const found = kept.get(digest);
      if (found === undefined) return undefined;
      kept.delete(digest);
      if (found.until <= clock.monotonic()) return undefined;
      kept.set(digest, found);
      return found.answer;
    },
    keep(digest, answer, forMs) {
      kept.set(digest, { answer, until: clock.monotonic() + forMs });
      const [oldest] = kept.keys();
      if (kept.size > max && oldest !== undefined) kept.delete(oldest);
    },
  };
}
