import type { WorkspaceId } from '../../participant.js';
import type { Store, StoredEvent } from '../../store.js';

/** What an audit found. */
export interface StoreAudit {
  readonly events: number;
  /** Empty for a sound store. */
  readonly problems: readonly string[];
}

const pageSize = 500;

/**
 * Reads a workspace's whole lane and checks that positions and versions have no hole and no repeat, and that every stream
 * read by itself is what the lane says. For tests, after whatever was done to the store.
 */
export async function auditStore(store: Store, workspaceId: WorkspaceId): Promise<StoreAudit> {
  const problems: string[] = [];
  const versions = new Map<string, string[]>();
  let position = 0;
  for await (const event of laneOf(store, workspaceId)) {
    position += 1;
    const ids = versions.get(event.stream) ?? [];
    versions.set(event.stream, ids);
    ids.push(event.eventId);
    if (event.position !== position) problems.push(`position ${event.position} where ${position} belongs`);
    if (event.version !== ids.length)
      problems.push(`${event.stream}: version ${event.version} is number ${ids.length}`);
  }
  for (const [stream, ids] of versions) {
    const alone = await store.readStream(stream, 1, ids.length + 1);
    if (alone.map(({ eventId }) => eventId).join() !== ids.join()) problems.push(`${stream} differs from its lane`);
  }
  const head = await store.head(workspaceId);
  if (head !== position) problems.push(`the head is ${head}, the last position ${position}`);
  return { events: position, problems };
}

async function* laneOf(store: Store, workspaceId: WorkspaceId): AsyncGenerator<StoredEvent> {
  for (let after = 0; ;) {
    const page = await store.readLane(workspaceId, after, pageSize);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.position;
  }
}
