import type { Cancel } from '@dragoman/core';
import type { JoinAnswer, PushAnswer } from './channel.js';
import {
  endByServer,
  isOvertaken,
  joinAnswered,
  receive,
  replyTo,
  unmatchedJoin,
  type Deed,
  type JoinVerdict,
  type Step,
  type TopicState,
} from './channels.js';
import type { Connection } from './connection.js';
import type { Incoming, Payload } from './frame.js';
import { JoinedChannel } from './joined-channel.js';

type Verdict = Extract<JoinVerdict, { ok: false }>;

const binaryRefused: PushAnswer = { ok: false, reason: 'binary not supported' };
const unhandled: PushAnswer = { ok: false, reason: 'unhandled event' };
const late: PushAnswer = { ok: false, reason: 'timeout' };
const failed: PushAnswer = { ok: false, reason: 'internal error' };
const tooMany: Verdict = { ok: false, reason: 'too many channels joined', isFinal: false };
const tooFast: Verdict = { ok: false, reason: 'rate limited', isFinal: false };
const lateJoin: Verdict = { ok: false, reason: 'timeout', isFinal: false };
const failedJoin: Verdict = { ok: false, reason: 'join crashed', isFinal: false };

/** A hook that was asked and has not answered. */
interface Turn {
  cancelDeadline: Cancel | undefined;
}

/** How the end of a turn is told. */
interface Settle<Answer> {
  readonly done: (answer: Answer | undefined) => void;
  readonly failed: () => void;
  readonly late: () => void;
  /** An answer that comes when nobody waits for it any more. */
  readonly unwanted?: (answer: Answer | undefined) => void;
}

/** One topic of one connection: one frame after the other, each when the one before is answered. [PHX channel] */
export class TopicLine<Assigns> {
  readonly topic: string;
  readonly #connection: Connection<Assigns>;
  readonly #waiting: { readonly frame: Incoming; readonly bytes: number }[] = [];
  #state: TopicState | undefined;
  #channel: JoinedChannel<Assigns> | undefined;
  #turn: Turn | undefined;

  constructor(topic: string, connection: Connection<Assigns>) {
    this.topic = topic;
    this.#connection = connection;
  }

  /** Whether something is being answered: what a channel sends waits behind it. */
  get isBusy(): boolean {
    return this.#turn !== undefined;
  }

  receive(frame: Incoming, bytes: number): void {
    if (this.#turn === undefined) {
      this.#process(frame);
      this.#forgetIfIdle();
    } else if (this.#connection.reserve(bytes)) {
      this.#waiting.push({ frame, bytes });
    } else {
      this.#refuse(frame, 1000);
    }
  }

  /** The server's own end of a channel that is not being answered. */
  end(channel: JoinedChannel<Assigns>, how: 'closed' | 'crashed'): void {
    if (this.#channel !== channel || this.#state?.phase !== 'joined') return;
    this.#apply(endByServer(this.topic, this.#state.joinRef, how));
    this.#forgetIfIdle();
  }

  lost(): void {
    this.#takeTurn();
    this.#state = undefined;
    this.#endChannel('disconnected');
    for (const { bytes } of this.#waiting.splice(0)) this.#connection.release(bytes);
  }

  #process(frame: Incoming): void {
    if (!this.#connection.carrier.keepsOrder && isOvertaken(this.#state, frame)) return;
    this.#apply(receive(this.#state, frame));
  }

  #apply({ state, deeds }: Step): void {
    this.#state = state;
    for (const deed of deeds) this.#perform(deed);
  }

  #perform(deed: Deed): void {
    switch (deed.do) {
      case 'send':
        return this.#connection.send(deed.frame);
      case 'end':
        return this.#endChannel(deed.reason);
      case 'join':
        return this.#join(deed.params);
      case 'push':
        return this.#push(deed.frame);
    }
  }

