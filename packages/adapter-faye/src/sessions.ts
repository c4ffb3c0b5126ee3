import type { Clock } from '@dragoman/core';
import type { Application } from './application.js';
import type { EventFrame } from './event-frame.js';
import { Lifetimes, type LifeLimits } from './lifetimes.js';
import { PollAnswers } from './poll-answers.js';

/**
 * What a connection makes of a frame. `refused`: congested, `Sessions.drain` is called when there is room again. `sent`: on
 * its way, `Sessions.arrived` is called when the client has it. `gone`: on its way, and nobody will ever know.
 */
export type Fate = 'refused' | 'sent' | 'gone';

/** A connection that carries events at once: a WebSocket or an EventSource. */
export interface Outlet {
  /** Whether clients open it while they still poll, and settle on it by a later connect: so Faye tries an EventSource. [FAYE event_source] */
  readonly isTried: boolean;
  write(frame: EventFrame): Fate;
  /** After what was written is out; `arrived` runs if the client then says that it has all of it. */
  close(arrived?: () => void): void;
}

/** A held connect, which the first events end. */
export interface Poll {
  deliver(frames: readonly EventFrame[]): void;
}

/** `left`: the client said so. `silent`: not heard of in time. `slow`: did not take its events. `sent-away`: by us. */
export type EndReason = 'left' | 'silent' | 'slow' | 'sent-away';

/** One handshake's worth of a client. It belongs to its id, not to a connection. [BAYEUX clientId] */
export interface BayeuxSession {
  readonly id: string;
  readonly channels: ReadonlySet<string>;
}

interface Entry extends BayeuxSession {
  readonly channels: Set<string>;
  outlet: Outlet | undefined;
  /** Open, and carries nothing until a connect settles on it. */
  tried: Outlet | undefined;
  /** How its last connect wanted events; undefined: it has not connected, or by a socket. */
  wants: 'polls' | 'stream' | undefined;
  queue: EventFrame[];
  queuedBytes: number;
  /** Events that the outlet was written and the client has not shown to have, oldest first. */
  sent: EventFrame[];
  readonly answers: PollAnswers;
}

export interface SessionLimits extends LifeLimits {
  /** Waiting for one client: events, and their bytes. */
  readonly queuedEvents: number;
  readonly queuedBytes: number;
}

/** The held connects, kept by the library. */
export interface Polls {
  /** Undefined when none is held. */
  find(sessionId: string): Poll | undefined;
  /** Lets a held connect be answered now. */
  release(sessionId: string): void;
}

/** All sessions of one mount: who listens to which channel, and what waits for whom. */
export class Sessions {
  readonly #limits: SessionLimits;
  readonly #application: Application;
  readonly #polls: Polls;
  readonly #all = new Map<string, Entry>();
  readonly #listeners = new Map<string, Set<Entry>>();
  readonly #lifetimes: Lifetimes<Entry>;

