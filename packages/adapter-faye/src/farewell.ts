import type { Advice } from './bayeux.js';

/** Clients of a server that goes come back spread over this time, ms. */
const spreadMs = 5000;

/** A step that visits the whole spread evenly, whatever the number of clients. */
const stepMs = 1931;

/** Once begun, everybody is told to come back later, each at another time: they must not all shake hands at once. */
export class Farewell {
  #isSaid = false;
  #intervalMs = 0;

  begin(): void {
    this.#isSaid = true;
  }

  /** Undefined while nobody leaves. */
  advice(): Advice | undefined {
    if (!this.#isSaid) return undefined;
    this.#intervalMs = (this.#intervalMs + stepMs) % spreadMs;
    return { reconnect: 'handshake', interval: this.#intervalMs };
  }
}
