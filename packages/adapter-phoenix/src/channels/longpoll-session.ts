import type { Carrier } from './carrier.js';
import type { Cancel } from '@dragoman/core';
import type { Channel } from './channel.js';
import { Connection, type Admitted, type House } from './connection.js';
import type { Deadlines } from './deadlines.js';
import type { EncodedFrame } from './encoded-frame.js';

/** What a poll is answered with. [PHX longpoll] */
export type PollAnswer =
  | { readonly status: 200 | 204 | 410; readonly token: string; readonly messages: readonly string[] }
  | { readonly status: 500 };

/** A request that waits for frames. `answer` says later whether it went out whole. */
export type HeldPoll = (answer: PollAnswer) => Promise<boolean>;

interface Waiting {
  readonly text: string;
  readonly bytes: number;
  readonly written: (() => void)[];
}

export interface SessionLimits {
  readonly backlogFrames: number;
  readonly backlogBytes: number;
}

export interface SessionParts<Assigns> {
  readonly house: House<Assigns>;
  readonly limits: SessionLimits;
  /** How long a poll is held. */
  readonly windows: Deadlines;
  /** The session is over. */
  readonly ended: (token: string) => void;
}

/** One client that polls, as carrier of one connection. [PHX longpoll] */
export class PollSession<Assigns> implements Carrier {
  readonly takesBinary = false;
  readonly keepsOrder = false;
  readonly token: string;
  readonly connection: Connection<Assigns>;
  /** Requests of this client that are being read. */
  posts = 0;
  readonly #parts: SessionParts<Assigns>;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #poll: HeldPoll | undefined;
  #cancelWindow: Cancel | undefined;
  #polledAt: number;
  #polls = 0;
  /** What the last answer held, once it went out whole: who polls again has it. */
  #unconfirmed: (() => void)[] = [];
  #isFlushing = false;
  #isEnded = false;

  constructor(token: string, admitted: Admitted<Assigns>, parts: SessionParts<Assigns>) {
    this.token = token;
    this.#parts = parts;
    this.#polledAt = parts.house.clock.monotonic();
    this.connection = new Connection(admitted, this, parts.house);
  }

  text(text: string): void {
    this.#add({ text, bytes: Buffer.byteLength(text), written: [] });
  }

  /** Nobody calls it: long-poll clients read no bytes. */
  bytes(): void {}

  shared(frame: EncodedFrame, channel: Channel): void {
    this.text(frame.text(this.connection.version));
    if (frame.written !== undefined) this.whenWritten(() => frame.written?.(channel));
  }

  whenWritten(run: () => void): void {
    const last = this.#waiting.at(-1);
    if (last !== undefined) last.written.push(run);
    else this.#unconfirmed.push(run);
  }

  /** Whatever the code was: the next poll fails, and the client opens a new session. [PHX longpoll status] */
  close(): void {
    this.#isEnded = true;
    this.#parts.ended(this.token);
    if (this.#waiting.length > 0) this.#flush();
    this.#release({ status: 500 });
  }

  /** A newer poll takes over from an older one. [PHX longpoll poll] */
  hold(poll: HeldPoll): void {
    this.#release({ status: 204, token: this.token, messages: [] });
    this.#polledAt = this.#parts.house.clock.monotonic();
    this.#polls += 1;
    this.#confirm();
    this.#poll = poll;
    this.#cancelWindow = this.#parts.windows.add(() => {
      this.#release({ status: 204, token: this.token, messages: [] });
    });
    if (this.#waiting.length > 0) this.#flush();
  }

  /** The request of a held poll is gone: frames wait for the next. */
  drop(poll: HeldPoll): void {
    if (this.#poll === poll) this.#takePoll();
  }

  isSilentSince(at: number): boolean {
    return this.#polledAt <= at;
  }

  #add(waiting: Waiting): void {
    if (this.#isEnded) return;
    this.#waiting.push(waiting);
    this.#bytes += waiting.bytes;
    const { backlogFrames, backlogBytes } = this.#parts.limits;
    if (this.#waiting.length > backlogFrames || this.#bytes > backlogBytes) return this.connection.close(1013);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    // What is said in one turn of the event loop goes out in one answer.
    setImmediate(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    const poll = this.#waiting.length > 0 ? this.#takePoll() : undefined;
    if (poll === undefined) return;
    const sent = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    const polls = this.#polls;
    void poll({ status: 200, token: this.token, messages: sent.map(({ text }) => text) }).then((isWhole) => {
      if (!isWhole) return this.#putBack(sent);
      this.#unconfirmed.push(...sent.flatMap(({ written }) => written));
      if (this.#polls > polls) this.#confirm();
    });
  }

  #confirm(): void {
    const confirmed = this.#unconfirmed;
    this.#unconfirmed = [];
    for (const run of confirmed) run();
  }

  /** The answer did not even leave this process. */
  #putBack(unsent: readonly Waiting[]): void {
    if (this.#isEnded) return;
    this.#waiting.unshift(...unsent);
    for (const { bytes } of unsent) this.#bytes += bytes;
    this.#flush();
  }

  #release(answer: PollAnswer): void {
    void this.#takePoll()?.(answer);
  }

  #takePoll(): HeldPoll | undefined {
    const poll = this.#poll;
    this.#cancelWindow?.();
    this.#cancelWindow = undefined;
    this.#poll = undefined;
    return poll;
  }
}
