import type { Away, ChatStatus } from '../chat-summary.js';
import { mostPatient } from '../chat/chat.js';
import type { Chat } from '../chat/chat.js';
import type { NotePresence } from '../command.js';
import type { Outcome } from '../outcome.js';
import type { ChatId, Participant, ParticipantId } from '../participant.js';
import type { Cancel } from '../ports.js';
import { systemWork } from './chat-tasks.js';
import type { Work } from './task.js';
import type { Seated } from './sessions.js';
import { countsAsPresent, ownView } from './sessions.js';
import { offlineWork, onlineWork } from './workspace-tasks.js';
import type { Workspace } from './workspace.js';

/** When what the store did not take is looked at again, ms. */
const lookAgainMs = 1_000;

/**
 * Turns sessions that come and go into what chats and routing must know of it. What the store does not take is looked at
 * again, as it is by then: nobody comes or goes a second time to have it noted.
 */
export class Presence {
  readonly #workspace: Workspace;
  readonly #settled: (work: Work) => Promise<Outcome>;
  readonly #looks = new Set<Cancel>();
  /** Who is said to be unstable. */
  readonly #unstable = new Set<ParticipantId>();
  #isStopped = false;

  constructor(workspace: Workspace, settled: (work: Work) => Promise<Outcome>) {
    this.#workspace = workspace;
    this.#settled = settled;
  }

  /** After a restart nobody has a session yet: for this long everybody counts as still there. */
  grantGrace(graceMs: number): void {
    this.#after(graceMs, () => this.#endGrace());
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#looks) cancel();
  }

