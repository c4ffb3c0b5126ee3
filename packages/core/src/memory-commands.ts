/** How many old commands are looked at for each new one. */
const sweptPerCommand = 2;

interface Held {
  readonly digest: string;
  /** Where its events lie in the lane: so many after this position. */
  readonly afterPosition: number;
  readonly count: number;
  readonly expiresAt: number;
}

/** The remembered commands of one workspace; those whose time is over are dropped bit by bit. */
export class MemoryCommands {
  readonly #held = new Map<string, Held>();
  /** Goes round and round; begun anew for each command it would walk over all that was dropped in front. */
  #round = this.#held.entries();

  find(commandId: string, now: number): Held | undefined {
    const held = this.#held.get(commandId);
    return held === undefined || held.expiresAt <= now ? undefined : held;
  }

  forget(commandId: string): void {
    this.#held.delete(commandId);
  }

  keep(commandId: string, command: Held, now: number): void {
    this.#held.set(commandId, command);
    for (let n = 0; n < sweptPerCommand; n += 1) this.#sweep(now);
  }

  /** Looks at the next one, and drops it if its time is over. */
  #sweep(now: number): void {
    const next = this.#round.next();
    if (next.done === true) this.#round = this.#held.entries();
    else if (next.value[1].expiresAt <= now) this.#held.delete(next.value[0]);
  }
}
