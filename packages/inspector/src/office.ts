import type {
  ChatId,
  ChatSummary,
  Core,
  Lobby,
  MessageId,
  OperatorRecord,
  Participant,
  ParticipantId,
  QueueEntry,
  Session,
  Transcript,
  TranscriptEntry,
} from '@dragoman/core';
import { chatStatuses, parseMessageId } from '@dragoman/core';
import { createClosedChats, recall, type ClosedChats } from './closed-chats.js';
import type { Journal } from './journal.js';

/** Of a timeline, so many lines; the newest. */
const timelineLimit = 500;

/** What is asked of the list of chats. */
export interface ChatFilter {
  /** A status, `open` for every one but closed, or absent for all. */
  readonly status?: string | undefined;
  /** Chats with an address there. */
  readonly space?: string | undefined;
  /** In the name of the customer or the operator, the subject, or an id; capitals do not matter. */
  readonly text?: string | undefined;
}

/** Of a list, so many from there on. */
export interface Part {
  /** From 0. */
  readonly first: number;
  readonly limit: number;
}

/** One workspace, as the page shows it. All of its answers are ready to be JSON. */
export interface Office {
  readonly workspaceId: string;
  chats(filter: ChatFilter, part: Part): object;
  /** Undefined: there is no such chat. */
  timeline(chatId: string): Promise<object | undefined>;
  queue(part: Part): object;
  operators(part: Part): object;
  /** By its id here, or the one its client gave it since the start. Undefined: nobody said it, or it is forgotten. */
  trace(messageId: string): Promise<object | undefined>;
  close(): Promise<void>;
}

type WhoIs = (id: ParticipantId) => Participant | undefined;

const nameOf = (who: Participant | undefined): string =>
  who === undefined ? '' : who.name || (who.identities[0]?.externalId ?? who.id);

function row(chat: ChatSummary, who: WhoIs) {
  return {
    id: chat.id,
    status: chat.status,
    spaces: Object.keys(chat.addresses),
    customer: chat.displayName || nameOf(who(chat.customerId)),
    operator: chat.assigneeId === null ? null : nameOf(who(chat.assigneeId)),
    subject: chat.subject,
    messages: chat.lastSeq,
    unread: chat.unreadByDesk,
    openedAt: chat.openedAt,
    changedAt: chat.changedAt,
    closedAt: chat.closedAt,
    closeReason: chat.closeReason,
  };
}

/** A chat of the list, and who knows its people. */
interface Listed {
  readonly chat: ChatSummary;
  readonly who: WhoIs;
}

function isWanted({ chat, who }: Listed, { status, space, text }: ChatFilter): boolean {
  const hasStatus = status === undefined || status === chat.status || (status === 'open' && chat.status !== 'closed');
  if (!hasStatus || (space !== undefined && !Object.hasOwn(chat.addresses, space))) return false;
  if (text === undefined) return true;
  const { id, customer, operator, subject } = row(chat, who);
  const wanted = text.toLowerCase();
  return [id, customer, operator ?? '', subject].some((one) => one.toLowerCase().includes(wanted));
}

const partOf = <One>(all: readonly One[], { first, limit }: Part): readonly One[] => all.slice(first, first + limit);

function lineOf({ event, receipt }: TranscriptEntry, who: WhoIs) {
  const by = event.by.participantId;
  const shared = { at: event.at, version: event.version, type: event.type, by: by === null ? null : nameOf(who(by)) };
  if (event.type !== 'MessagePosted') return { ...shared, message: null, facts: factsOf(event, who) };
  const { id, authorRole, body, visibility } = event.message;
  const text = body.kind === 'text' || body.kind === 'notice' ? body.text : `[${body.kind}]`;
  return { ...shared, message: { id, role: authorRole, text, visibility, receipt }, facts: '' };
}

/** What tells one line of a chat's life from another, in words. */
function factsOf(event: TranscriptEntry['event'], who: WhoIs): string {
  switch (event.type) {
    case 'ChatAssigned':
      return `to ${nameOf(who(event.operatorId))} (${event.cause})`;
    case 'ChatQueued':
      return event.cause;
    case 'ChatClosed':
      return event.reason;
    case 'ChatHandedOver':
      return `to ${event.to}`;
    case 'AbsenceNoted':
      return event.phase;
    case 'ChatOpened':
      return `on ${event.space}`;
    default:
      return '';
  }
}

