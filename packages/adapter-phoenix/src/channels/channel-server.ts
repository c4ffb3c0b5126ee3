import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebListener } from '@dragoman/core';
import type { Channel } from './channel.js';
import type { EncodedFrame } from './encoded-frame.js';

/** The http server whose paths are shared. */
export type NodeListener = WebListener<IncomingMessage, ServerResponse, Duplex>;

/** Connections and channels of one mount. */
export interface ChannelServer {
  /** Everybody joined to a topic, in order of joining; do not keep or change it. */
  subscribers(topic: string): ReadonlySet<Channel>;
  /** To everybody joined to the frame's topic, save perhaps one. */
  broadcast(frame: EncodedFrame, except?: Channel): void;
  /**
   * Takes no new connection, tells those there to come back (1012; polls: their error) spread over this time, ms, and
   * resolves when all have ended and the paths are free. Default: at once. Twice is fine.
   */
  close(over?: { readonly overMs: number }): Promise<void>;
}
