type Work = () => Promise<void>;

interface Lane {
  readonly waiting: Work[];
  over: Promise<void>;
}

/** Work of one key strictly one after the other, of different keys side by side. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  get size(): number {
    return this.#lanes.size;
  }

  /** `work` must not reject. */
  run(key: string, work: Work): void {
    const busy = this.#lanes.get(key);
    if (busy !== undefined) {
      busy.waiting.push(work);
      return;
    }
    const lane: Lane = { waiting: [], over: Promise.resolve() };
    this.#lanes.set(key, lane);
    lane.over = this.#empty(key, lane, work);
  }

  /** Resolves when the lanes that were in use when it was asked are empty. */
  async idle(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map(({ over }) => over));
  }

  async #empty(key: string, { waiting }: Lane, first: Work): Promise<void> {
    for (let work: Work | undefined = first; work !== undefined; work = waiting.shift()) await work();
    this.#lanes.delete(key);
  }
}
