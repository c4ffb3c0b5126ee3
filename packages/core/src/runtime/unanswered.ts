import type { Clock, Log } from '../ports.js';
import type { AppendRequest, AppendResult, Store, StoredEvent } from '../store.js';
import { StoreError } from '../store.js';

/** How often the store is asked what it did. */
const maxAsks = 10;
/** How long after it could not say it is asked again, ms. */
const askAgainMs = 500;

interface Ports {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What became of a request that the store did not answer: the versions it asked for tell, since only one command can have
 * them. Still OutcomeUnknown when the store cannot be read either.
 */
export async function clarified(ports: Ports, request: AppendRequest, lost: AppendResult): Promise<AppendResult> {
  for (let asks = 1; asks <= maxAsks; asks += 1) {
    try {
      const events = await writtenBy(ports.store, request);
      if (events !== undefined) return { ok: true, appended: { events } };
      return { ok: false, error: new StoreError('VersionConflict', 'nothing was written') };
    } catch (error) {
      ports.log.warn({ error, asks }, 'the store does not tell whether it took a command');
      if (asks < maxAsks) await new Promise<void>((resolve) => void ports.clock.after(askAgainMs, resolve));
    }
  }
  return lost;
}

/** Undefined when nothing was: all of a request is written or none. */
async function writtenBy(
  store: Store,
  { context, writes }: AppendRequest,
): Promise<readonly StoredEvent[] | undefined> {
  const found: StoredEvent[] = [];
  for (const { stream, expectedVersion, facts } of writes) {
    const stored = await store.readStream(stream, expectedVersion + 1, facts.length);
    const own = stored.filter(({ commandId }) => commandId === context.commandId);
    if (own.length < facts.length) return undefined;
    found.push(...own);
  }
  return found.length === 0 ? undefined : found;
}
