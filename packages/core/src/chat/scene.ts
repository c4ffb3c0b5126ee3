import type { ParticipantId, Role } from '../participant.js';
import type { Policies } from '../policies.js';
import type { Wishes } from '../routing/wishes.js';

/** Who asks for something in a chat. */
export interface Speaker {
  /** Null: the system. */
  readonly id: ParticipantId | null;
  readonly role: Role | 'system';
  readonly name: string;
  readonly isSupervisor: boolean;
  readonly space: string;
}

/** What a decision may know of the people around a chat; no more. */
export interface Desk {
  /** Undefined for somebody routing has never met. */
  operator(id: ParticipantId): { readonly isOnline: boolean; readonly status: string } | undefined;
  /** Supported locale and existing groups behind what a client asks for. */
  normalise(wanted: Partial<Wishes>): Wishes;
  /** The next ticket number of the queue. */
  readonly nextPlace: number;
  /** The desk that takes a chat with these wishes from our queue; null: nobody does. */
  delegateFor(chat: {
    readonly customerId: ParticipantId;
    readonly locale: string;
    readonly groups: readonly string[];
    readonly addresses: Readonly<Record<string, string>>;
  }): ParticipantId | null;
}

/** Everything beside the chat and the command: who, when, and what surrounds them. */
export interface Scene {
  readonly by: Speaker;
  /** Ms since epoch. */
  readonly now: number;
  readonly desk: Desk;
  readonly policies: Policies;
}

/** Whether an operator can be given a chat that was his before: there, and not declining work. */
export function canReturnTo(desk: Desk, id: ParticipantId | null): id is ParticipantId {
  const operator = id === null ? undefined : desk.operator(id);
  return (
    operator !== undefined && operator.isOnline && (operator.status === 'available' || operator.status === 'reserve')
  );
}
