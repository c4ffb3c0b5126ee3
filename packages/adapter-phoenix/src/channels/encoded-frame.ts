import type { Channel } from './channel.js';
import type { Payload, Version } from './frame.js';
import { encodeText } from './serializer.js';
import { textFrame } from './websocket-frame.js';

/** What everybody on a topic is told. */
export interface FrameContent {
  readonly topic: string;
  readonly event: string;
  readonly payload: Payload;
  /** Called for each channel when its carrier took the bytes: the socket, or the poll whose answer went out whole. */
  readonly written?: (channel: Channel) => void;
}

/** An event for every subscriber of a topic, encoded at most once per serializer. [PHX order] */
export class EncodedFrame {
  readonly topic: string;
  readonly written: ((channel: Channel) => void) | undefined;
  readonly #content: FrameContent;
  readonly #texts = new Map<Version, string>();
  readonly #messages = new Map<Version, Uint8Array>();

  constructor(content: FrameContent) {
    this.topic = content.topic;
    this.written = content.written;
    this.#content = content;
  }

  text(version: Version): string {
    const known = this.#texts.get(version);
    if (known !== undefined) return known;
    const { topic, event, payload } = this.#content;
    const text = encodeText(version, { kind: 'push', joinRef: null, topic, event, payload });
    this.#texts.set(version, text);
    return text;
  }

  /** As a whole WebSocket message. */
  webSocket(version: Version): Uint8Array {
    const known = this.#messages.get(version);
    if (known !== undefined) return known;
    const message = textFrame(this.text(version));
    this.#messages.set(version, message);
    return message;
  }
}

/** The payload must not change afterwards: it is encoded when first needed. */
export function encodeFrame(content: FrameContent): EncodedFrame {
  return new EncodedFrame(content);
}
