import type { Socket } from 'node:net';
import { channelOf, ContentWatch, FrameCutter, frameOf, methodIn } from './amqp-frames.js';

const basic = { class: 60, consumeOk: 21, cancel: 30 } as const;
const channelClass = 20;
const channelClosings: ReadonlySet<number> = new Set([40, 41]);
const noWait = Buffer.of(1);

/**
 * Cancels the consumers of connections that pass through it, as a broker does when it must: they are told, and are given
 * nothing more. Nothing is lost with them, as it would be with a queue that is deleted.
 */
export class Canceller {
  readonly #lines = new Set<Line>();

  /** Joins a client to a broker. */
  readonly join = (client: Socket, broker: Socket): void => {
    const line = new Line(client, broker);
    this.#lines.add(line);
    client.once('close', () => this.#lines.delete(line));
  };

  /** Cancels every consumer there is; how many there were. */
  cancel(): number {
    return [...this.#lines].reduce((count, line) => count + line.cancel(), 0);
  }
}

/** A channel that has a consumer. */
interface Consuming {
  /** The name of the consumer, with its length before it. */
  readonly tag: Buffer;
  readonly content: ContentWatch;
  state: 'consuming' | 'to be cancelled' | 'cancelled';
}

class Line {
  readonly #client: Socket;
  readonly #channels = new Map<number, Consuming>();

  constructor(client: Socket, broker: Socket) {
    this.#client = client;
    client.pipe(broker);
    const told = new FrameCutter();
    broker.on('data', (chunk: Buffer) => told.push(chunk).forEach((frame) => this.#tell(frame)));
  }

  cancel(): number {
    const consuming = [...this.#channels].filter(([, { state }]) => state === 'consuming');
    for (const [channel, one] of consuming) {
      one.state = 'to be cancelled';
      this.#cancelBetweenMessages(channel, one);
    }
    return consuming.length;
  }

  #tell(frame: Buffer): void {
    const channel = channelOf(frame);
    const method = methodIn(frame);
    if (method?.classId === basic.class && method.methodId === basic.consumeOk) {
      const tag = Buffer.from(method.payload);
      this.#channels.set(channel, { tag, content: new ContentWatch(), state: 'consuming' });
    }
    if (method?.classId === channelClass && channelClosings.has(method.methodId)) this.#channels.delete(channel);
    const one = this.#channels.get(channel);
    // What still comes is the broker's again when the channel is closed.
    if (one?.state === 'cancelled') return;
    this.#client.write(frame);
    one?.content.see(frame);
    if (one?.state === 'to be cancelled') this.#cancelBetweenMessages(channel, one);
  }

  /** No broker says anything else on a channel in the middle of a message. */
  #cancelBetweenMessages(channel: number, one: Consuming): void {
    if (one.content.isInside) return;
    one.state = 'cancelled';
    const payload = Buffer.concat([one.tag, noWait]);
    this.#client.write(frameOf({ channel, classId: basic.class, methodId: basic.cancel, payload }));
  }
}
