import type { Socket } from 'node:net';
import { FrameCutter, frameOf, methodIn } from './amqp-frames.js';

const basic = { class: 60, consumeOk: 21, cancel: 30 } as const;
const channelClass = 20;
const channelClosings: ReadonlySet<number> = new Set([40, 41]);
const noWait = Buffer.of(1);

/**
 * Cancels the consumers of connections that pass through it, as a broker does when it must: the broker gives them nothing
 * more, and they are told. Nothing is lost with them, as it would be with a queue that is deleted.
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

class Line {
  readonly #client: Socket;
  readonly #broker: Socket;
  /** By channel: the name of its consumer, with its length before it. */
  readonly #tags = new Map<number, Buffer>();

  constructor(client: Socket, broker: Socket) {
    this.#client = client;
    this.#broker = broker;
    const [asked, told] = [new FrameCutter(true), new FrameCutter(false)];
    client.on('data', (chunk: Buffer) => asked.push(chunk).forEach((frame) => broker.write(frame)));
    broker.on('data', (chunk: Buffer) => told.push(chunk).forEach((frame) => this.#tell(frame)));
  }

  cancel(): number {
    const count = this.#tags.size;
    for (const [channel, tag] of this.#tags) {
      const payload = Buffer.concat([tag, noWait]);
      const frame = frameOf({ channel, classId: basic.class, methodId: basic.cancel, payload });
      this.#broker.write(frame);
      this.#client.write(frame);
    }
    this.#tags.clear();
    return count;
  }

  #tell(frame: Buffer): void {
    const method = methodIn(frame);
    if (method?.classId === basic.class && method.methodId === basic.consumeOk) {
      this.#tags.set(method.channel, Buffer.from(method.payload));
    }
    if (method?.classId === channelClass && channelClosings.has(method.methodId)) this.#tags.delete(method.channel);
    this.#client.write(frame);
  }
}
