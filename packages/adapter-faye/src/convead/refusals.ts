import type { Rejection, RejectionCode } from '@dragoman/core';

/** Every error of the HTTP API: its status, and a text for people. The code is stable, the text is not. [CONVEAD errors] */
const refusals = {
  bad_request: [400, 'The request cannot be read'],
  sender_missing: [400, 'The parameter sender is missing'],
  sender_invalid: [400, 'The parameter sender describes nobody'],
  visitor_id_invalid: [400, 'The visitor id is not valid'],
  content_invalid: [400, 'The content must be a text'],
  count_invalid: [400, 'The count must be a positive whole number'],
  since_id_invalid: [400, 'since_id must be the id of a message'],
  unauthorized: [401, 'A manager needs a valid token'],
  sender_forbidden: [403, 'The sender may not do this here'],
  not_found: [404, 'There is nothing here'],
  conversation_not_found: [404, 'There is no such conversation'],
  message_not_found: [404, 'There is no such message'],
  method_not_allowed: [405, 'Only POST is allowed'],
  chat_already_open: [409, 'The chat is already open with another manager'],
  conversation_closed: [409, 'The conversation is closed'],
  payload_too_large: [413, 'The request is too large'],
  unsupported_media_type: [415, 'The content type must be a form or JSON'],
  chat_offline_message: [422, 'Nobody is here to answer right now. Please try again later.'],
  content_blank: [422, 'The content is blank'],
  content_too_long: [422, 'The content is too long'],
  rate_limited: [429, 'Too many requests'],
  internal_error: [500, 'Something went wrong'],
} as const satisfies Readonly<Record<string, readonly [status: number, text: string]>>;

/** What stands as `error` in an answer. [CONVEAD errors] */
export type ErrorCode = keyof typeof refusals;

/** An error on its way out. */
export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** For `rate_limited`: seconds to wait. */
  readonly retryAfter?: number;
}

export function refuse(code: ErrorCode): Refusal {
  const [status, message] = refusals[code];
  return { status, code, message, ...(code === 'rate_limited' ? { retryAfter: 1 } : {}) };
}

/** The answer to each way the core says no; those marked impossible are never caused by what this dialect asks. */
const byRejection: Readonly<Record<RejectionCode, ErrorCode>> = {
  UNKNOWN_CHAT: 'conversation_not_found',
  UNKNOWN_MESSAGE: 'message_not_found',
  CHAT_CLOSED: 'conversation_closed',
  NOT_A_MEMBER: 'sender_forbidden',
  NOT_ASSIGNEE: 'sender_forbidden',
  NOT_ALLOWED: 'sender_forbidden',
  ALREADY_ASSIGNED: 'chat_already_open',
  NO_OPERATOR: 'chat_offline_message',
  TOO_MANY_CHATS: 'rate_limited',
  EMPTY_MESSAGE: 'content_blank',
  UNSUPPORTED_BODY: 'content_invalid',
  TOO_LARGE: 'content_too_long',
  TOO_FAST: 'rate_limited',
  BUSY: 'internal_error',
  // Impossible: no transfer, no reopening, no assignee asked for without a claim, no command id of a client's.
  UNKNOWN_PARTICIPANT: 'internal_error',
  BAD_TRANSITION: 'internal_error',
  NOT_ASSIGNED: 'internal_error',
  ID_CONFLICT: 'internal_error',
};

export function toRefusal(rejection: Rejection): Refusal {
  const refusal = refuse(byRejection[rejection.code]);
  if (rejection.afterMs === undefined) return refusal;
  return { ...refusal, retryAfter: Math.max(1, Math.ceil(rejection.afterMs / 1000)) };
}
