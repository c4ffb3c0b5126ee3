/** How much somebody may do: so many a second on average, so many at once. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** Answers whether one more, or so many, are allowed now, and counts them if so. */
export type Allowance = (nowMs: number, count?: number) => boolean;

/** A token bucket that starts full. */
export function createAllowance(limit: RateLimit): Allowance {
  let tokens = limit.burst;
  let filledAt: number | undefined;
  return (nowMs, count = 1) => {
    const elapsedMs = nowMs - (filledAt ?? nowMs);
    filledAt = nowMs;
    tokens = Math.min(limit.burst, tokens + (elapsedMs * limit.perSecond) / 1000);
    if (tokens < count) return false;
    tokens -= count;
    return true;
  };
}

/** One allowance for all connections of a person; forgotten with the last of them. */
export interface SharedAllowances {
  enter(who: string): { readonly allow: Allowance; leave(): void };
}

export function createSharedAllowances(limit: RateLimit): SharedAllowances {
  const shared = new Map<string, { readonly allow: Allowance; holders: number }>();
  return {
    enter(who) {
      const entry = shared.get(who) ?? { allow: createAllowance(limit), holders: 0 };
      entry.holders += 1;
      shared.set(who, entry);
      return {
        allow: entry.allow,
        leave() {
          entry.holders -= 1;
          if (entry.holders === 0) shared.delete(who);
        },
      };
    },
  };
}

/** One allowance for each key, whoever comes with it: for keys that anybody can make up. */
export type KeyedAllowances = (key: string, nowMs: number) => boolean;

/** Of more keys than `maxKeys` those idle longest are forgotten, and start anew. */
export function createKeyedAllowances(limit: RateLimit, maxKeys: number): KeyedAllowances {
  const known = new Map<string, Allowance>();
  return (key, nowMs) => {
    const allow = known.get(key) ?? createAllowance(limit);
    known.delete(key);
    known.set(key, allow);
    const [idlest] = known.keys();
    if (known.size > maxKeys && idlest !== undefined) known.delete(idlest);
    return allow(nowMs);
  };
}
