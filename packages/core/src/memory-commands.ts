import type { RememberedCommand } from './store.js';

/** How many old commands are looked at for each new one. */
const sweptPerCommand = 2;

interface Held extends RememberedCommand {
  readonly expiresAt: number;
}

/** The remembered commands of one workspace; those whose time is over are dropped bit by bit. */
export class MemoryCommands {
  readonly #held = new Map<string, Held>();

  find(commandId: string, now: number): RememberedCommand | undefined {
    const held = this.#held.get(commandId);
    return held === undefined || held.expiresAt <= now ? undefined : { digest: held.digest, events: held.events };
  }

  forget(commandId: string): void {
    this.#held.delete(commandId);
  }

  keep(commandId: string, command: Held, now: number): void {
    this.#held.set(commandId, command);
    for (let n = 0; n < sweptPerCommand; n += 1) this.#sweep(now);
  }

  /** Drops the one that was looked at longest ago, or puts it at the end. */
  #sweep(now: number): void {
    for (const [commandId, held] of this.#held) {
      this.#held.delete(commandId);
      if (held.expiresAt > now) this.#held.set(commandId, held);
      return;
    }
  }
}
