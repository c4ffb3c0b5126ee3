/** The bytes of one direction of a connection, cut into frames of AMQP 0-9-1: kind, channel, length, payload, end. */
export class FrameCutter {
  #rest: Buffer = Buffer.alloc(0);
  #isGreeted: boolean;

  /** A client says `AMQP0091` before its first frame; a broker says nothing. */
  constructor(hasGreeting: boolean) {
    this.#isGreeted = !hasGreeting;
  }

  /** What is whole by now, in its order. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const whole: Buffer[] = [];
    for (;;) {
      const length = this.#length();
      if (this.#rest.length < length) return whole;
      whole.push(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
      this.#isGreeted = true;
    }
  }

  /** Of what comes next; more than there is as long as that is not known. */
  #length(): number {
    if (!this.#isGreeted) return 8;
    return this.#rest.length < 7 ? 7 : 8 + this.#rest.readUInt32BE(3);
  }
}

const methodFrame = 1;
const frameEnd = 0xce;

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
    channel: frame.readUInt16BE(1),
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
