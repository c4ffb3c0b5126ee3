import type { Variants } from '../message.js';
import type { Clock, Draft, Log, MessageFilter } from '../ports.js';

/** A filter that has not answered after so long is skipped, ms. */
const filterMs = 2_000;

interface FilterPorts {
  readonly filters: readonly MessageFilter[];
  readonly clock: Clock;
  readonly log: Log;
}

/** What each destination sees of a message, where the filters changed it. */
export async function variantsOf(message: Omit<Draft, 'destination'>, ports: FilterPorts): Promise<Variants> {
  const variants: Record<string, Variants['customer']> = {};
  for (const destination of ['customer', 'desk', 'all'] as const) {
    const draft: Draft = { ...message, destination };
    const result = await filtered(draft, ports);
    if (result === null) variants[destination] = null;
    else if (result.body !== message.body || result.extras !== message.extras) {
      variants[destination] = { body: result.body, extras: result.extras };
    }
  }
  return variants;
}

async function filtered(draft: Draft, ports: FilterPorts): Promise<Draft | null> {
  let current: Draft = draft;
  for (const filter of ports.filters) {
    const next = await answerOf(filter, current, ports);
    if (next === null) return null;
    if (next !== undefined) current = next;
  }
  return current;
}

/** Undefined: the filter failed or is late, and counts as not there. */
async function answerOf(
  filter: MessageFilter,
  draft: Draft,
  { clock, log }: FilterPorts,
): Promise<Draft | null | undefined> {
  try {
    return await new Promise((resolve, reject) => {
      const cancel = clock.after(filterMs, () => reject(new Error('late')));
      void Promise.resolve()
        .then(() => filter(draft))
        .finally(cancel)
        .then(resolve, reject);
    });
  } catch (error) {
    log.warn({ error, chatId: draft.chat.id, destination: draft.destination }, 'a message filter was skipped');
    return undefined;
  }
}
