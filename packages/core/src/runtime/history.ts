import { prospect } from '../chat/chat.js';
import type { Chat } from '../chat/chat.js';
import { evolve } from '../chat/evolve.js';
import type { ChatEvent, ChatFact } from '../event.js';
import type { ChatId, Participant, ParticipantId, People } from '../participant.js';
import type { StoredEvent } from '../store.js';
import { streams } from '../store.js';
import type { Heads } from './heads.js';

/** A chat as far as its events have been told, and everybody they named. */
export interface ToldSoFar {
  readonly chat: Chat;
  readonly people: People;
}

/** Everything that happened in a chat, as it would be delivered now: for transcripts, for what was missed, for repeats. */
export async function historyOf(heads: Heads, chatId: ChatId): Promise<ChatEvent[]> {
  const stored = await heads.readAll(streams.chat(heads.workspaceId, chatId));
  return (await tell(heads, untold(heads, chatId), stored)).events;
}

/** A chat nothing of which has been told. */
export function untold(heads: Heads, chatId: ChatId): ToldSoFar {
  return { chat: prospect(chatId, heads.workspaceId), people: {} };
}

/** What comes next of a chat, as it would be delivered now, and how far that is. */
export async function tell(
  heads: Heads,
  before: ToldSoFar,
  stored: readonly StoredEvent[],
): Promise<{ readonly events: ChatEvent[]; readonly after: ToldSoFar }> {
  const people = { ...before.people, ...(await peopleIn(heads, stored)) };
  let { chat } = before;
  const events = stored.map((event): ChatEvent => {
    const fact = event.fact as ChatFact;
    chat = evolve(chat, fact, event.at);
    const { eventId, commandId, workspaceId, version, position, at, by } = event;
    const envelope = { eventId, commandId, workspaceId, version, number: position, at, by };
    return { ...fact, ...envelope, chatId: chat.id, chat, people };
  });
  return { events, after: { chat, people } };
}

async function peopleIn(heads: Heads, stored: readonly StoredEvent[]): Promise<People> {
  const ids = new Set(stored.flatMap((event) => idsIn(event)));
  const found: Record<ParticipantId, Participant> = {};
  for (const id of ids) {
    const person = heads.operators.get(id) ?? (await heads.loadPerson(id))?.participant;
    if (person !== undefined) found[id] = person;
  }
  return found;
}

function idsIn({ fact, by }: StoredEvent): ParticipantId[] {
  const ids: (ParticipantId | null)[] = [by.participantId];
  if ('customerId' in fact) ids.push(fact.customerId);
  if ('operatorId' in fact) ids.push(fact.operatorId);
  if ('participantId' in fact) ids.push(fact.participantId);
  if (fact.type === 'MessagePosted') ids.push(fact.message.authorId);
  return ids.filter((id) => id !== null);
}
