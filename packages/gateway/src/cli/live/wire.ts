import type { WireMessage, WirePerson } from '@dragoman/adapter-http';

/** A message and what became of it, as the API gives them. */
export interface WireEntry {
  readonly message: WireMessage;
  readonly receipt: { readonly state: string };
}

/** A page of messages, the newest page first, oldest first within it. */
export interface MessagePage {
  readonly messages: readonly WireEntry[];
  readonly people: Readonly<Record<string, WirePerson>>;
  readonly nextCursor: string | null;
}
