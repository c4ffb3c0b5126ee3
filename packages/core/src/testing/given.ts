import type { Chat } from '../chat/chat.js';
import { prospect } from '../chat/chat.js';
import type { ChatDecision, Verdict } from '../chat/verdict.js';
import { decide } from '../chat/decide.js';
import { isRejection } from '../chat/verdict.js';
import { evolve } from '../chat/evolve.js';
import type { Scene, Speaker } from '../chat/scene.js';
import type { ChatFact } from '../event.js';
import type { RejectionCode } from '../outcome.js';
import type { ParticipantId } from '../participant.js';
import type { Policies } from '../policies.js';
import { defaultPolicies } from '../policies.js';
import { likeness } from './likeness.js';
import { scenarioChatId } from './people.js';

/** What surrounds the chat of a scenario; everything has a default. */
export interface Surroundings {
  /** Over the defaults of a workspace. */
  readonly policies?: Partial<Policies>;
  /** Operators routing has met, by what they are: `available` and there unless told otherwise. Default: none. */
  readonly operators?: Readonly<Record<ParticipantId, { readonly isOnline?: boolean; readonly status?: string }>>;
  /** The next ticket number of the queue. Default 1. */
  readonly nextPlace?: number;
  /** The desk that takes chats from the queue. Default: nobody does. */
  readonly deskId?: ParticipantId;
}

/** A chat to which something has happened. */
export interface Given {
  readonly chat: Chat;
  /** The same chat in other surroundings; what is not named stays. */
  within(surroundings: Surroundings): Given;
  /** One second later unless told otherwise, ms: somebody asks for something. */
  when(command: ChatDecision, by: Speaker, afterMs?: number): Decided;
}

/** A decision, and the chat after it. */
export interface Decided extends Given {
  readonly before: Chat;
  readonly verdict: Verdict;
  /** When it was decided, ms since epoch. */
  readonly at: number;
  /**
   * Throws unless exactly these facts came of it, in this order, each with at least these fields; `[]` for a command that
   * was accepted and changed nothing. With a code: unless it was refused so.
   */
  yields(expected: readonly FactLike[] | RejectionCode): Decided;
}

/** A fact's type and some of its fields; objects inside may be partial too. */
export type FactLike = {
  readonly [Type in ChatFact['type']]: Like<Extract<ChatFact, { type: Type }>>;
}[ChatFact['type']];

type Like<Fact extends ChatFact> = Pick<Fact, 'type'> & Partial<{ readonly [Key in keyof Fact]: Loose<Fact[Key]> }>;
type Loose<Value> = Value extends readonly unknown[] ? Value : Value extends object ? Partial<Value> : Value;

/** When the first fact of a scenario happened; the others follow a second apart. */
export const scenarioStart: number = Date.UTC(2026, 0, 1);

const apartMs = 1_000;

/** A chat that these facts have happened to; without any, one that is not stored. */
export function given(...facts: readonly ChatFact[]): Given {
  const chat = facts.reduce(
    (state, fact, index) => evolve(state, fact, scenarioStart + index * apartMs),
    prospect(scenarioChatId, 'default'),
  );
  return scenario(chat, scenarioStart + (facts.length - 1) * apartMs, {});
}

function scenario(chat: Chat, now: number, around: Surroundings): Given {
  return {
    chat,
    within: (more) => scenario(chat, now, { ...around, ...more }),
    when: (command, by, afterMs = apartMs) => decided(chat, command, sceneOf(around, by, now + afterMs), around),
  };
}

function decided(before: Chat, command: ChatDecision, scene: Scene, around: Surroundings): Decided {
  const verdict = decide(before, command, scene);
  const facts = isRejection(verdict) ? [] : verdict;
  const after = facts.reduce((state, fact) => evolve(state, fact, scene.now), before);
  const self: Decided = {
    ...scenario(after, scene.now, around),
    before,
    verdict,
    at: scene.now,
    yields(expected) {
      const actual = isRejection(verdict) ? verdict.code : verdict;
      if (!likeness(actual, expected)) throw mismatch(command, actual, expected);
      return self;
    },
  };
  return self;
}

function sceneOf(around: Surroundings, by: Speaker, now: number): Scene {
  const operators = new Map(Object.entries(around.operators ?? {}));
  return {
    by,
    now,
    policies: { ...defaultPolicies, ...around.policies },
    desk: {
      operator(id) {
        const known = operators.get(id);
        return known && { isOnline: known.isOnline ?? true, status: known.status ?? 'available' };
      },
      normalise: ({ locale = 'en-US', groups = ['__default'] }) => ({ locale, groups }),
      nextPlace: around.nextPlace ?? 1,
      delegateFor: () => around.deskId ?? null,
    },
  };
}

/** With `actual` and `expected`, which test frameworks show as a difference. */
function mismatch(command: ChatDecision, actual: unknown, expected: unknown): Error {
  const message = `${command.type} came to ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`;
  return Object.assign(new Error(message), { name: 'AssertionError', actual, expected, showDiff: true });
}
