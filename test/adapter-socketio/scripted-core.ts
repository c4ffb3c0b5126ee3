import type {
  Session,
  Command,
  Core,
  Delivery,
  DisconnectReason,
  Happening,
  Identity,
  Lobby,
  Outcome,
  Page,
  RejectionCode,
  SessionOptions,
  Transcript,
  View,
} from '@dragoman/core';
import { memoryAttachments, reject } from '@dragoman/core';
import { createCollectingLog, createCountingIds, createFixedClock } from '@dragoman/core/testing';
import type { CollectingLog, FixedClock } from '@dragoman/core/testing';
import { people } from './happychat-scene.js';

/** One session as the adapter opened it. */
export interface ScriptedSession {
  readonly who: Identity;
  readonly how: SessionOptions;
  /** Resolves when the adapter has ended it. */
  readonly ended: Promise<void>;
  deliver(event: Happening, view: View): void;
  endBecause(reason: DisconnectReason): void;
}

/** A core that does nothing but what the test says; its own decisions are tested elsewhere. */
export interface ScriptedCore extends Core {
  readonly clock: FixedClock;
  readonly log: CollectingLog;
  readonly sessions: readonly ScriptedSession[];
  readonly commands: readonly Command[];
  /** What `dispatch` answers; default: accepted, with no events. */
  answer: (command: Command) => Outcome | Promise<Outcome>;
  pages: (asked: Page) => Promise<Transcript>;
  board: Lobby;
  isAccepting: boolean;
  /** Resolves with the session of that side, once there is one. */
  session(side: string): Promise<ScriptedSession>;
  /** Resolves once so many commands were dispatched. */
  commanded(count: number): Promise<readonly Command[]>;
}

export const accepted: Outcome = { ok: true, events: [], isRepeat: false };

export function refused(code: RejectionCode): Outcome {
  return { ok: false, rejection: reject(code) };
}

export const emptyLobby: Lobby = {
  chats: new Map(),
  operators: new Map(),
  groups: [{ id: '__default', name: 'Default', isExclusive: false }],
  locales: { default: 'en-US', supported: ['en-US'] },
  isAccepting: true,
  queue: [],
  person: (id) => people[id],
  load: () => 0,
};

export function scriptedCore(): ScriptedCore {
  const sessions: ScriptedSession[] = [];
  const commands: Command[] = [];
  const waiting = new Set<() => void>();
  const ids = createCountingIds();

  function when<Found>(find: () => Found | undefined): Promise<Found> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  }

  const core: ScriptedCore = {
    clock: createFixedClock(),
    ids,
    log: createCollectingLog(),
    attachments: memoryAttachments(),
    sessions,
    commands,
    board: emptyLobby,
    isAccepting: true,
    answer: () => accepted,
    pages: async () => ({ entries: [], hasMore: false, people }),
    async connect(who, how, deliver) {
      let finish: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const id =
        Object.values(people).find((person) => person.identities[0]?.externalId === who.externalId)?.id ?? 'p_new';
      const session: Session = {
        id: ids.session(),
        workspaceId: who.workspaceId,
        space: who.space,
        participant: {
          id,
          role: who.role,
          name: who.name,
          isSupervisor: false,
          isDesk: false,
          locale: null,
          groups: [],
          profile: who.profile ?? {},
          identities: [],
        },
        follow: () => undefined,
        unfollow: () => undefined,
        replay: async () => 0,
        written: () => undefined,
        writtenUpTo: () => undefined,
        lastWritten: async () => 0,
        note: async () => undefined,
        notes: async () => new Map(),
        faltering: () => undefined,
        async end() {
          finish();
        },
      };
      sessions.push({
        who,
        how,
        ended,
        deliver: (event, view) => deliver({ event, view, isReplay: false } satisfies Delivery, session),
        endBecause: (reason) => how.onEnd?.(reason),
      });
      for (const check of waiting) check();
      return session;
    },
    async dispatch(_by, command) {
      commands.push(command);
      for (const check of waiting) check();
      return core.answer(command);
    },
    transcript: async (_by, _what, asked) => core.pages(asked),
    find: async (_by, what) => {
      const wanted = 'key' in what ? what.key : undefined;
      return [...core.board.chats.values()].find((chat) => chat.addresses['happychat'] === wanted);
    },
    personalData: async function* () {},
    whoIs: async () => undefined,
    erase: async () => ({ ok: false, rejection: reject('NOT_ALLOWED') }),
    events: async (_by, { afterNumber }) => ({ events: [], lastNumber: afterNumber }),
    recall: async () => [],
    lobby: () => core.board,
    head: async () => 0,
    canAccept: () => core.isAccepting,
    session: (side) => when(() => sessions.find(({ who }) => who.side === side && who.role !== 'monitor')),
    commanded: (count) => when(() => (commands.length >= count ? commands : undefined)),
  };
  return core;
}
