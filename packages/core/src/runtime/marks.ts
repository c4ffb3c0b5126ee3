import type { Chat } from '../chat/chat.js';
import type { ParticipantId } from '../participant.js';

/** A chat as far as its events have been told, and everybody they named. */
export interface ToldSoFar {
  readonly chat: Chat;
  readonly named: ReadonlySet<ParticipantId>;
  /** Of the last event told, in the workspace's log; 0: nothing has been told. */
  readonly number: number;
}

/** Events between two marks, as long as there are few. */
export const markEvery = 128;

/** Marks of one chat. */
const mostMarks = 128;

/**
 * How a chat stood after every so many of its events, so that what came later is told without its beginning. As it grows
 * each second mark goes: there are never more than `most`, at even distances.
 */
export class Marks {
  readonly #most: number;
  readonly #byVersion = new Map<number, ToldSoFar>();
  #every: number;

  constructor({ every = markEvery, most = mostMarks }: { readonly every?: number; readonly most?: number } = {}) {
    this.#every = every;
    this.#most = most;
  }

  /** The last mark at this version or before it; undefined: the beginning. */
  before(version: number): ToldSoFar | undefined {
    const last = this.#byVersion.size * this.#every;
    return this.#byVersion.get(Math.min(Math.floor(version / this.#every) * this.#every, last));
  }

  /** Keeps this as a mark, if it is the next one that is wanted. */
  add(told: ToldSoFar): void {
    if (told.chat.version !== (this.#byVersion.size + 1) * this.#every) return;
    this.#byVersion.set(told.chat.version, told);
    if (this.#byVersion.size < this.#most) return;
    this.#every *= 2;
    for (const version of this.#byVersion.keys()) if (version % this.#every !== 0) this.#byVersion.delete(version);
  }
}
