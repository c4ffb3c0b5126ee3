/** Chosen by the client and echoed as it came, with its JSON type; never read. [PHX serializer v2] */
export type Ref = string | number | null;

/** What a payload must be when it leaves: clients read its members without asking. [PHX serializer v2] */
export type Payload = Readonly<Record<string, unknown>>;

/** One frame of a client, whatever it was written in. */
export interface Incoming {
  readonly joinRef: Ref;
  readonly ref: Ref;
  readonly topic: string;
  readonly event: string;
  /** Any JSON value, with `{}` for null; the bytes of a binary frame. [PHX serializer v2] */
  readonly payload: unknown;
}

/** One frame for a client, before a serializer writes it down. [PHX outgoing frames] */
export type Outgoing =
  | {
      readonly kind: 'reply';
      readonly joinRef: Ref;
      readonly ref: Ref;
      readonly topic: string;
      readonly status: 'ok' | 'error';
      /** Bytes only for a connection that has itself sent binary. */
      readonly response: Payload | Uint8Array;
    }
  | {
      readonly kind: 'push';
      readonly joinRef: Ref;
      readonly topic: string;
      readonly event: string;
      readonly payload: Payload | Uint8Array;
    }
  | { readonly kind: 'close'; readonly joinRef: Ref; readonly topic: string }
  | { readonly kind: 'error'; readonly joinRef: Ref; readonly topic: string; readonly reason: string };

/** 1: objects, for clients before 1.3. 2: arrays, for all others. [PHX serializers] */
export type Version = 1 | 2;
