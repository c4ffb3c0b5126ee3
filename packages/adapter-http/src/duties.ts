import type { Cancel, Core, Deliver, Session } from '@dragoman/core';
import { identityOf } from './actors.js';
import type { HttpOptions } from './options.js';

/** An operator of a backend, as it is put on duty. */
export interface Duty {
  readonly id: string;
  readonly name: string;
  /** `auto`: the queue gives him chats; `claim`: he takes them. */
  readonly mode: 'auto' | 'claim';
  readonly locale?: string;
  readonly groups?: readonly string[];
}

interface Seat {
  readonly duty: string;
  readonly session: Session;
  until: Cancel;
}

/**
 * Operators of backends who are at work. Nobody holds a connection for them, so each is there for a time that has to be
 * renewed: a backend that has died is noticed, and one that is up after a restart of ours puts its people back.
 */
export class Duties {
  readonly #core: Core;
  readonly #options: HttpOptions;
  readonly #hear: Deliver;
  readonly #seats = new Map<string, Seat>();
  /** Who has no seat yet, and is being given one. */
  readonly #coming = new Set<string>();
  /** What was asked last of each operator: one thing is done after the other. */
  readonly #turns = new Map<string, Promise<unknown>>();

  /** `hear` is told what the sessions of those on duty hear. */
  constructor(core: Core, options: HttpOptions, hear: Deliver) {
    this.#core = core;
    this.#options = options;
    this.#hear = hear;
  }

  get isFull(): boolean {
    return this.#seats.size + this.#coming.size >= this.#options.limits.duties;
  }

  has(id: string): boolean {
    return this.#seats.has(id);
  }

  /** Puts an operator on duty, or renews it. */
  begin(duty: Duty, leaseMs: number): Promise<Session> {
    if (!this.#seats.has(duty.id)) this.#coming.add(duty.id);
    return this.#inTurn(duty.id, () => this.#begin(duty, leaseMs).finally(() => this.#coming.delete(duty.id)));
  }

  /** False: he was not on duty. */
  end(id: string): Promise<boolean> {
    return this.#inTurn(id, () => this.#end(id));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#seats.keys()].map((id) => this.end(id)));
  }

  async #inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(id) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(id, turn);
    return turn.finally(() => {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    });
  }

  async #begin(duty: Duty, leaseMs: number): Promise<Session> {
    const words = JSON.stringify(duty);
    const known = this.#seats.get(duty.id);
    const session = known?.duty === words ? known.session : await this.#connect(duty);
    // Only now: a person whose last session ended would lose his chats.
    if (known !== undefined && known.session !== session) await known.session.end();
    known?.until();
    const seat: Seat = { duty: words, session, until: () => {} };
    seat.until = this.#core.clock.after(leaseMs, () => void this.#inTurn(duty.id, () => this.#over(duty.id, seat)));
    this.#seats.set(duty.id, seat);
    return session;
  }

  /** Unless it was renewed while this waited for its turn. */
  async #over(id: string, seat: Seat): Promise<void> {
    if (this.#seats.get(id) === seat) await this.#end(id);
  }

  async #end(id: string): Promise<boolean> {
    const seat = this.#seats.get(id);
    if (seat === undefined) return false;
    this.#seats.delete(id);
    seat.until();
    await seat.session.end();
    return true;
  }

  #connect({ id, name, mode, locale, groups }: Duty): Promise<Session> {
    const more = { ...(locale !== undefined && { locale }), ...(groups !== undefined && { groups }) };
    const identity = identityOf(this.#options, { side: 'operator', id, name, ...more });
    return this.#core.connect(
      identity,
      { scope: 'own', echo: 'others', away: null, mode, chats: 'mine', onEnd: () => this.#forget(id) },
      this.#hear,
    );
  }

  #forget(id: string): void {
    this.#seats.get(id)?.until();
    this.#seats.delete(id);
  }
}
