/** Work of one key strictly one after the other, of different keys side by side. */
export class Lanes {
  readonly #tails = new Map<string, Promise<void>>();

  get size(): number {
    return this.#tails.size;
  }

  /** `work` must not reject. */
  run(key: string, work: () => Promise<void>): void {
    const before = this.#tails.get(key);
    const tail = (before === undefined ? work() : before.then(work)).finally(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    this.#tails.set(key, tail);
  }

  /** Resolves when nothing runs that ran when it was asked. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values());
  }
}
