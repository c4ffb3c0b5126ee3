type Work = () => void | Promise<void>;

interface Lane {
  readonly key: string;
  readonly waiting: Work[];
  /** Who wants to know when it is empty. */
  over?: (() => void)[];
}

/**
 * Work of one key strictly one after the other, of different keys side by side. Where these are bounded, everybody else in
 * the process has his turn after as many pieces of work: a queue that was full brings hundreds at once, and what they lead
 * to goes out meanwhile.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  /** Lanes whose work waits until another lane has ended a piece of its own. */
  readonly #ready: Lane[] = [];
  readonly #atOnce: number;
  #free: number;
  /** Pieces since others had their turn. */
  #begun = 0;
  #turnOfOthers: Promise<void> | undefined;

  /** `atOnce`: lanes that work side by side, at most; what is begun together is also kept in memory together. */
  constructor(atOnce = Infinity) {
    this.#atOnce = atOnce;
    this.#free = atOnce;
  }

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
    const lane: Lane = { key, waiting: [work] };
    this.#lanes.set(key, lane);
    if (this.#free === 0) {
      this.#ready.push(lane);
      return;
    }
    this.#free -= 1;
    void this.#work(lane);
  }

  /** Resolves when the lanes that were in use when it was asked are empty. */
  async idle(): Promise<void> {
    await Promise.all(
      [...this.#lanes.values()].map((lane) => new Promise<void>((resolve) => (lane.over ??= []).push(resolve))),
    );
  }

  async #work(first: Lane): Promise<void> {
    for (let lane: Lane | undefined = first; lane !== undefined; lane = this.#after(lane)) {
      if (this.#begun >= this.#atOnce) await (this.#turnOfOthers ??= this.#othersFirst());
      this.#begun += 1;
      await lane.waiting.shift()?.();
    }
    this.#free += 1;
  }

  #othersFirst(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#begun = 0;
        this.#turnOfOthers = undefined;
        resolve();
      });
    });
  }

  /** The lane whose turn it is after this one's. */
  #after(lane: Lane): Lane | undefined {
    if (lane.waiting.length > 0) {
      this.#ready.push(lane);
    } else {
      this.#lanes.delete(lane.key);
      for (const tell of lane.over ?? []) tell();
    }
    return this.#ready.shift();
  }
}
