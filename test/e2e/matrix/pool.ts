/** Begins `work` on each item in order, so many at a time; one promise for each. */
export function inTurn<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): readonly Promise<Result>[] {
  const lanes = Array.from({ length: atOnce }, () => Promise.resolve());
  return items.map((item, index) => {
    const lane = index % atOnce;
    const result = (lanes[lane] ?? Promise.resolve()).then(() => work(item));
    lanes[lane] = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  });
}

/** Rejects after `ms`, saying what was not done by then. */
export async function within<Result>(ms: number, what: string, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not done after ${ms / 1000} s`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
