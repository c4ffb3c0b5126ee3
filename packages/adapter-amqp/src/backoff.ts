/** How long to wait between two attempts, ms. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Full jitter: anything up to a bound that doubles with every attempt (0 is the first). */
export function backoffMs({ firstMs, mostMs }: Backoff, attempt: number, chance: number): number {
  return Math.round(chance * Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 30)));
}
