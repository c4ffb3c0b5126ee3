import type { Away } from '../chat-summary.js';
import { standpointOf } from '../observe.js';
import type { DisconnectReason } from '../outcome.js';
import type { Identity, ParticipantId } from '../participant.js';
import { alsoKnownAs, signedIn, stranger } from '../person.js';
import type { Deliver, Session, SessionOptions } from '../session.js';
import { wholeLane } from './bookmarks.js';
import type { Presence } from './presence.js';
import { replayTo } from './reading.js';
import type { Seated } from './sessions.js';
import type { Workspace } from './workspace.js';

/** Sits people down in one workspace and sees them out again. */
export class Seating {
  readonly #workspace: Workspace;
  readonly #presence: Presence;

  constructor(workspace: Workspace, presence: Presence) {
    this.#workspace = workspace;
    this.#presence = presence;
  }

  /** Makes a session that nobody knows of yet, and the handle that its adapter holds. */
  async prepare(
    identity: Identity,
    how: SessionOptions,
    deliver: Deliver,
  ): Promise<{ seated: Seated; session: Session }> {
    const { id, person: stored, alias } = await this.#workspace.whoIs(identity);
    const described = stored === null ? stranger(id, identity) : signedIn(stored, identity);
    const person = alias === undefined ? described : alsoKnownAs(described, alias);
    this.#workspace.heads.setPerson(person);
    const { role, name, isSupervisor } = person.participant;
    const seated: Seated = {
      id: `${identity.space}/${this.#workspace.ports.ids.session()}`,
      participant: person.participant,
      speaker: { id, role, name, isSupervisor, space: identity.space },
      identity,
      options: how,
      deliver: (delivery) => deliver(delivery, session),
      followed: how.chats === 'mine' ? null : new Set(how.chats),
      held: how.begins === 'replay' ? [] : null,
      replays: 0,
      isOver: false,
      isFaltering: false,
      leftAs: undefined,
      cancelExpiry: undefined,
      bucket: undefined,
    };
    const session = this.#handleOf(seated);
    return { seated, session };
  }

  /** From here on the session hears, and its participant is there. */
  admit(seated: Seated): void {
    const { sessions, bookmarks, assumed, ports } = this.#workspace;
    const surplus = sessions.add(seated);
    bookmarks.open(seated);
    assumed.joined(seated);
    this.#presence.began(seated);
    const { scope } = seated.options;
    ports.observe?.({ type: 'session-opened', at: ports.clock.now(), ...standpointOf(seated), scope });
    if (surplus !== undefined) this.end(surplus, 'REPLACED');
    this.#expireInTime(seated);
  }

  /** Ends one session; its participant may be gone with it. */
  end(seated: Seated, reason?: DisconnectReason, away?: Away): void {
    if (seated.isOver) return;
    seated.leftAs = away;
    this.#close(seated, reason);
    this.#presence.ended(seated);
  }

  endAllOf(id: ParticipantId): void {
    for (const session of [...this.#workspace.sessions.of(id)]) this.end(session, 'UNAUTHENTICATED');
  }

  /** Ends every session without a word about presence: it is the core that goes, not the people. */
  shutDown(): void {
    for (const session of this.#workspace.sessions.everybody()) this.#close(session, 'SHUTDOWN');
  }

  #close(seated: Seated, reason?: DisconnectReason): void {
    const { sessions, bookmarks, ports } = this.#workspace;
    seated.isOver = true;
    seated.cancelExpiry?.();
    sessions.remove(seated);
    bookmarks.close(seated);
    ports.observe?.({
      type: 'session-ended',
      at: ports.clock.now(),
      ...standpointOf(seated),
      reason: reason ?? null,
    });
    if (reason !== undefined) seated.options.onEnd?.(reason);
  }

  #expireInTime(seated: Seated): void {
    const { expiresAt } = seated.identity;
    if (expiresAt === undefined) return;
    const { clock } = this.#workspace.ports;
    const left = Math.max(expiresAt - clock.now(), 0);
    seated.cancelExpiry = clock.after(left, () => this.end(seated, 'UNAUTHENTICATED'));
  }

  #handleOf(seated: Seated): Session {
    const { id: workspaceId, sessions, bookmarks, assumed, ports } = this.#workspace;
    const { space } = seated.identity;
    return {
      id: seated.id,
      workspaceId,
      space,
      participant: seated.participant,
      follow: (chatId) => sessions.follow(seated, chatId),
      unfollow: (chatId) => sessions.unfollow(seated, chatId),
      replay: (what) => replayTo(this.#workspace, seated, what),
      written: (chatId, version) => {
        bookmarks.move(seated, chatId, version);
        assumed.written(seated, chatId, version);
        ports.observe?.({ type: 'written', at: ports.clock.now(), ...standpointOf(seated), chatId, version });
      },
      writtenUpTo: (number) => bookmarks.move(seated, wholeLane, number),
      lastWritten: () => bookmarks.versionOf(seated, wholeLane),
      note: (key, value) => ports.store.saveNotes([{ workspaceId, space, key, value }]),
      notes: async () => {
        const kept = await ports.store.loadNotes(workspaceId, space);
        return new Map(kept.map(({ key, value }) => [key, value]));
      },
      faltering: (isFaltering) => this.#presence.faltered(seated, isFaltering),
      end: async (away) => this.end(seated, undefined, away),
    };
  }
}