  constructor(clock: Clock, limits: SessionLimits, application: Application, polls: Polls) {
    this.#limits = limits;
    this.#application = application;
    this.#polls = polls;
    this.#lifetimes = new Lifetimes(clock, limits, {
      silent: ({ id }) => void this.end(id, 'silent'),
      fellQuiet: (entry) => application.fellQuiet(entry),
    });
  }

  get size(): number {
    return this.#all.size;
  }

  get(id: string | undefined): BayeuxSession | undefined {
    return id === undefined ? undefined : this.#all.get(id);
  }

  open(id: string): void {
    const nothing = { outlet: undefined, tried: undefined, wants: undefined, queuedBytes: 0 };
    const entry: Entry = { ...nothing, id, channels: new Set(), queue: [], sent: [], answers: new PollAnswers() };
    this.#all.set(id, entry);
    this.#lifetimes.opened(entry);
  }

  /** The client was heard: a connect begins. */
  ping(id: string): void {
    const entry = this.#all.get(id);
    if (entry === undefined) return;
    if (this.#lifetimes.heard(entry)) this.#application.woke(entry);
  }

  /** Puts the session on this connection; one it had before is closed. False when there is no such session. */
  attach(id: string, outlet: Outlet): boolean {
    const entry = this.#all.get(id);
    if (entry === undefined) return false;
    if (entry.tried !== outlet) entry.tried?.close();
    entry.tried = undefined;
    if (outlet.isTried && entry.wants === 'polls') {
      entry.tried = outlet;
      return true;
    }
    if (entry.outlet !== outlet) {
      entry.outlet?.close();
      this.#takeBack(entry);
    }
    entry.outlet = outlet;
    this.#lifetimes.attached(entry);
    return true;
  }

  /** The connection is gone. Nothing happens when the session has moved to another meanwhile. */
  detach(id: string, outlet: Outlet): boolean {
    const entry = this.#all.get(id);
    if (entry?.tried === outlet) entry.tried = undefined;
    if (entry?.outlet !== outlet) return false;
    entry.outlet = undefined;
    this.#lifetimes.detached(entry);
    this.#takeBack(entry);
    return true;
  }

  /** The client has shown to have so many more of what this connection was written. */
  arrived(id: string, outlet: Outlet, count: number): void {
    const entry = this.#all.get(id);
    if (entry?.outlet !== outlet) return;
    this.#confirm(entry, entry.sent.splice(0, count));
    this.drain(id);
  }

  /**
   * The client polls: what it was connected by before, perhaps a line that broke unseen, carries nothing more. A stream that it
   * only tries stays open, or it would be without one until its browser asks again.
   */
  poll(id: string): void {
    const entry = this.#all.get(id);
    if (entry === undefined) return;
    const { outlet, wants } = entry;
    entry.wants = 'polls';
    if (outlet === undefined) return;
    this.detach(id, outlet);
    if (outlet.isTried && wants !== 'stream') entry.tried = outlet;
    else outlet.close();
  }

  /** The client has settled on its stream. */
  stream(id: string): void {
    const entry = this.#all.get(id);
    if (entry === undefined) return;
    entry.wants = 'stream';
    if (entry.tried === undefined) return;
    this.attach(id, entry.tried);
    this.drain(id);
  }

  subscribe(id: string, channel: string): void {
    const entry = this.#all.get(id);
    if (entry === undefined) return;
    entry.channels.add(channel);
    const listeners = this.#listeners.get(channel);
    if (listeners === undefined) this.#listeners.set(channel, new Set([entry]));
    else listeners.add(entry);
  }

  unsubscribe(id: string, channel: string): void {
    const entry = this.#all.get(id);
    if (entry !== undefined) this.#forget(entry, channel);
  }

  /** To everybody on the channel, and on the pattern that ends in `*` in its place; once to each. */
  publish(frame: EventFrame): void {
    const exact = this.#listeners.get(frame.channel);
    const wide = this.#listeners.get(`${frame.channel.slice(0, frame.channel.lastIndexOf('/'))}/*`);
    for (const entry of exact ?? []) this.#send(entry, frame);
    for (const entry of wide ?? []) if (exact?.has(entry) !== true) this.#send(entry, frame);
  }

  /** To one session, whatever it is subscribed to. */
  send(session: BayeuxSession, frame: EventFrame): void {
    const entry = this.#all.get(session.id);
    if (entry !== undefined) this.#send(entry, frame);
  }

  /** Whether this very event, made anew, is on its way to the session already. */
  awaits({ id }: BayeuxSession, { channel, mark }: EventFrame): boolean {
    const { queue = [], sent = [], answers } = this.#all.get(id) ?? {};
    return [...(answers?.unsettled ?? []), ...sent, ...queue].some(
      (frame) =>
        frame.channel === channel && frame.mark?.chatId === mark?.chatId && frame.mark?.version === mark?.version,
    );
  }

  /** Hands over what waits, as far as it is taken. */
  drain(id: string): void {
    const entry = this.#all.get(id);
    if (entry === undefined || entry.queue.length === 0) return;
    if (entry.outlet === undefined) return this.#drainToPoll(entry);
    let taken = 0;
    for (const frame of entry.queue) {
      if (!this.#write(entry, entry.outlet, frame)) break;
      taken += 1;
    }
    this.#setQueue(entry, entry.queue.slice(taken));
  }

  /** A poll was answered, as far as we can see; `connectId` is the id of its connect message. */
  pollAnswered(id: string, connectId: string | number | undefined, frames: readonly EventFrame[]): void {
    const entry = this.#all.get(id);
    if (entry === undefined) return;
    this.#confirm(entry, entry.answers.settle());
    entry.answers.answered(connectId, frames);
    this.#pollEnded(entry);
  }

  /** A poll ended without reaching anybody: its events go out by what the client has now, or wait for the next. */
  pollLost(id: string, frames: readonly EventFrame[]): void {
    const entry = this.#all.get(id);
    if (entry === undefined) return;
    entry.answers.lost(frames);
    this.#pollEnded(entry);
    this.#setQueue(entry, [...frames, ...entry.queue]);
    this.drain(id);
  }

  /**
   * Who polls again has the last answer; but a client that sends a connect with the id of its last one never got that:
   * its events go out again. [FAYE dispatcher]
   */
  askedAgain(id: string, connectId: string | number | undefined): void {
    const entry = this.#all.get(id);
    if (entry === undefined) return;
    const isRepeat = entry.answers.isRepeat(connectId);
    const frames = entry.answers.settle();
    if (isRepeat) this.#setQueue(entry, [...frames, ...entry.queue]);
    else this.#confirm(entry, frames);
  }

  /** Lets a held connect be answered now. */
  releasePoll(id: string | undefined): void {
    if (id !== undefined) this.#polls.release(id);
  }

  end(id: string, reason: EndReason): boolean {
    const entry = this.#all.get(id);
    if (entry === undefined) return false;
    this.#all.delete(id);
    this.#lifetimes.ended(entry);
    for (const channel of entry.channels) this.#forget(entry, channel);
    const { sent } = entry;
    entry.outlet?.close(() => this.#confirm(entry, sent));
    entry.tried?.close();
    this.#polls.release(id);
    if (reason === 'left') this.#confirmAll(entry);
    this.#application.ended(entry, reason);
    return true;
  }

  ids(): readonly string[] {
    return [...this.#all.keys()];
  }

  #send(entry: Entry, frame: EventFrame): void {
    if (entry.queue.length === 0 && entry.outlet !== undefined && this.#write(entry, entry.outlet, frame)) return;
    const poll = entry.outlet === undefined ? this.#polls.find(entry.id) : undefined;
    if (poll !== undefined) return this.#giveToPoll(entry, poll, [frame]);
    entry.queue.push(frame);
    entry.queuedBytes += frame.bytes.length;
    this.#endIfOverfull(entry);
  }

  #drainToPoll(entry: Entry): void {
    const poll = this.#polls.find(entry.id);
    if (poll === undefined) return;
    const { queue } = entry;
    this.#setQueue(entry, []);
    this.#giveToPoll(entry, poll, queue);
  }

  /** False: it must wait. */
  #write(entry: Entry, outlet: Outlet, frame: EventFrame): boolean {
    if (entry.sent.length >= this.#limits.queuedEvents) return false;
    const fate = outlet.write(frame);
    if (fate === 'sent') entry.sent.push(frame);
    if (fate === 'gone') this.#application.written(entry, frame);
    return fate !== 'refused';
  }

  /** What may not have arrived before a connection ended goes out by the next. */
  #takeBack(entry: Entry): void {
    const { sent } = entry;
    if (sent.length === 0) return;
    entry.sent = [];
    this.#setQueue(entry, [...sent, ...entry.queue]);
  }

  /** Who says good-bye has everything. */
  #confirmAll(entry: Entry): void {
    this.#confirm(entry, entry.answers.settle());
    this.#confirm(entry, entry.sent.splice(0));
  }

  #confirm(entry: Entry, frames: readonly EventFrame[]): void {
    for (const frame of frames) this.#application.written(entry, frame);
  }

  /** A newer poll may be held already, or another connection be there. */
  #pollEnded(entry: Entry): void {
    const isConnected = entry.outlet !== undefined || this.#polls.find(entry.id) !== undefined;
    if (!isConnected) this.#lifetimes.detached(entry);
  }

  #giveToPoll(entry: Entry, poll: Poll, frames: readonly EventFrame[]): void {
    entry.answers.took(frames);
    poll.deliver(frames);
  }

  #setQueue(entry: Entry, queue: EventFrame[]): void {
    entry.queue = queue;
    entry.queuedBytes = queue.reduce((sum, frame) => sum + frame.bytes.length, 0);
    this.#endIfOverfull(entry);
  }

  /** The client begins anew with a handshake and asks the history for what it missed. */
  #endIfOverfull(entry: Entry): void {
    const isOverfull = entry.queue.length > this.#limits.queuedEvents || entry.queuedBytes > this.#limits.queuedBytes;
    if (isOverfull) this.end(entry.id, 'slow');
  }

  #forget(entry: Entry, channel: string): void {
    entry.channels.delete(channel);
    const listeners = this.#listeners.get(channel);
    listeners?.delete(entry);
    if (listeners?.size === 0) this.#listeners.delete(channel);
  }
}
