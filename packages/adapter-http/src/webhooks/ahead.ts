import type { Cancel, Core, Session } from '@dragoman/core';

/** How far an outbox has come. */
export interface Progress {
  /** Everything up to it is done. */
  readonly place: number;
  /** Everything up to it is done, but what is open. */
  readonly accepted: number;
  readonly open: ReadonlySet<number>;
}

/** While one event holds up the place, what was done behind it is noted this often, ms. */
const everyMs = 1_000;

/**
 * Remembers over a restart what was done ahead of the kept place, so that one event nobody takes does not make the others
 * come twice. Nothing is noted while the place keeps moving: then a crash repeats at most a second's events.
 */
export class Ahead {
  readonly #key: string;
  readonly #session: Session;
  readonly #core: Core;
  readonly #upTo: number;
  readonly #open: ReadonlySet<number>;
  /** `accepted` and how many were open. */
  #noted: readonly [number, number] = [0, 0];
  #now: Progress | undefined;
  #cancel: Cancel | undefined;

  private constructor(key: string, ports: { session: Session; core: Core }, kept: { upTo: number; open: number[] }) {
    this.#key = key;
    this.#session = ports.session;
    this.#core = ports.core;
    this.#upTo = kept.upTo;
    this.#open = new Set(kept.open);
  }

  static async load(name: string, session: Session, core: Core): Promise<Ahead> {
    const key = `${name}/ahead`;
    const kept = (await session.notes()).get(key);
    return new Ahead(key, { session, core }, isKept(kept) ? kept : { upTo: 0, open: [] });
  }

  /** Whether it was done before the restart. */
  isDone(number: number): boolean {
    return number <= this.#upTo && !this.#open.has(number);
  }

  moved(progress: Progress): void {
    this.#now = progress;
    if (progress.open.size > 0) this.#cancel ??= this.#core.clock.after(everyMs, () => this.#look(progress.place));
  }

  stop(): void {
    this.#cancel?.();
  }

  #look(placeThen: number): void {
    this.#cancel = undefined;
    const now = this.#now;
    if (now === undefined) return;
    const [accepted, open] = this.#noted;
    const isNews = now.accepted !== accepted || now.open.size !== open;
    if (now.place === placeThen && isNews) this.#note(now);
    if (now.open.size > 0) this.#cancel = this.#core.clock.after(everyMs, () => this.#look(now.place));
  }

  #note(now: Progress): void {
    this.#noted = [now.accepted, now.open.size];
    this.#session.note(this.#key, { upTo: now.accepted, open: [...now.open] }).catch((error: unknown) => {
      this.#noted = [0, 0];
      this.#core.log.warn({ error, note: this.#key }, 'what was done ahead is not noted: some may be told twice');
    });
  }
}

function isKept(value: unknown): value is { upTo: number; open: number[] } {
  return typeof value === 'object' && value !== null && 'upTo' in value && 'open' in value && Array.isArray(value.open);
}