  #join(params: Payload): void {
    const connection = this.#connection;
    const { limits, routes } = connection.house;
    if (!connection.takeJoin()) {
      connection.refused();
      return this.#joinAnswered(tooFast);
    }
    if (connection.size > limits.channels) return this.#joinAnswered(tooMany);
    const route = routes(this.topic);
    if (route === undefined) return this.#joinAnswered(unmatchedJoin);
    const channel = new JoinedChannel(this, connection, route);
    this.#channel = channel;
    this.#ask(() => route.join({ topic: this.topic, params, socket: connection, channel }), {
      done: (answer) => this.#joinDone(channel, answer),
      failed: () => this.#joinAnswered(failedJoin),
      late: () => this.#joinAnswered(lateJoin),
      unwanted: (answer) => {
        if (answer?.ok === true) channel.abandon(answer.handler);
      },
    });
  }

  #joinDone(channel: JoinedChannel<Assigns>, answer: JoinAnswer | undefined): void {
    if (answer?.ok !== true) return this.#joinAnswered(answer ?? unmatchedJoin);
    const joinRef = this.#state?.joinRef ?? null;
    this.#joinAnswered({ ok: true, response: answer.response ?? {} });
    channel.accept(answer.handler, joinRef);
  }

  #joinAnswered(verdict: JoinVerdict): void {
    if (!verdict.ok) this.#endChannel('disconnected');
    if (this.#state?.phase === 'joining') this.#apply(joinAnswered(this.#state, verdict));
  }

  #push(frame: Incoming): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    const waitMs = channel.takePush();
    if (waitMs > 0) return this.#refuse(frame, waitMs);
    const isBinary = frame.payload instanceof Uint8Array;
    if (isBinary && channel.route.takesBinary !== true) return this.#reply(frame, binaryRefused);
    const turn: Turn = { cancelDeadline: undefined };
    this.#turn = turn;
    const answer = this.#handled(channel, frame);
    if (answer instanceof Promise) return this.#awaitPush(turn, answer, { channel, frame });
    // The hook may have closed the connection.
    if (this.#takeTurn() === turn) this.#pushDone(channel, frame, answer ?? unhandled);
  }

  #handled(channel: JoinedChannel<Assigns>, frame: Incoming): ReturnType<JoinedChannel<Assigns>['handle']> {
    try {
      return channel.handle(frame);
    } catch (error) {
      this.#logFailure(error);
      return failed;
    }
  }

  #awaitPush(
    turn: Turn,
    answer: Promise<PushAnswer | undefined>,
    { channel, frame }: { readonly channel: JoinedChannel<Assigns>; readonly frame: Incoming },
  ): void {
    this.#await(turn, answer, {
      done: (value) => this.#pushDone(channel, frame, value ?? unhandled),
      failed: () => this.#pushDone(channel, frame, failed),
      late: () => this.#pushDone(channel, frame, late),
    });
  }

  #pushDone(channel: JoinedChannel<Assigns>, frame: Incoming, answer: PushAnswer): void {
    this.#reply(frame, answer);
    channel.flush();
    if (answer.ok && answer.written !== undefined) this.#connection.carrier.whenWritten(answer.written);
  }

  #reply(frame: Incoming, answer: PushAnswer): void {
    for (const deed of replyTo(frame, this.#state?.joinRef ?? null, answer)) this.#perform(deed);
  }

  /** [PHX refusals] */
  #refuse(frame: Incoming, waitMs: number): void {
    this.#reply(frame, { ok: false, reason: 'rate limited', details: { retry_after_ms: waitMs } });
    this.#connection.refused();
  }

  #endChannel(reason: 'left' | 'replaced' | 'closed' | 'crashed' | 'disconnected'): void {
    const channel = this.#channel;
    this.#channel = undefined;
    channel?.end(reason);
  }

  /** Asks a hook; its answer is taken at once if it is no promise. The line is busy until then. */
  #ask<Answer>(hook: () => Answer | Promise<Answer>, settle: Settle<Answer>): void {
    const turn: Turn = { cancelDeadline: undefined };
    this.#turn = turn;
    try {
      const answer = hook();
      if (answer instanceof Promise) return this.#await(turn, answer, settle);
      // The hook may have closed the connection.
      if (this.#takeTurn() === turn) settle.done(answer);
      else settle.unwanted?.(answer);
    } catch (error) {
      this.#logFailure(error);
      if (this.#takeTurn() === turn) settle.failed();
    }
  }

  #await<Answer>(turn: Turn, answer: Promise<Answer>, settle: Settle<Answer>): void {
    const finish = (end: () => void): boolean => {
      if (this.#turn !== turn) return false;
      this.#takeTurn();
      end();
      this.#goOn();
      return true;
    };
    turn.cancelDeadline = this.#connection.house.deadlines.add(() => finish(settle.late));
    answer.then(
      (value) => {
        if (!finish(() => settle.done(value))) settle.unwanted?.(value);
      },
      (error: unknown) => {
        this.#logFailure(error);
        finish(settle.failed);
      },
    );
  }

  #takeTurn(): Turn | undefined {
    const turn = this.#turn;
    turn?.cancelDeadline?.();
    this.#turn = undefined;
    return turn;
  }

  #goOn(): void {
    if (this.#connection.isLeaving) return this.#connection.answered();
    while (this.#turn === undefined) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#connection.release(next.bytes);
      this.#process(next.frame);
    }
    this.#forgetIfIdle();
  }

  #forgetIfIdle(): void {
    const isIdle = this.#state === undefined && this.#turn === undefined && this.#waiting.length === 0;
    if (isIdle) this.#connection.forget(this.topic);
  }

  #logFailure(error: unknown): void {
    this.#connection.house.log.error({ error: String(error) }, 'a channel hook failed');
  }
}
