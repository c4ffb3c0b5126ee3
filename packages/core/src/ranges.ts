/** A set of whole numbers as ordered, disjoint, non-adjacent intervals, both ends included. */
export type Ranges = readonly (readonly [from: number, to: number])[];

export function rangesInclude(ranges: Ranges, n: number): boolean {
  return ranges.some(([from, to]) => n >= from && n <= to);
}

/** The union of two sets. */
export function rangesUnion(a: Ranges, b: Ranges): Ranges {
  const merged: [number, number][] = [];
  for (const [from, to] of [...a, ...b].sort((x, y) => x[0] - y[0])) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** What is in `a` and not in `b`. */
export function rangesMinus(a: Ranges, b: Ranges): Ranges {
  const left: [number, number][] = [];
  for (const [from, to] of a) {
    let start = from;
    for (const [cutFrom, cutTo] of b) {
      if (cutTo < start || cutFrom > to) continue;
      if (cutFrom > start) left.push([start, cutFrom - 1]);
      start = cutTo + 1;
    }
    if (start <= to) left.push([start, to]);
  }
  return left;
}

/** The smallest set that holds these numbers. */
export function rangesOf(numbers: Iterable<number>): Ranges {
  return rangesUnion(
    [...numbers].map((n) => [n, n] as const),
    [],
  );
}

export function rangesCount(ranges: Ranges): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}
