import type { Outcome } from '../outcome.js';
import { reject } from '../outcome.js';
import type { ChatFact, Fact, PersonFact } from '../event.js';
import type { ChatId, ParticipantId } from '../participant.js';
import type { Erased, Erasure } from '../ports.js';
import type { Extent } from '../redaction.js';
import { attachmentsIn, redactedChatFact, redactedPersonFact } from '../redaction.js';
import type { StoredEvent } from '../store.js';
import { streams } from '../store.js';
import { systemWork } from './chat-tasks.js';
import type { Task } from './ledger.js';
import { chatsWith, wholeLog } from './person-chats.js';
import type { Workspace } from './workspace.js';

type Work = Pick<Task, 'prepare' | 'decide'>;

/** What erasing needs of the core around it. */
export interface Erasing {
  readonly workspace: Workspace;
  /** Has the ledger decide; resolves when the change is durable. */
  readonly settled: (work: Work) => Promise<Outcome>;
  /** Ends every session of a participant. */
  readonly endSessions: (id: ParticipantId) => void;
}

/**
 * Takes a person out of the store: first he becomes nobody, so that nothing new of him can come, then his chats close, then
 * everything that lies there is overwritten. Broken off in the middle, it goes on when it is asked for again.
 */
export async function erase(how: Erasing, id: ParticipantId): Promise<Erasure> {
  const { heads, ports } = how.workspace;
  const person = await heads.loadPerson(id);
  if (person === null || person.version === 0) return { ok: false, rejection: reject('UNKNOWN_PARTICIPANT') };
  const { role } = person.participant;
  if (role === 'bot' || role === 'monitor') return { ok: false, rejection: reject('NOT_ALLOWED') };
  const departed = await depart(how, id);
  if (!departed.ok) return departed;

  const gone = new Tally();
  for (const chatId of await chatsWith(how.workspace, (await heads.loadPerson(id)) ?? person)) {
    const found = await eraseChat(how, chatId, id);
    if ('rejection' in found) return found;
    gone.add(found);
  }
  await eraseRecord(how.workspace, id);
  const shared = await referredTo(how.workspace, gone.attachments);
  for (const attachment of gone.attachments) {
    if (!shared.has(attachment)) await ports.attachments.remove(how.workspace.id, attachment);
  }
  return { ok: true, erased: gone.report(id, shared.size) };
}

/** What was found and taken away, chat by chat. */
class Tally {
  readonly attachments = new Set<string>();
  readonly #chats = { whole: 0, shared: 0 };
  #messages = 0;

  add(found: ErasedChat): void {
    this.#chats[found.isShared ? 'shared' : 'whole'] += 1;
    this.#messages += found.messages;
    for (const id of found.attachments) this.attachments.add(id);
  }

  report(participantId: ParticipantId, sharedAttachments: number): Erased {
    return {
      participantId,
      chats: this.#chats.whole,
      sharedChats: this.#chats.shared,
      messages: this.#messages,
      attachments: this.attachments.size - sharedAttachments,
      sharedAttachments,
    };
  }
}

/** The person does nothing more. */
async function depart(how: Erasing, id: ParticipantId): Promise<Outcome> {
  how.endSessions(id);
  const outcome = await how.settled(departure(how.workspace, id));
  how.endSessions(id);
  return outcome;
}

function departure({ heads }: Workspace, id: ParticipantId): Work {
  return {
    async prepare() {
      await heads.loadPerson(id);
    },
    decide() {
      const person = heads.person(id);
      if (person === undefined) return 'unprepared';
      if (person === null) return reject('UNKNOWN_PARTICIPANT');
      return person.isErased ? {} : { people: [{ id, facts: [{ type: 'ParticipantErased' }] }] };
    },
  };
}

interface ErasedChat {
  readonly isShared: boolean;
  readonly messages: number;
  readonly attachments: readonly string[];
}

async function eraseChat(
  { workspace, settled }: Erasing,
  chatId: ChatId,
  id: ParticipantId,
): Promise<ErasedChat | Extract<Outcome, { ok: false }>> {
  const { heads, ports } = workspace;
  const customers = (await heads.loadChat(chatId))?.chat.customerIds ?? [];
  const isShared = customers.some((other) => other !== id);
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
  await ports.store.redact({ workspaceId: workspace.id, stream, facts });
  await heads.forget(new Set([stream]));
  workspace.lane.forget(chatId);
  const before = events.filter(({ version }) => facts.has(version)).map(({ fact }) => fact);
  return {
    isShared,
    messages: before.filter(({ type }) => type === 'MessagePosted').length,
    attachments: before.flatMap(attachmentsIn),
  };
}

function replaced(events: readonly StoredEvent[], redact: (fact: Fact) => Fact): ReadonlyMap<number, Fact> {
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

async function eraseRecord(workspace: Workspace, id: ParticipantId): Promise<void> {
  const stream = streams.person(workspace.id, id);
  const facts = replaced(await workspace.heads.readAll(stream), (fact) => redactedPersonFact(fact as PersonFact));
  await workspace.ports.store.redact({ workspaceId: workspace.id, stream, facts });
  await workspace.heads.forget(new Set([stream]));
  const blank = await workspace.heads.loadPerson(id);
  if (blank !== null) workspace.heads.setPerson(blank);
}

/** Those of the attachments that something still shows: a file is named by what is in it, so two people may share one. */
async function referredTo(workspace: Workspace, ids: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (ids.size === 0) return found;
  for await (const { fact } of wholeLog(workspace)) {
    for (const id of attachmentsIn(fact)) if (ids.has(id)) found.add(id);
  }
  return found;
}
