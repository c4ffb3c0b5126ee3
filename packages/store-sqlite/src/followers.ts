import type { StoredEvent, Subscription, WorkspaceId } from '@dragoman/core';

/** How many events a follower reads at once. */
const pageSize = 256;
/** How long a follower waits after a read or a handler that failed, ms. */
const retryAfter = 1_000;

/** Where a follower has its events and its time from. */
interface Source {
  readPage(afterPosition: number, limit: number): Promise<readonly StoredEvent[]>;
  after(ms: number, run: () => void): void;
}

/** Who follows which workspace. */
export class Followers {
  readonly #byWorkspace = new Map<WorkspaceId, Set<Follower>>();

  /** Something was committed in the workspace. */
  wake(workspaceId: WorkspaceId): void {
    for (const follower of this.#byWorkspace.get(workspaceId) ?? []) follower.wake();
  }

  add(workspaceId: WorkspaceId, follower: Follower): Subscription {
    const known = this.#byWorkspace.get(workspaceId) ?? new Set();
    this.#byWorkspace.set(workspaceId, known.add(follower));
    follower.wake();
    return {
      stop: () => {
        known.delete(follower);
        return follower.stop();
      },
    };
  }

  /** Nobody is told anything from now on; a handler that runs may finish. */
  clear(): void {
    for (const followers of this.#byWorkspace.values()) for (const follower of followers) void follower.stop();
    this.#byWorkspace.clear();
  }
}

/** Reads on whenever it is woken, a page at a time: a slow handler costs one page of memory. */
export class Follower {
  readonly #source: Source;
  readonly #handler: (event: StoredEvent) => Promise<void>;
  #position: number;
  #isWoken = false;
  #isStopped = false;
  #running: Promise<void> | undefined;

  constructor(afterPosition: number, source: Source, handler: (event: StoredEvent) => Promise<void>) {
    this.#position = afterPosition;
    this.#source = source;
    this.#handler = handler;
  }

  wake(): void {
    if (this.#isStopped) return;
    this.#isWoken = true;
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#isWoken && !this.#isStopped) await this.#readOn();
    } catch {
      this.#source.after(retryAfter, () => this.wake());
    }
    this.#running = undefined;
  }

  async #readOn(): Promise<void> {
    this.#isWoken = false;
    const page = await this.#source.readPage(this.#position, pageSize);
    if (page.length === pageSize) this.#isWoken = true;
    for (const event of page) {
      if (this.#isStopped) return;
      await this.#handler(event);
      this.#position = event.position;
    }
  }
}
