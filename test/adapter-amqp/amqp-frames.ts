/** What a broker says, cut into frames of AMQP 0-9-1: kind, channel, length, payload, end. */
export class FrameCutter {
  #rest: Buffer = Buffer.alloc(0);

  /** What is whole by now, in its order. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const whole: Buffer[] = [];
    while (this.#rest.length >= 7) {
      const length = 8 + this.#rest.readUInt32BE(3);
      if (this.#rest.length < length) break;
      whole.push(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
    }
    return whole;
  }
}

/** The channel a frame is of. */
export function channelOf(frame: Buffer): number {
  return frame.readUInt16BE(1);
}

/** Follows the messages on a channel: a method, a header with the size of the body, and the body in pieces. */
export class ContentWatch {
  #left = 0;

  /** Whether a message has begun and is not whole yet. */
  get isInside(): boolean {
    return this.#left > 0;
  }

  see(frame: Buffer): void {
    if (frame[0] === headerFrame) this.#left = Number(frame.readBigUInt64BE(11));
    else if (frame[0] === bodyFrame) this.#left -= frame.length - 8;
    else if (isDeliver(frame)) this.#left = Infinity;
  }
}

function isDeliver(frame: Buffer): boolean {
  const method = methodIn(frame);
  return method?.classId === 60 && method.methodId === 60;
}

const [methodFrame, headerFrame, bodyFrame, frameEnd] = [1, 2, 3, 0xce];
export interface Method {
  readonly channel: number;
  readonly classId: number;
  readonly methodId: number;
  /** The arguments as they came. */
  readonly payload: Buffer;
}

/** The method that a frame carries; undefined: it carries none. */
export function methodIn(frame: Buffer): Method | undefined {
  if (frame[0] !== methodFrame) return undefined;
  return {
    channel: channelOf(frame),
    classId: frame.readUInt16BE(7),
    methodId: frame.readUInt16BE(9),
    payload: frame.subarray(11, -1),
  };
}

export function frameOf({ channel, classId, methodId, payload }: Method): Buffer {
  const head = Buffer.alloc(11);
  head.writeUInt8(methodFrame, 0);
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(4 + payload.length, 3);
  head.writeUInt16BE(classId, 7);
  head.writeUInt16BE(methodId, 9);
  return Buffer.concat([head, payload, Buffer.of(frameEnd)]);
}
