import type { Away } from '../chat-summary.js';
import { mostPatient } from '../chat/chat.js';
import type { Chat } from '../chat/chat.js';
import type { Participant, ParticipantId } from '../participant.js';
import type { Cancel } from '../ports.js';
import { systemWork } from './chat-tasks.js';
import type { Work } from './ledger.js';
import type { Seated } from './sessions.js';
import { countsAsPresent, ownView } from './sessions.js';
import { offlineWork, onlineWork } from './workspace-tasks.js';
import type { Workspace } from './workspace.js';

/** Turns sessions that come and go into what chats and routing must know of it. */
export class Presence {
  readonly #workspace: Workspace;
  readonly #submit: (work: Work) => void;
  #cancelGrace: Cancel | undefined;

  constructor(workspace: Workspace, submit: (work: Work) => void) {
    this.#workspace = workspace;
    this.#submit = submit;
  }

  /** After a restart nobody has a session yet: for this long everybody counts as still there. */
  grantGrace(graceMs: number): void {
    this.#cancelGrace = this.#workspace.ports.clock.after(graceMs, () => this.#endGrace());
  }

  stop(): void {
    this.#cancelGrace?.();
  }

  /** A session was added. */
  began(session: Seated): void {
    if (!countsAsPresent(session) || this.#othersOf(session) > 0) return;
    const { role, id } = session.participant;
    if (role === 'operator') this.#operatorOnline(session);
    if (role === 'customer') {
      for (const chatId of this.#workspace.heads.openChatsOf(id)) this.#note(chatId, 'customer', id, null);
    }
    this.#announce(session.participant, true);
  }

  /** A session was removed; `away` says what its end means where that differs from what was said at its start. */
  ended(session: Seated, away: Away | undefined): void {
    if (!countsAsPresent(session) || this.#othersOf(session) > 0) return;
    const { role, id } = session.participant;
    if (role === 'operator') this.#operatorOffline(id);
    if (role === 'customer') {
      for (const chatId of this.#workspace.heads.openChatsOf(id)) {
        this.#customerGone(chatId, id, session.identity.space, away ?? session.options.away);
      }
    }
    this.#announce(session.participant, false);
  }

  isPresent(id: ParticipantId): boolean {
    return [...this.#workspace.sessions.of(id)].some(countsAsPresent);
  }

  #othersOf(session: Seated): number {
    return [...this.#workspace.sessions.of(session.participant.id)].filter(
      (other) => other !== session && countsAsPresent(other),
    ).length;
  }

  #operatorOnline(session: Seated): void {
    const { id } = session.participant;
    this.#submit(onlineWork(this.#workspace, session, true));
    // Of a chat that is still his, too: that he went may be waiting to be decided, and is decided before this.
    for (const { chat } of this.#workspace.heads.open.values()) {
      if (chat.assigneeId === id) this.#note(chat.id, 'operator', id, null);
    }
  }

  /** His chats are those he is a member of, and those he holds though he left them. */
  #operatorOffline(id: ParticipantId): void {
    const { heads } = this.#workspace;
    const held = [...heads.open.values()].flatMap(({ chat }) => (chat.assigneeId === id ? chat.id : []));
    const chats = new Set([...(heads.shard.seats.get(id)?.slots.keys() ?? []), ...held]);
    this.#submit(offlineWork(this.#workspace, id));
    for (const chatId of chats) {
      const command = {
        type: 'NotePresence',
        side: 'operator',
        participantId: id,
        isOnline: false,
        away: null,
      } as const;
      this.#submit(systemWork(this.#workspace, chatId, command));
    }
  }

  /** The chat is left only when nobody speaks for the customer any more. */
  #customerGone(chatId: string, id: ParticipantId, space: string, away: Away | null): void {
    const chat = this.#workspace.heads.open.get(chatId)?.chat;
    if (chat === undefined || away === null || chat.customerIds.some((other) => this.isPresent(other))) return;
    this.#note(chatId, 'customer', id, mostPatient([away, ...awaysBeside(chat, space)]), false);
  }

  #note(
    chatId: string,
    side: 'customer' | 'operator',
    participantId: ParticipantId,
    away: Away | null,
    isOnline = true,
  ): void {
    this.#submit(systemWork(this.#workspace, chatId, { type: 'NotePresence', side, participantId, isOnline, away }));
  }

  #endGrace(): void {
    const { heads } = this.#workspace;
    for (const { record } of heads.shard.seats.values()) {
      if (record.isOnline && !this.isPresent(record.id)) this.#operatorOffline(record.id);
    }
    for (const { chat } of heads.open.values()) {
      if (chat.absence === null)
        this.#customerGone(chat.id, chat.customerId, '', mostPatient(Object.values(chat.aways)));
    }
  }

  /** Tells the others: those who share a chat with him in their own view, and all who hear of everybody. */
  #announce(participant: Participant, isOnline: boolean): void {
    const { sessions, post, heads } = this.#workspace;
    const { id, role } = participant;
    const near = role === 'customer' ? [...heads.openChatsOf(id)] : [];
    const members = new Set(near.flatMap((chatId) => heads.open.get(chatId)?.chat.memberIds ?? []));
    const told = new Set([...members].flatMap((member) => [...sessions.of(member)]));
    for (const own of sessions.of(id)) told.delete(own);
    const others = (scope: 'lobby' | 'all'): Seated[] =>
      [...sessions.inScope(scope)].filter((session) => !told.has(session) && session.participant.id !== id);
    const signal = { type: 'PresenceChanged', participantId: id, role, isOnline } as const;
    for (const session of told) post.signal([session], signal, ownView(session.participant));
    post.signal(others('lobby'), signal, 'lobby');
    post.signal(others('all'), signal, 'all');
  }
}

function awaysBeside(chat: Chat, space: string): Away[] {
  return Object.entries(chat.aways)
    .filter(([other]) => other !== space)
    .map(([, away]) => away);
}