function operatorRow(operator: OperatorRecord, lobby: Lobby) {
  const who = lobby.person(operator.id);
  return {
    id: operator.id,
    name: nameOf(who),
    spaces: [...new Set(who?.identities.map(({ space }) => space))],
    mode: operator.mode,
    status: operator.status,
    isOnline: operator.isOnline,
    loads: Object.entries(operator.locales).map(([locale, { capacity }]) => ({
      locale,
      capacity,
      load: lobby.load(operator.id, locale),
    })),
  };
}

const queueRow = ({ chatId, queuedAt, priority, groups, isMissed }: QueueEntry, lobby: Lobby) => {
  const chat = lobby.chats.get(chatId);
  const customer = chat && (chat.displayName || nameOf(lobby.person(chat.customerId)));
  return { chatId, customer: customer ?? '', queuedAt, priority, groups, isMissed };
};

export async function openOffice(core: Core, workspaceId: string, journal: Journal): Promise<Office> {
  const closed = createClosedChats();
  const who = { workspaceId, space: 'inspector', side: 'operator', role: 'monitor', realm: '' } as const;
  const session = await core.connect(
    { ...who, externalId: 'inspector', idType: 'string', name: '' },
    { scope: 'all', echo: 'all', away: null, chats: 'mine' },
    ({ event }) => closed.hear(event),
  );
  await recall(core, session, closed.hear);
  return officeOf({ core, session, closed, journal });
}

interface Desk {
  readonly core: Core;
  readonly session: Session;
  readonly closed: ClosedChats;
  readonly journal: Journal;
}

function officeOf({ core, session, closed, journal }: Desk): Office {
  const lobby = (): Lobby => core.lobby(session);

  /** What changed last stands first. */
  function listed(filter: ChatFilter): readonly Listed[] {
    const here = lobby();
    const inLobby: WhoIs = (id) => here.person(id);
    const open = [...here.chats.values()].map((chat): Listed => ({ chat, who: inLobby }));
    const over = [...closed.all.values()].map(({ chat, people }): Listed => ({ chat, who: (id) => people[id] }));
    const found = [...open, ...over].filter((one) => isWanted(one, filter));
    return found.toSorted((one, other) => other.chat.changedAt - one.chat.changedAt);
  }

  /** A message of a chat, looked for from its end. */
  async function said(
    chatId: ChatId,
    id: MessageId,
  ): Promise<(Pick<Transcript, 'people'> & { readonly entry: TranscriptEntry }) | undefined> {
    let beforeNumber: number | undefined;
    for (;;) {
      const page = { limit: 1000, ...(beforeNumber !== undefined && { beforeNumber }) };
      const { entries, people, hasMore } = await core.transcript(session, { chatId }, page);
      const entry = entries.find(({ event }) => event.type === 'MessagePosted' && event.message.id === id);
      if (entry !== undefined) return { entry, people };
      if (!hasMore || entries.length === 0) return undefined;
      beforeNumber = entries[0]?.event.number;
    }
  }

  return {
    workspaceId: session.workspaceId,
    chats(filter, part) {
      const found = listed(filter);
      const chats = partOf(found, part).map(({ chat, who }) => row(chat, who));
      return { chats, total: found.length, statuses: chatStatuses };
    },
    async timeline(chatId) {
      const chat = await core.find(session, { chatId });
      if (chat === undefined) return undefined;
      const page = { include: 'everything', limit: timelineLimit } as const;
      const { entries, hasMore, people } = await core.transcript(session, { chatId }, page);
      const whoIs: WhoIs = (id) => people[id] ?? lobby().person(id);
      return { chat: row(chat, whoIs), lines: entries.map((entry) => lineOf(entry, whoIs)), hasMore };
    },
    queue(part) {
      const here = lobby();
      return { queue: partOf(here.queue, part).map((entry) => queueRow(entry, here)), total: here.queue.length };
    },
    operators(part) {
      const here = lobby();
      const all = [...here.operators.values()];
      const operators = partOf(all, part).map((one) => operatorRow(one, here));
      return { operators, total: all.length, isAccepting: here.isAccepting };
    },
    async trace(given) {
      const id = journal.namedBy(given) ?? given;
      const { chatId } = parseMessageId(id) ?? {};
      if (chatId === undefined) return undefined;
      const found = await said(chatId, id);
      if (found === undefined) return undefined;
      const { entry, people } = found;
      const whoIs: WhoIs = (personId) => people[personId] ?? lobby().person(personId);
      const hops = journal.hopsOf(id).map((hop) => ({ ...hop, name: nameOf(whoIs(hop.participantId)) }));
      return { chatId, line: lineOf(entry, whoIs), storedAt: entry.event.at, hops };
    },
    close: () => session.end(),
  };
}
