import type { Actor } from '../../command.js';
import type { Fact } from '../../event.js';
import type { AppendRequest, Store, StoredEvent, TimerOrder } from '../../store.js';
import { StoreError } from '../../store.js';

/** Where the suite writes, unless a test is about two workspaces. */
export const workspaceId = 'contract';

const by: Actor = { participantId: 'p_1', sessionId: 's_1' };

/** A fact that carries any text. */
export function noteOf(content: string): Fact {
  return { type: 'ParticipantNotified', participantId: 'p_1', kind: 'note', content, data: null };
}

let commands = 0;

/** An append of one note to one stream; what is given replaces the part of that name. */
export function noteTo(
  stream: string,
  expectedVersion: number,
  more: Partial<AppendRequest> & { readonly commandId?: string; readonly workspaceId?: string } = {},
): AppendRequest {
  const { commandId = `command-${(commands += 1)}`, workspaceId: where = workspaceId, ...parts } = more;
  return {
    context: { workspaceId: where, commandId, by, at: 1_767_225_600_123 },
    writes: [{ stream, expectedVersion, facts: [noteOf(`${stream} ${expectedVersion + 1}`)] }],
    setTimers: [],
    clearTimers: [],
    ...parts,
  };
}

export function timerOf(name: string, dueAt: number): TimerOrder {
  return { key: `chat/contract/a/${name}`, dueAt, workspaceId, chatId: 'a', name, token: 1 };
}

/** Appends one note after the other, each by itself. */
export async function appendNotes(store: Store, stream: string, count: number, from = 0): Promise<void> {
  for (let version = from; version < from + count; version += 1) await store.append(noteTo(stream, version));
}

/** What a store refuses with; `accepted` when it does not. */
export async function refusalOf(work: Promise<unknown>): Promise<StoreError | 'accepted'> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  const refusal = await refusalOf(work);
  return refusal === 'accepted' ? refusal : refusal.code;
}

/** Follows a workspace until so many events came. */
export async function followed(
  store: Store,
  afterPosition: number,
  count: number,
  during?: (event: StoredEvent) => Promise<void>,
): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  let done = (): void => undefined;
  const complete = new Promise<void>((resolve) => (done = resolve));
  const subscription = store.subscribe(workspaceId, afterPosition, async (event) => {
    await during?.(event);
    events.push(event);
    if (events.length === count) done();
  });
  if (count > 0) await complete;
  await subscription.stop();
  return events;
}
