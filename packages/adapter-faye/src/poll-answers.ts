import type { EventFrame } from './event-frame.js';

/** As its client named it; undefined: not at all. */
type ConnectId = string | number | undefined;

/**
 * The events that one client's polls were answered with. Nobody can see an answer arrive: the next connect tells, which
 * comes only from who has it, or asks for it again.
 */
export class PollAnswers {
  /** Taken by a poll, until it is known what became of its answer. */
  #taken: readonly EventFrame[] = [];
  #last: { readonly connectId: ConnectId; readonly frames: readonly EventFrame[] } | undefined;

  /** What may not have arrived, oldest first. */
  get unsettled(): readonly EventFrame[] {
    return [...(this.#last?.frames ?? []), ...this.#taken];
  }

  took(frames: readonly EventFrame[]): void {
    this.#taken = [...this.#taken, ...frames];
  }

  /** The poll reached nobody: its events are the caller's again. */
  lost(frames: readonly EventFrame[]): void {
    this.#taken = this.#taken.filter((frame) => !frames.includes(frame));
  }

  /** The poll was answered, as far as we can see; `connectId` is the id of its connect message. */
  answered(connectId: ConnectId, frames: readonly EventFrame[]): void {
    this.lost(frames);
    this.#last = { connectId, frames };
  }

  /** What arrived: the last answer, for its client has said more since. */
  settle(): readonly EventFrame[] {
    const frames = this.#last?.frames ?? [];
    this.#last = undefined;
    return frames;
  }

  /** Whether a connect is the one that was answered last: its client never got that answer. [FAYE dispatcher] */
  isRepeat(connectId: ConnectId): boolean {
    return connectId !== undefined && this.#last?.connectId === connectId;
  }
}
