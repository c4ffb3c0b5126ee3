/** Opaque names the core gives out. All are strings, safe in any dialect's grammar. */
export type WorkspaceId = string;
/** `p_` and 26 characters of base32: derived, never chosen; not a secret. */
export type ParticipantId = string;
/** UUIDv7, lower case. */
export type ChatId = string;
/** `<chatId>:<seq>`; finds its chat without an index. */
export type MessageId = string;
export type SessionId = string;
export type CommandId = string;

/** Which people a participant belongs to: outside id 7 of a customer and of an operator are two participants. */
export type Side = 'customer' | 'operator' | 'bot';

/** What a participant may do; fixed by its first identity. A `monitor` reads and never posts. */
export type Role = Side | 'monitor';

/** Small flat facts about a person or a chat, kept verbatim for the dialect that brought them. At most 8 KiB as JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** Who one participant is in the words of one adapter. */
export interface OutsideIdentity {
  /** The adapter instance's own name; opaque to the core. */
  readonly space: string;
  readonly side: Side;
  /** Sub-tenant of the dialect; `''` when it knows none. Never a workspace. */
  readonly realm: string;
  readonly externalId: string;
  /** The JSON type this id is shown with on its own wire. */
  readonly idType: 'string' | 'number';
}

/** What an adapter knows of a peer once its credentials were accepted. */
export interface Identity extends OutsideIdentity {
  readonly workspaceId: WorkspaceId;
  readonly role: Role;
  /** At most 200 units; `''` for an anonymous visitor. */
  readonly name: string;
  readonly isSupervisor?: boolean;
  /** True for an operator that stands for others: an agent desk, a backend. */
  readonly isDesk?: boolean;
  readonly profile?: Fields;
  readonly locale?: string;
  readonly groups?: readonly string[];
  /**
   * Whom the credential names, in words of whoever vouches for it: two dialects that verified the same subject speak with
   * the same person, where policy `linkBy` says so. Absent: nobody but this dialect knows who it is.
   */
  readonly subject?: string;
  /** When the credential runs out, ms since epoch: the session then ends with UNAUTHENTICATED. Absent: never. */
  readonly expiresAt?: number;
}

/** One person, bot or desk. */
export interface Participant {
  readonly id: ParticipantId;
  readonly role: Role;
  /** `''` when nobody has told a name. */
  readonly name: string;
  readonly isSupervisor: boolean;
  readonly isDesk: boolean;
  readonly locale: string | null;
  readonly groups: readonly string[];
  readonly profile: Fields;
  /** At least one, at most 20; the first is the one that made the participant. */
  readonly identities: readonly OutsideIdentity[];
}

/** Participants by id: everyone an event or a page of messages names. */
export type People = Readonly<Record<ParticipantId, Participant>>;

/** How the participant is called in one space: its own outside id there, else the core's id. */
export function outsideId(who: Participant, space: string, side: Side): string | number {
  const known = who.identities.find((identity) => identity.space === space && identity.side === side);
  if (known === undefined) return who.id;
  return known.idType === 'number' ? Number(known.externalId) : known.externalId;
}
