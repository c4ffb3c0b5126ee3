interface Effect {
  readonly session: string;
  readonly digest: string;
  readonly at: number;
}

/** Effects remembered at most, and for how long, ms: where in doubt a message comes twice rather than not at all. */
const bounds = { effects: 1_024, ms: 300_000 } as const;

/** Messages without a name whose acknowledgement may not have reached the broker: only they can come twice. */
export class Repeats {
  #effects: Effect[] = [];

  /** It has had its effect. */
  add(session: string, digest: string, at: number): void {
    this.#effects.push({ session, digest, at });
    if (this.#effects.length > bounds.effects) this.#effects.shift();
  }

  /** Takes one such effect out; true when there was one. */
  take(session: string, digest: string, now: number): boolean {
    const at = this.#effects.findIndex((effect) => effect.session === session && effect.digest === digest);
    const [found] = at < 0 ? [] : this.#effects.splice(at, 1);
    return found !== undefined && now - found.at <= bounds.ms;
  }
}
