import type { Channel } from './channel.js';
import type { CloseCode } from './channel-socket.js';
import type { EncodedFrame } from './encoded-frame.js';

/** What takes one connection's frames to its client, in order, and brings those of the client. */
export interface Carrier {
  /** Whether binary frames can travel to the client. */
  readonly takesBinary: boolean;
  /** Whether the client's frames come in the order in which it sent them. */
  readonly keepsOrder: boolean;
  text(text: string): void;
  bytes(bytes: Uint8Array): void;
  /** Says when the client has the frame, if it wants to know. */
  shared(frame: EncodedFrame, channel: Channel): void;
  /** Runs when the client has shown that it has all that was given so far: by a pong, or by its next poll. */
  whenWritten(run: () => void): void;
  /** What was given before still goes out, where it can. */
  close(code: CloseCode): void;
}
