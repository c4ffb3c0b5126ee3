import type { EncodedFrame } from './encoded-frame.js';
import type { Payload } from './frame.js';
import type { Rate } from './rates.js';
import type { ChannelSocket } from './channel-socket.js';

/** One topic that one connection has joined. */
export interface Channel {
  readonly topic: string;
  /** From the accepted join until its end, whoever ends it. */
  readonly isJoined: boolean;
  /**
   * Sends an event to this one subscriber. While a join or a push of this channel is being answered, what is sent waits
   * behind the answer. False, and nothing happens, once the channel has ended; also for bytes that the connection could
   * not read. [PHX order]
   */
  push(event: string, payload: Payload | Uint8Array): boolean;
  /** As `push`, of a frame that others get too: encoded once. Throws a TypeError for a frame of another topic. */
  send(frame: EncodedFrame): boolean;
  /** Ends it for good: the client drops the channel and does not come back by itself. [PHX end of a channel] */
  close(): void;
  /** Ends it as failed: the client joins again after 1, 2, 5, 10 … s. [PHX end of a channel] */
  crash(): void;
}

/** Why a channel ended: by `phx_leave`, a second join, the connection's end, or the server's own word. */
export type EndReason = 'left' | 'replaced' | 'disconnected' | 'closed' | 'crashed';

/** One push of a client. */
export interface Push {
  readonly event: string;
  /** Any JSON value, with `{}` for null; bytes only where the route takes binary. */
  readonly payload: unknown;
  /** False: the client asked for no reply, and none is sent whatever the answer. */
  readonly wantsReply: boolean;
}

/**
 * Absent response: `{}`. Bytes answer a push that was binary itself. `written` is called when the client has shown that it
 * has the answer, as of a frame: it knows what became of its push.
 */
export type PushAnswer =
  | { readonly ok: true; readonly response?: Payload | Uint8Array; readonly written?: () => void }
  | { readonly ok: false; readonly reason: string; readonly details?: Payload };

/** What happens on a channel once it is joined. Its calls come one after the other, a promise ends before the next. */
export interface ChannelHandler {
  /**
   * Answers a push; undefined: an event that nobody knows (`unhandled event`). A throw is answered `internal error`, and
   * what is late after `answerMs` is answered `timeout`; the channel goes on.
   */
  push(push: Push): PushAnswer | undefined | Promise<PushAnswer | undefined>;
  /** The ok reply has been sent: what the client missed can follow. */
  joined?(): void;
  /** Called once, also when the connection is lost. Must not throw. */
  ended?(reason: EndReason): void;
}

/** One attempt to join. */
export interface Join<Assigns> {
  readonly topic: string;
  /** Always an object: another is refused before with `invalid params`. */
  readonly params: Payload;
  readonly socket: ChannelSocket<Assigns>;
  /** The channel this will be; what is sent before the answer waits behind it, and is lost with a refusal. */
  readonly channel: Channel;
}

/** `isFinal`: no client will ask again by itself; otherwise every client since 1.4.3 asks for ever. [PHX refused join] */
export type JoinAnswer =
  | { readonly ok: true; readonly response?: Payload; readonly handler: ChannelHandler }
  | { readonly ok: false; readonly reason: string; readonly isFinal: boolean; readonly details?: Payload };

/** What is behind some topics. */
export interface ChannelRoute<Assigns> {
  /** One topic, or all that begin with what stands before a last `*`: `room:*`. The first route that matches is asked. */
  readonly topic: string;
  /**
   * Whether, and with what, a client may join; undefined: there is no such topic (`unmatched topic`). A throw is
   * `join crashed`; late after `answerMs` is `timeout`, and what is answered then is ended as `disconnected`.
   */
  join(join: Join<Assigns>): JoinAnswer | undefined | Promise<JoinAnswer | undefined>;
  /** Whether pushes may be bytes; others are answered `binary not supported`. Default false. */
  readonly takesBinary?: boolean;
  /** Of pushes of one channel. Default: the server's `limits.pushes`. */
  readonly pushes?: Rate;
}
