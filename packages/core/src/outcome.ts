import type { ChatSummary } from './chat-summary.js';
import type { ChatEvent } from './event.js';
import type { ParticipantId } from './participant.js';

/** Every way the core says no to a command. Documented in docs/errors.md; stable within a major version. */
export const rejectionCodes = [
  'UNKNOWN_CHAT',
  'UNKNOWN_MESSAGE',
  'UNKNOWN_PARTICIPANT',
  'CHAT_CLOSED',
  'BAD_TRANSITION',
  'NOT_ALLOWED',
  'NOT_A_MEMBER',
  'NOT_ASSIGNEE',
  'NOT_ASSIGNED',
  'ALREADY_ASSIGNED',
  'NO_OPERATOR',
  'TOO_MANY_CHATS',
  'EMPTY_MESSAGE',
  'UNSUPPORTED_BODY',
  'TOO_LARGE',
  'TOO_FAST',
  'ID_CONFLICT',
  'BUSY',
] as const;
export type RejectionCode = (typeof rejectionCodes)[number];

/** Why a session ends from our side; `canReconnect` in `disconnects` says whether coming back makes sense. */
export const disconnectReasons = [
  'SHUTDOWN',
  'SLOW',
  'STALE',
  'REPLACED',
  'UNAUTHENTICATED',
  'TOO_MANY_BAD_FRAMES',
] as const;
export type DisconnectReason = (typeof disconnectReasons)[number];

/** Whether a client that was sent away for this reason may try again with the same credentials. */
export const disconnects: Readonly<Record<DisconnectReason, { readonly canReconnect: boolean }>> = {
  SHUTDOWN: { canReconnect: true },
  SLOW: { canReconnect: true },
  STALE: { canReconnect: true },
  REPLACED: { canReconnect: false },
  UNAUTHENTICATED: { canReconnect: false },
  TOO_MANY_BAD_FRAMES: { canReconnect: false },
};

/** What can break outside of anybody's command; thrown as a `Fault`. */
export const faultCodes = [
  'CONFIG_INVALID',
  'STORE_UNAVAILABLE',
  'STORE_LOCKED',
  'STORE_CORRUPT',
  'PORT_IN_USE',
  'BROKER_UNREACHABLE',
  'LIBRARY_CHANGED',
] as const;
export type FaultCode = (typeof faultCodes)[number];

/** A failure of the surroundings. Caught in one place per adapter, or stops the start. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A refused command. */
export interface Rejection {
  readonly code: RejectionCode;
  /** Whether the same command may succeed later: true for TOO_FAST and BUSY only. */
  readonly canRetry: boolean;
  /** TOO_FAST: how long to wait, ms. */
  readonly afterMs?: number;
  /** ALREADY_ASSIGNED, NOT_ASSIGNEE: who holds the chat. */
  readonly assigneeId?: ParticipantId;
  readonly assigneeName?: string;
  /** TOO_LARGE, UNSUPPORTED_BODY: which part. */
  readonly what?: 'text' | 'image' | 'data';
  /** For logs only: never holds what somebody wrote. */
  readonly detail?: string;
}

export type Outcome =
  | {
      readonly ok: true;
      readonly events: readonly ChatEvent[];
      /** The chat after the command, for commands that name or open one. */
      readonly chat?: ChatSummary;
      /** True when this command id was accepted before and this is that first answer again. */
      readonly isRepeat: boolean;
    }
  | { readonly ok: false; readonly rejection: Rejection };

/** A rejection with its `canRetry` filled in. */
export function reject(code: RejectionCode, more?: Omit<Rejection, 'code' | 'canRetry'>): Rejection {
  return { code, canRetry: code === 'TOO_FAST' || code === 'BUSY', ...more };
}
