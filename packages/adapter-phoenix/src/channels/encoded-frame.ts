import type { Channel } from './channel.js';
import type { Payload } from './frame.js';

/** An event for every subscriber of a topic, encoded at most once per serializer. [PHX 3.8] */
export interface EncodedFrame {
  readonly topic: string;
  readonly event: string;
  readonly payload: Payload;
  /** Called for each channel when its carrier took the bytes: the socket's, or the poll that was answered whole. */
  readonly written?: (channel: Channel) => void;
}
