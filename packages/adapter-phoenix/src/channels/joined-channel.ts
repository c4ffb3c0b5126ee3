import { encodeBinary } from './binary.js';
import type { Channel, ChannelHandler, ChannelRoute, EndReason, PushAnswer } from './channel.js';
import type { Connection } from './connection.js';
import { EncodedFrame } from './encoded-frame.js';
import type { Incoming, Payload, Ref } from './frame.js';
import { Bucket } from './rates.js';
import { encodeText } from './serializer.js';
import type { TopicLine } from './topic-line.js';

/** What waits behind an answer: before a join's there is no join ref to write it with. */
type Held = { readonly event: string; readonly payload: Payload | Uint8Array } | EncodedFrame | 'closed' | 'crashed';

/** What one join made. */
export class JoinedChannel<Assigns> implements Channel {
  readonly route: ChannelRoute<Assigns>;
  readonly #line: TopicLine<Assigns>;
  readonly #connection: Connection<Assigns>;
  readonly #pushes: Bucket;
  #joinRef: Ref = null;
  #handler: ChannelHandler | undefined;
  #held: Held[] | undefined;
  #isEnded = false;

  constructor(line: TopicLine<Assigns>, connection: Connection<Assigns>, route: ChannelRoute<Assigns>) {
    this.#line = line;
    this.#connection = connection;
    this.route = route;
    this.#pushes = new Bucket(route.pushes ?? connection.house.limits.pushes, connection.now());
  }

  get topic(): string {
    return this.#line.topic;
  }

  get isJoined(): boolean {
    return this.#handler !== undefined && !this.#isEnded;
  }

  push(event: string, payload: Payload | Uint8Array): boolean {
    return this.#say({ event, payload });
  }

  send(frame: EncodedFrame): boolean {
    if (frame.topic !== this.topic) throw new TypeError('this frame is of another topic');
    return this.#say(frame);
  }

  close(): void {
    this.#say('closed');
  }

  crash(): void {
    this.#say('crashed');
  }

  /** The join was answered with ok. */
  accept(handler: ChannelHandler, joinRef: Ref): void {
    this.#handler = handler;
    this.#joinRef = joinRef;
    if (!this.#connection.isOpen) return this.end('disconnected');
    this.#connection.house.subscribers.add(this);
    this.flush();
    if (!this.#isEnded) this.#guard(() => handler.joined?.());
  }

  /** The hook accepted a join that nobody waits for any more. */
  abandon(handler: ChannelHandler): void {
    this.#isEnded = true;
    this.#guard(() => handler.ended?.('disconnected'));
  }

  takePush(): number {
    return this.#pushes.take(this.route.pushes ?? this.#connection.house.limits.pushes, this.#connection.now());
  }

  handle({ event, payload, ref }: Incoming): PushAnswer | undefined | Promise<PushAnswer | undefined> {
    return this.#handler?.push({ event, payload, wantsReply: ref !== null });
  }

  /** What waited behind an answer follows it. */
  flush(): void {
    // What is said meanwhile joins the end of the list, and is written by the same loop.
    for (const one of this.#held ?? []) {
      if (!this.#isEnded) this.#guard(() => void this.#write(one));
    }
    this.#held = undefined;
  }

  end(reason: EndReason): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#held = undefined;
    this.#connection.house.subscribers.delete(this);
    this.#guard(() => this.#handler?.ended?.(reason));
  }

  #say(what: Held): boolean {
    if (this.#isEnded) return false;
    if (this.#handler !== undefined && !this.#line.isBusy && this.#held === undefined) return this.#write(what);
    this.#held ??= [];
    this.#held.push(what);
    if (this.#held.length > this.#connection.house.limits.heldFrames) this.#connection.close(1013);
    return !this.#isEnded;
  }

  #write(what: Held): boolean {
    const { carrier, version } = this.#connection;
    if (what === 'closed' || what === 'crashed') {
      this.#line.end(this, what);
    } else if (what instanceof EncodedFrame) {
      carrier.shared(what, this);
    } else if (what.payload instanceof Uint8Array) {
      return this.#writeBytes(what.event, what.payload);
    } else {
      carrier.text(encodeText(version, { kind: 'push', joinRef: this.#joinRef, topic: this.topic, ...what }));
    }
    return true;
  }

  #writeBytes(event: string, payload: Uint8Array): boolean {
    const frame = { kind: 'push', joinRef: this.#joinRef, topic: this.topic, event, payload } as const;
    const bytes = this.#connection.readsBinary ? encodeBinary(frame) : undefined;
    if (bytes !== undefined) this.#connection.carrier.bytes(bytes);
    return bytes !== undefined;
  }

  #guard(hook: () => void): void {
    try {
      hook();
    } catch (error) {
      this.#connection.house.log.error({ error: String(error) }, 'a channel hook failed');
    }
  }
}
