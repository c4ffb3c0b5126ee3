import type { Channel } from './channel.js';
import type { Payload, Version } from './frame.js';
import { encodeText } from './serializer.js';
import { textFrame } from './websocket-frame.js';

/** What everybody on a topic is told. */
export interface FrameContent {
  readonly topic: string;
  readonly event: string;
  readonly payload: Payload;
  /** Called for each channel when its client has shown that it has the bytes: by a pong, or by its next poll. */
  readonly written?: (channel: Channel) => void;
}

/** An event for every subscriber of a topic, encoded at most once per serializer. [PHX order] */
export class EncodedFrame {
  readonly topic: string;
  readonly written: ((channel: Channel) => void) | undefined;
  readonly #content: FrameContent;
  /** By version; arrays, because every event makes them. */
  readonly #texts: (string | undefined)[] = [];
  readonly #messages: (Uint8Array | undefined)[] = [];

  constructor(content: FrameContent) {
    this.topic = content.topic;
    this.written = content.written;
    this.#content = content;
  }

  text(version: Version): string {
    const { topic, event, payload } = this.#content;
    return (this.#texts[version] ??= encodeText(version, { kind: 'push', joinRef: null, topic, event, payload }));
  }

  /** As a whole WebSocket message. */
  webSocket(version: Version): Uint8Array {
    return (this.#messages[version] ??= textFrame(this.text(version)));
  }
}

/** The payload must not change afterwards: it is encoded when first needed. */
export function encodeFrame(content: FrameContent): EncodedFrame {
  return new EncodedFrame(content);
}
