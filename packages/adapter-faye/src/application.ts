import type { Ext } from './bayeux.js';
import type { EventFrame } from './event-frame.js';
import type { BayeuxSession, EndReason } from './sessions.js';

/**
 * What stands above the carrier: decides who may subscribe to what and hears of every session. None of it may throw;
 * what returns a promise may take its time without holding up anybody but its own session.
 */
export interface Application {
  /** The error a handshake is refused with; undefined welcomes it. */
  admit(ext: Ext | undefined): string | undefined;
  /** A handshake was accepted. */
  opened(session: BayeuxSession, ext: Ext | undefined): void;
  /** The error the whole list is refused with; undefined allows it. */
  authorize(session: BayeuxSession, channels: readonly string[], ext: Ext | undefined): Promise<string | undefined>;
  /** The subscriptions are stored; called once for a request, new or not. */
  subscribed(session: BayeuxSession, channels: readonly string[]): void;
  unsubscribed(session: BayeuxSession, channels: readonly string[]): void;
  /** Nothing has been connected for `quietMs`; the session lives on. */
  fellQuiet(session: BayeuxSession): void;
  /** Connected again after it fell quiet. */
  woke(session: BayeuxSession): void;
  /** The client has the event, as surely as its transport can tell; perhaps told when the session has ended. */
  written(session: BayeuxSession, frame: EventFrame): void;
  ended(session: BayeuxSession, reason: EndReason): void;
}
