import type { IncomingHttpHeaders } from 'node:http';
import type { Version } from './frame.js';

/** What a client says when it opens a connection; nothing of it is verified. */
export interface Knock {
  /** As in the query, in the client's notation (`user[name]`); the last of several wins. [PHX connect params] */
  readonly params: ReadonlyMap<string, string>;
  /** The client's `authToken`, or its param `token`; undefined: neither. [PHX authToken] */
  readonly authToken: string | undefined;
  readonly address: string;
  readonly transport: 'websocket' | 'longpoll';
}

/** What the connect hook is asked about. */
export interface ConnectRequest extends Knock {
  readonly headers: IncomingHttpHeaders;
}

/**
 * Whether a connection may be. A refused client cannot read why and comes back for ever, so rather refuse its joins.
 * `status` defaults to 403; long-poll clients are always told 403. [PHX handshake]
 */
export type ConnectAnswer<Assigns> =
  { readonly ok: true; readonly assigns: Assigns } | { readonly ok: false; readonly status?: 401 | 403 | 429 | 503 };

/** Codes a server may close with; every client comes back after each of them, and 1000 is none of them. [PHX close codes] */
export type CloseCode = 1001 | 1008 | 1009 | 1011 | 1012 | 1013;

/** One connection, over either transport. */
export interface ChannelSocket<Assigns> {
  /** What it is called where its wire is looked at; undefined: nobody looks. */
  readonly id?: string | undefined;
  readonly request: Knock;
  /** What the connect hook gave it. */
  readonly assigns: Assigns;
  readonly version: Version;
  readonly isOpen: boolean;
  /** Ends all its channels, then the connection; the client will come back. Twice is fine. */
  close(code: CloseCode): void;
}
