import type { Command } from '../../command.js';
import type { DisconnectReason, Outcome } from '../../outcome.js';
import type { Core } from '../../ports.js';
import type { Session } from '../../session.js';

/** One session that an adapter opened. */
export interface WatchedSession {
  /** Whether the adapter has ended it. */
  readonly isOver: boolean;
  /** Ends it as the core does: the adapter is told the reason, and hears nothing more. */
  dismiss(reason: DisconnectReason): Promise<void>;
}

/** A core that does what another does, and lets a test see and change what passes. */
export interface WatchedCore extends Core {
  /** Every command an adapter sent, oldest first. */
  readonly commands: readonly Command[];
  /** Every session an adapter opened, oldest first. */
  readonly sessions: readonly WatchedSession[];
  /** How often an adapter asked for a page of a transcript. */
  readonly transcripts: number;
  /** Answers the commands for which it returns something, in place of the core. Undefined: nobody does. */
  answer: ((command: Command) => Outcome | undefined) | undefined;
}

interface Seen extends WatchedSession {
  isOver: boolean;
}

/** The same session for the adapter, with its end seen by the test. */
function watchSession(session: Session, seen: Seen): Session {
  return {
    id: session.id,
    workspaceId: session.workspaceId,
    space: session.space,
    participant: session.participant,
    follow: (chatId) => session.follow(chatId),
    unfollow: (chatId) => session.unfollow(chatId),
    replay: (what) => session.replay(what),
    written: (chatId, version) => session.written(chatId, version),
    writtenUpTo: (number) => session.writtenUpTo(number),
    lastWritten: () => session.lastWritten(),
    note: (key, value) => session.note(key, value),
    notes: () => session.notes(),
    faltering: (isFaltering) => session.faltering(isFaltering),
    end(away) {
      seen.isOver = true;
      return session.end(away);
    },
  };
}

/** Stands between an adapter and its core. */
export function watchCore(core: Core): WatchedCore {
  const commands: Command[] = [];
  const sessions: Seen[] = [];
  const behind = new WeakMap<Session, Session>();
  const real = (session: Session): Session => behind.get(session) ?? session;
  let transcripts = 0;

  const watched: WatchedCore = {
    commands,
    sessions,
    get transcripts() {
      return transcripts;
    },
    answer: undefined,
    clock: core.clock,
    ids: core.ids,
    log: core.log,
    observe: core.observe,
    attachments: core.attachments,
    async connect(who, how, deliver) {
      const shown = new Map<Session, Session>();
      const watch = (session: Session): Session => {
        const known = shown.get(session);
        if (known !== undefined) return known;
        const seen: Seen = {
          isOver: false,
          async dismiss(reason) {
            await session.end();
            how.onEnd?.(reason);
          },
        };
        const handle = watchSession(session, seen);
        sessions.push(seen);
        shown.set(session, handle);
        behind.set(handle, session);
        return handle;
      };
      return watch(await core.connect(who, how, (delivery, session) => deliver(delivery, watch(session))));
    },
    async dispatch(by, command) {
      commands.push(command);
      return watched.answer?.(command) ?? core.dispatch(real(by), command);
    },
    transcript(by, what, page) {
      transcripts += 1;
      return core.transcript(real(by), what, page);
    },
    find: (by, what) => core.find(real(by), what),
    head: (by) => core.head(real(by)),
    events: (by, after) => core.events(real(by), after),
    personalData: (by, id) => core.personalData(real(by), id),
    whoIs: (by, who) => core.whoIs(real(by), who),
    erase: (by, id) => core.erase(real(by), id),
    recall: (by, commandId) => core.recall(real(by), commandId),
    lobby: (by) => core.lobby(real(by)),
    canAccept: (by, wishes) => core.canAccept(real(by), wishes),
  };
  return watched;
}
