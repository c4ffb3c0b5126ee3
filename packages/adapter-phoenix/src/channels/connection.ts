import type { Clock, Log, Wire } from '@dragoman/core';
import { decodeBinary, encodeBinary } from './binary.js';
import type { Carrier } from './carrier.js';
import type { ChannelSocket, CloseCode, Knock } from './channel-socket.js';
import { heartbeatReply, isHeartbeat } from './channels.js';
import type { Deadlines } from './deadlines.js';
import type { Incoming, Outgoing, Version } from './frame.js';
import type { ChannelLimits } from './options.js';
import { Bucket, Tally } from './rates.js';
import type { FindRoute } from './routes.js';
import { decodeText, encodeText } from './serializer.js';
import type { Subscribers } from './subscribers.js';
import { TopicLine } from './topic-line.js';
import { watchedCarrier } from './watched-carrier.js';

/** What all connections of a mount share. */
export interface House<Assigns> {
  readonly clock: Clock;
  readonly log: Log;
  readonly wire?: Wire | undefined;
  readonly limits: ChannelLimits;
  readonly routes: FindRoute<Assigns>;
  readonly deadlines: Deadlines;
  readonly subscribers: Subscribers;
}

/** Whom a connection was opened for. */
export interface Admitted<Assigns> {
  readonly request: Knock;
  readonly assigns: Assigns;
  readonly version: Version;
}

/** One connection: reads frames, hands each to the line of its topic, writes what comes of it. */
export class Connection<Assigns> implements ChannelSocket<Assigns> {
  readonly id: string | undefined;
  readonly request: Knock;
  readonly assigns: Assigns;
  readonly version: Version;
  readonly house: House<Assigns>;
  readonly carrier: Carrier;
  readonly #lines = new Map<string, TopicLine<Assigns>>();
  readonly #loose: Bucket;
  readonly #joins = new Tally();
  readonly #refusals = new Tally();
  #isOpen = true;
  #leavingWith: CloseCode | undefined;
  #hasSentBinary = false;
  #waitingFrames = 0;
  #waitingBytes = 0;

  constructor(admitted: Admitted<Assigns>, carrier: Carrier, house: House<Assigns>) {
    this.request = admitted.request;
    this.assigns = admitted.assigns;
    this.version = admitted.version;
    this.carrier = carrier;
    this.house = house;
    this.#loose = new Bucket(house.limits.pushes, house.clock.monotonic());
    const { wire } = house;
    if (wire === undefined) return;
    const { params, transport } = this.request;
    const id = wire.opened({ transport, client: `vsn ${params.get('vsn') ?? '1.0.0'}` });
    this.id = id;
    this.carrier = watchedCarrier(carrier, { id, version: this.version, wire });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Only who has sent binary frames is known to read them. [PHX binary frames] */
  get readsBinary(): boolean {
    return this.#hasSentBinary && this.carrier.takesBinary;
  }

  /** False: no frame, and the connection is closed. */
  receiveText(text: string): boolean {
    if (this.id !== undefined) this.house.wire?.in(this.id, text);
    return this.#receive(decodeText(this.version, text), text.length);
  }

  /** As `receiveText`. Version 1 knows no such frames. [PHX refusals] */
  receiveBinary(bytes: Uint8Array): boolean {
    if (this.id !== undefined) this.house.wire?.in(this.id, bytes);
    const frame = this.version === 2 ? decodeBinary(bytes) : undefined;
    if (frame !== undefined) this.#hasSentBinary = true;
    return this.#receive(frame, bytes.length);
  }

  #receive(frame: Incoming | undefined, bytes: number): boolean {
    if (!this.#isOpen) return false;
    if (frame === undefined) {
      this.close(1011);
      return false;
    }
    if (this.isLeaving) return true;
    const line = this.#lines.get(frame.topic);
    if (line !== undefined) line.receive(frame, bytes);
    else this.#receiveLoose(frame, bytes);
    return true;
  }

  /** A frame of a topic that is not joined. */
  #receiveLoose(frame: Incoming, bytes: number): void {
    if (frame.event !== 'phx_join' && this.#loose.take(this.house.limits.pushes, this.now()) > 0) return this.refused();
    if (isHeartbeat(frame)) {
      if (frame.ref !== null) this.send(heartbeatReply(frame));
      return;
    }
    const line = new TopicLine(frame.topic, this);
    this.#lines.set(frame.topic, line);
    line.receive(frame, bytes);
  }

  now(): number {
    return this.house.clock.monotonic();
  }

  /** How many topics this connection has joined or is joining. */
  get size(): number {
    return this.#lines.size;
  }

  forget(topic: string): void {
    this.#lines.delete(topic);
  }

  /** Whether one more join is not one too many. */
  takeJoin(): boolean {
    return this.#joins.add(this.house.limits.joins, this.now());
  }

  /** Something was too fast; who goes on is sent away. [PHX refusals] */
  refused(): void {
    if (!this.#refusals.add(this.house.limits.refusals, this.now())) this.close(1008);
  }

  /** Room for one more frame that must wait; false: none. */
  reserve(bytes: number): boolean {
    const { waitingFrames, waitingBytes } = this.house.limits;
    if (this.#waitingFrames >= waitingFrames || this.#waitingBytes + bytes > waitingBytes) return false;
    this.#waitingFrames += 1;
    this.#waitingBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#waitingFrames -= 1;
    this.#waitingBytes -= bytes;
  }

  send(frame: Outgoing): void {
    if (!this.#isOpen) return;
    if (frame.kind === 'reply' && frame.response instanceof Uint8Array) return this.#sendBytes(frame);
    this.carrier.text(this.#encode(frame));
  }

  /** A response that is no JSON is the hook's mistake; its client is not left waiting. */
  #encode(frame: Outgoing): string {
    try {
      return encodeText(this.version, frame);
    } catch (error) {
      this.house.log.error({ error: String(error) }, 'a response could not be encoded');
      const { joinRef, topic } = frame;
      const ref = frame.kind === 'reply' ? frame.ref : null;
      const response = { reason: 'internal error' };
      return encodeText(this.version, { kind: 'reply', joinRef, ref, topic, status: 'error', response });
    }
  }

  /** Bytes for somebody who cannot read them become a refusal. */
  #sendBytes(frame: Outgoing & { readonly kind: 'reply' }): void {
    const bytes = this.readsBinary ? encodeBinary(frame) : undefined;
    if (bytes !== undefined) return this.carrier.bytes(bytes);
    this.send({ ...frame, status: 'error', response: { reason: 'binary not supported' } });
  }

  /** Nothing more is begun: its client gets no answer, and so knows that it was not done. */
  get isLeaving(): boolean {
    return this.#leavingWith !== undefined;
  }

  /** Closes once what is being done is answered: an answer that is lost would let a client say it again. */
  leave(code: CloseCode): void {
    this.#leavingWith = code;
    this.answered();
  }

  /** A line has answered what it was asked. */
  answered(): void {
    const code = this.#leavingWith;
    if (code === undefined || [...this.#lines.values()].some((line) => line.isBusy)) return;
    this.close(code);
  }

  /** The transport is gone, or goes: all channels end. */
  lost(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.id !== undefined) this.house.wire?.closed(this.id);
    for (const line of this.#lines.values()) line.lost();
    this.#lines.clear();
  }

  close(code: CloseCode): void {
    if (!this.#isOpen) return;
    this.lost();
    this.carrier.close(code);
  }
}
