/** Every way this dialect says no; machines compare the code, people read the sentence [TKD answers]. */
export const sentences = {
  unauthenticated: 'authenticate first',
  auth_required: 'authenticate first',
  auth_timeout: 'nobody authenticated in time',
  too_many_attempts: 'too many failed attempts',
  invalid_request: 'authenticate takes an object with an accessToken',
  invalid_token: 'this token is not accepted',
  token_expired: 'this token has expired',
  insufficient_scope: 'this token is not for the live chat',
  verifier_unavailable: 'tokens cannot be verified now',
  not_subscribed: 'subscribe first, so that the user is known',
  forbidden: 'this is not yours to do',
  user_required: 'subscribe needs the user object with a userId',
  program_required: 'programId is missing',
  program_mismatch: 'programId is not that of the token',
  invalid_argument: 'an argument is missing or has the wrong form',
  id_mismatch: 'the ids of the call and of its object differ',
  id_conflict: 'this id belongs to something else',
  invalid_status: 'this is no status for this call',
  invalid_transition: 'the ticket cannot go there from where it is',
  owner_mismatch: 'the ticket has another owner',
  ticket_not_found: 'there is no such ticket',
  ticket_closed: 'the ticket is closed',
  ticket_not_open: 'accept the ticket first',
  too_many_tickets: 'too many tickets are open',
  already_accepted: 'somebody accepted this ticket',
  not_handler: 'somebody else handles this ticket',
  operator_not_found: 'there is no such operator',
  message_not_found: 'there is no such message',
  ambiguous_user: 'users of several programs have this id',
  content_empty: 'there is nothing in it',
  content_too_long: 'the text is too long',
  unsupported_type: 'type is 1 for text or 2 for an image',
  unsupported_encoding: 'encoding is utf-8',
  invalid_image: 'the content is no image in base64',
  unsupported_image: 'images are JPEG, PNG, GIF or WebP',
  image_too_large: 'the image is too large',
  rate_limited: 'too much at once',
  unknown_event: 'there is no such event',
  unavailable: 'try again with the same ids',
  internal: 'something broke on our side',
} as const;

export type TicketsCode = keyof typeof sentences;

/** A refused call. */
export interface Refusal {
  readonly code: TicketsCode;
  readonly message: string;
  readonly retryAfterMs?: number;
  /** What the code says of this case beside it: `field`, `handleById` … */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** What a call that worked tells; clients of the original only look whether there is an error. */
export type Result = Readonly<Record<string, unknown>>;

/** What a call came to. */
export type Answer = { readonly result: Result } | { readonly refusal: Refusal };

const passing: ReadonlySet<TicketsCode> = new Set(['rate_limited', 'unavailable', 'verifier_unavailable']);

export function refuse(code: TicketsCode, more: Partial<Omit<Refusal, 'code'>> = {}): { readonly refusal: Refusal } {
  return { refusal: { code, message: sentences[code], ...more } };
}

/** An argument that is missing or malformed, by its name. */
export function invalid(field: string): { readonly refusal: Refusal } {
  return refuse('invalid_argument', { message: `${field} is missing or has the wrong form`, more: { field } });
}

/** The arguments of an acknowledgement: nothing and a result, or a text and its details [TK "err will be empty"]. */
export function toAcknowledgement(answer: Answer): readonly [string | null, Result] {
  if ('result' in answer) return [null, answer.result];
  const { code, message, retryAfterMs, more } = answer.refusal;
  const details = { code, message, retryable: passing.has(code), ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return [`${code}: ${message}`, { ...details, ...more }];
}