  /** A session was added. */
  began(session: Seated): void {
    if (!countsAsPresent(session)) return;
    if (this.#othersOf(session) > 0) return this.#announceStability(session.participant);
    const { role, id } = session.participant;
    if (role === 'operator') void this.#operatorOnline(session);
    if (role === 'customer') {
      for (const chatId of this.#workspace.heads.openChatsOf(id)) this.#customerBack(chatId, id);
    }
    this.#announce(session.participant, true);
  }

  /** A session was removed. */
  ended(session: Seated): void {
    if (!countsAsPresent(session)) return;
    if (this.#othersOf(session) > 0) return this.#announceStability(session.participant);
    const { role, id } = session.participant;
    this.#unstable.delete(id);
    if (role === 'operator') void this.#operatorOffline(id);
    if (role === 'customer') {
      for (const chatId of this.#workspace.heads.openChatsOf(id)) this.#customerLeft(session, chatId);
    }
    this.#announce(session.participant, false);
  }

  /** Nothing was heard of a session's client for a while, or something is heard again. */
  faltered(session: Seated, isFaltering: boolean): void {
    if (session.isOver || session.isFaltering === isFaltering) return;
    session.isFaltering = isFaltering;
    if (countsAsPresent(session)) this.#announceStability(session.participant);
  }

  /** A command was decided whose session had ended: when that was noted, nobody knew of this chat. */
  spokeLast(session: Seated, chatId: ChatId): void {
    const { role, id } = session.participant;
    if (!countsAsPresent(session) || this.isPresent(id)) return;
    if (role === 'operator') this.#operatorMoved(chatId, id);
    if (role === 'customer') this.#customerLeft(session, chatId);
  }

  isPresent(id: ParticipantId): boolean {
    return [...this.#workspace.sessions.of(id)].some(countsAsPresent);
  }

  #othersOf(session: Seated): number {
    return [...this.#workspace.sessions.of(session.participant.id)].filter(
      (other) => other !== session && countsAsPresent(other),
    ).length;
  }

  async #operatorOnline(session: Seated): Promise<void> {
    const { id } = session.participant;
    const online = this.#taken(onlineWork(this.#workspace, session, true));
    // Also those that are about to be abandoned, because he left a moment ago.
    for (const chatId of this.#heldBy(id)) this.#operatorMoved(chatId, id);
    if (!(await online)) this.#again(() => this.#lookFor(id));
    else for (const chatId of this.#heldBy(id, 'abandoned')) this.#operatorMoved(chatId, id);
    // After a restart he finds himself online already, and what waits is given to nobody by a change.
    this.#workspace.ledger.serve('chat-waits');
  }

  async #operatorOffline(id: ParticipantId): Promise<void> {
    const offline = this.#taken(offlineWork(this.#workspace, id));
    const known = this.#around(id);
    for (const chatId of known) this.#operatorMoved(chatId, id);
    if (!(await offline)) this.#again(() => this.#lookFor(id));
    else if (!this.isPresent(id)) {
      // Those that were on their way to him when he left.
      for (const chatId of this.#around(id)) if (!known.has(chatId)) this.#operatorMoved(chatId, id);
    }
  }

  #lookFor(id: ParticipantId): void {
    const session = [...this.#workspace.sessions.of(id)].find(countsAsPresent);
    void (session === undefined ? this.#operatorOffline(id) : this.#operatorOnline(session));
  }

  /** The chats he is a member of, and those he holds though he left them. */
  #around(id: ParticipantId): ReadonlySet<ChatId> {
    const slots = this.#workspace.heads.shard.seats.get(id)?.slots.keys() ?? [];
    return new Set([...slots, ...this.#heldBy(id)]);
  }

  #heldBy(id: ParticipantId, status?: ChatStatus): ChatId[] {
    return [...this.#workspace.heads.open.values()]
      .filter(({ chat }) => chat.assigneeId === id && (status === undefined || chat.status === status))
      .map(({ chat }) => chat.id);
  }

  /** Tells a chat whether its operator is there. */
  #operatorMoved(chatId: ChatId, id: ParticipantId): void {
    const note = { side: 'operator', participantId: id, isOnline: this.isPresent(id), away: null } as const;
    this.#note(chatId, note, () => this.#operatorMoved(chatId, id));
  }

  #customerBack(chatId: ChatId, id: ParticipantId): void {
    if (!this.isPresent(id)) return;
    const note = { side: 'customer', participantId: id, isOnline: true, away: null } as const;
    this.#note(chatId, note, () => this.#customerBack(chatId, id));
  }

  #customerLeft(session: Seated, chatId: ChatId): void {
    const away = session.leftAs ?? session.options.away;
    const chat = this.#workspace.heads.open.get(chatId)?.chat;
    if (chat === undefined || away === null) return;
    const aways = [away, ...awaysBeside(chat, session.identity.space)];
    this.#customerGone(chatId, session.participant.id, mostPatient(aways));
  }

  /** The chat is left only when nobody speaks for the customer any more. */
  #customerGone(chatId: ChatId, id: ParticipantId, away: Away): void {
    const chat = this.#workspace.heads.open.get(chatId)?.chat;
    if (chat === undefined || chat.customerIds.some((other) => this.isPresent(other))) return;
    const note = { side: 'customer', participantId: id, isOnline: false, away } as const;
    this.#note(chatId, note, () => this.#customerGone(chatId, id, away));
  }

  #note(chatId: ChatId, note: Omit<NotePresence, 'type'>, again: () => void): void {
    const work = systemWork(this.#workspace, chatId, { type: 'NotePresence', ...note });
    void this.#taken(work).then((isTaken) => {
      if (!isTaken) this.#again(again);
    });
  }

  /** False when it must be looked at again. */
  async #taken(work: Work): Promise<boolean> {
    const outcome = await this.#settled(work);
    return outcome.ok || outcome.rejection.code !== 'BUSY';
  }

  #again(look: () => void): void {
    this.#after(lookAgainMs, look);
  }

  #after(ms: number, look: () => void): void {
    if (this.#isStopped) return;
    const cancel = this.#workspace.ports.clock.after(ms, () => {
      this.#looks.delete(cancel);
      look();
    });
    this.#looks.add(cancel);
  }

  #endGrace(): void {
    const { heads, ledger } = this.#workspace;
    for (const { record } of heads.shard.seats.values()) {
      if (record.isOnline && !this.isPresent(record.id)) void this.#operatorOffline(record.id);
    }
    for (const { chat } of heads.open.values()) {
      if (chat.absence === null) this.#customerGone(chat.id, chat.customerId, mostPatient(Object.values(chat.aways)));
    }
    ledger.serve('chat-waits');
  }

  #announceStability(participant: Participant): void {
    const { id } = participant;
    const present = [...this.#workspace.sessions.of(id)].filter(countsAsPresent);
    const isUnstable = present.every((session) => session.isFaltering);
    if (isUnstable === this.#unstable.has(id)) return;
    if (isUnstable) this.#unstable.add(id);
    else this.#unstable.delete(id);
    this.#announce(participant, true);
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
    const unstable = this.#unstable.has(id) ? ({ isUnstable: true } as const) : {};
    const signal = { type: 'PresenceChanged', participantId: id, role, isOnline, ...unstable } as const;
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
