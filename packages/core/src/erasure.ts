import type { Rejection } from './outcome.js';
import type { ParticipantId } from './participant.js';

/** What was taken out of the store, and what others still need. */
export interface Erased {
  readonly participantId: ParticipantId;
  /** Chats nothing is left of but their shape. */
  readonly chats: number;
  /** Chats that are other people's too: his own words are gone from them, theirs are not. */
  readonly sharedChats: number;
  readonly messages: number;
  /** Pictures whose bytes are gone. */
  readonly attachments: number;
  /** Pictures that somebody else has sent as well, byte for byte: kept. */
  readonly sharedAttachments: number;
}

export type Erasure =
  { readonly ok: true; readonly erased: Erased } | { readonly ok: false; readonly rejection: Rejection };
