import type { ChatFact, Fact } from '../event.js';
import type { Outcome } from '../outcome.js';
import type { ChatId, ParticipantId } from '../participant.js';
import type { Extent } from '../redaction.js';
import { attachmentsIn, redactedChatFact } from '../redaction.js';
import type { StoredEvent } from '../store.js';
import { streams } from '../store.js';
import { systemWork } from './chat-tasks.js';
import type { Work } from './task.js';
import { putDown } from './unshown.js';
import type { Workspace } from './workspace.js';

/** What erasing a chat needs of the core around it. */
export interface ChatErasing {
  readonly workspace: Workspace;
  /** Has the ledger decide; resolves when the change is durable. */
  readonly settled: (work: Work) => Promise<Outcome>;
}

/** What went with one chat; its pictures are put down as shown by nothing. */
export interface ErasedChat {
  readonly isShared: boolean;
  readonly messages: number;
}

/**
 * Closes a chat for good and takes every word out of it; where it is other customers' too, only what one participant said.
 * `id` null: whoever's it is.
 */
export async function eraseChat(
  { workspace, settled }: ChatErasing,
  chatId: ChatId,
  id: ParticipantId | null,
): Promise<ErasedChat | Extract<Outcome, { ok: false }>> {
  const { heads, ports } = workspace;
  const customers = (await heads.loadChat(chatId))?.chat.customerIds ?? [];
  const isShared = id !== null && customers.some((other) => other !== id);
  if (!isShared) {
    const closed = await settled(
      systemWork(workspace, chatId, { type: 'CloseChat', to: { chatId }, reason: 'erased' }),
    );
    if (!closed.ok) return closed;
  }
  const stream = streams.chat(workspace.id, chatId);
  const events = await heads.readAll(stream);
  const extent: Extent = isShared ? { only: id } : 'everybody';
  const facts = replaced(events, (fact) => redactedChatFact(fact as ChatFact, extent));
  if (!isShared) for (const name of namesIn(workspace, events)) await unname(workspace, name);
  const before = events.filter(({ version }) => facts.has(version)).map(({ fact }) => fact);
  const attachments = before.flatMap(attachmentsIn);
  await putDown(
    workspace,
    attachments.map((attachmentId) => ({ attachmentId, ownerId: id, since: 0 })),
  );
  await ports.store.redact({ workspaceId: workspace.id, stream, facts });
  await heads.forget(new Set([stream]));
  workspace.histories.forget(chatId);
  return { isShared, messages: before.filter(({ type }) => type === 'MessagePosted').length };
}

/** The facts that are others without what was in them, by version. */
export function replaced(events: readonly StoredEvent[], redact: (fact: Fact) => Fact): ReadonlyMap<number, Fact> {
  const changed = events
    .map(({ version, fact }) => ({ version, fact, instead: redact(fact) }))
    .filter(({ fact, instead }) => JSON.stringify(fact) !== JSON.stringify(instead));
  return new Map(changed.map(({ version, instead }) => [version, instead]));
}

/** The outside names that lead to a chat, as names of streams. */
function namesIn(workspace: Workspace, events: readonly StoredEvent[]): readonly string[] {
  return events.flatMap(({ fact }) => {
    if (fact.type === 'ChatOpened' && fact.key !== '') {
      return [
        streams.address(workspace.id, fact.space, fact.key),
        streams.publicNumber(workspace.id, fact.publicNumber),
      ];
    }
    const address = fact.type === 'ChatUpdated' ? fact.address : undefined;
    return address === undefined || address.key === ''
      ? []
      : [streams.address(workspace.id, address.space, address.key)];
  });
}

/** What the name led to stays in the log, under a name that tells nothing. */
async function unname(workspace: Workspace, stream: string): Promise<void> {
  const [first] = await workspace.ports.store.readStream(stream, 1, 1);
  if (first === undefined) return;
  const renamedTo = streams.address(workspace.id, 'erased', first.eventId);
  await workspace.ports.store.redact({ workspaceId: workspace.id, stream, facts: new Map(), renamedTo });
  await workspace.heads.forget(new Set([stream]));
}
