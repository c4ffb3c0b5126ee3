/** One thing at a time per key, in order of arrival: for commands that must wait for something before they are decided. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Whether nothing is waiting or running, of whatever key. */
  get isIdle(): boolean {
    return this.#last.size === 0;
  }

  /** Whether something of this key is still waiting or running. */
  isTaken(key: string): boolean {
    return this.#last.has(key);
  }

  async take<Result>(key: string, run: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const turn = before.then(run, run);
    this.#last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }
}
