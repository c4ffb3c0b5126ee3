import type { Rejection, RejectionCode } from '@dragoman/core';
import Type, { type Static } from 'typebox';
import { open, text } from './wire/words.js';

/** What this API refuses by itself, beside what the core refuses. */
export const problemCodes = [
  'BAD_REQUEST',
  'UNAUTHENTICATED',
  'OUT_OF_SCOPE',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'UNSUPPORTED_MEDIA_TYPE',
  'TOO_MANY_FEEDS',
  'TOO_MANY_DUTIES',
  'INTERNAL',
] as const;
export type ProblemCode = (typeof problemCodes)[number];
/** A code of the core, or one of this API's own. */
export type Code = RejectionCode | ProblemCode;

interface Meaning {
  readonly status: number;
  readonly title: string;
}

/** The status of each code, and its title in answers. */
export const meanings: Readonly<Record<Code, Meaning>> = {
  UNKNOWN_CHAT: { status: 404, title: 'There is no such chat.' },
  UNKNOWN_MESSAGE: { status: 404, title: 'The chat has no such message.' },
  UNKNOWN_PARTICIPANT: { status: 404, title: 'The workspace knows no such person, or no such operator.' },
  CHAT_CLOSED: { status: 409, title: 'The chat is closed.' },
  BAD_TRANSITION: { status: 409, title: 'The chat is not in a state for this.' },
  NOT_ALLOWED: { status: 403, title: 'This participant may not do this, or has not the word.' },
  NOT_A_MEMBER: { status: 409, title: 'Only members of the chat may do this.' },
  NOT_ASSIGNEE: { status: 409, title: 'Another operator has the chat.' },
  NOT_ASSIGNED: { status: 409, title: 'Nobody has the chat, and only its assignee may do this.' },
  ALREADY_ASSIGNED: { status: 409, title: 'Another operator was first.' },
  NO_OPERATOR: { status: 409, title: 'Nobody is there to take it.' },
  TOO_MANY_CHATS: { status: 409, title: 'The customer has as many open chats as asked for.' },
  EMPTY_MESSAGE: { status: 422, title: 'There are no words in it.' },
  UNSUPPORTED_BODY: { status: 422, title: 'A message of this kind cannot be taken here.' },
  TOO_LARGE: { status: 413, title: 'Something in it is over its limit.' },
  TOO_FAST: { status: 429, title: 'This is asked more often than the rate.' },
  ID_CONFLICT: { status: 409, title: 'The id was used for something else, or the name belongs to somebody else.' },
  BUSY: { status: 503, title: 'It cannot be taken now; ask again with the same Idempotency-Key.' },
  BAD_REQUEST: { status: 400, title: 'The request is not what the API describes.' },
  UNAUTHENTICATED: { status: 401, title: 'No API key, or none that is known.' },
  OUT_OF_SCOPE: { status: 403, title: 'The API key may not do this.' },
  NOT_FOUND: { status: 404, title: 'There is nothing at this path.' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The path does not take this method.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The body is of a type that is not taken here.' },
  TOO_MANY_FEEDS: { status: 429, title: 'The key has as many feeds open as it may.' },
  TOO_MANY_DUTIES: { status: 409, title: 'As many operators are on duty as may be.' },
  INTERNAL: { status: 500, title: 'The request could not be answered.' },
};

/** A problem by RFC 9457, with what a program needs beside it [RFC 9457 3]. */
export const problemSchema = Type.Object(
  {
    type: text('Where the code is explained.'),
    title: text('What it means, for people.'),
    status: Type.Integer({ description: 'The status of the answer.' }),
    code: Type.Enum(Object.keys(meanings), { description: 'What it means, for programs.' }),
    canRetry: Type.Boolean({ description: 'Whether the same request may succeed later.' }),
    requestId: text('Under which the gateway has logged the request.'),
    detail: Type.Optional(text('What is special about this time, for people.')),
    afterMs: Type.Optional(Type.Integer({ description: 'How long to wait.' })),
    assigneeId: Type.Optional(text('Who has the chat.')),
    what: Type.Optional(text('Which part.')),
    problems: Type.Optional(
      Type.Array(open({ path: text('Where in the request.'), what: text('What is wrong there.') }), {
        description: 'Everything that is not as described.',
      }),
    ),
  },
  { $id: 'Problem', description: 'Why a request was refused.' },
);
export type Problem = Static<typeof problemSchema>;

type More = Partial<Pick<Problem, 'detail' | 'afterMs' | 'assigneeId' | 'what' | 'problems'>>;

/** A request that is refused. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: Code;
  readonly more: More;

  constructor(code: Code, more: More = {}) {
    super(meanings[code].title);
    this.code = code;
    this.more = more;
  }
}

const retried: readonly Code[] = ['TOO_FAST', 'BUSY', 'TOO_MANY_FEEDS', 'TOO_MANY_DUTIES', 'INTERNAL'];

/** Whether the same request may succeed later. */
export const canRetry = (code: Code): boolean => retried.includes(code);

/** What the core refused, as a refusal of the request. */
export function refusalOf({ code, afterMs, assigneeId, what }: Rejection): Refusal {
  return new Refusal(code, {
    ...(afterMs !== undefined && { afterMs }),
    ...(assigneeId !== undefined && { assigneeId }),
    ...(what !== undefined && { what }),
  });
}

/** What stands above a problem beside its type: who may come, and when. */
export function headersOf({ code, afterMs }: Problem): Readonly<Record<string, string>> {
  return {
    ...(code === 'UNAUTHENTICATED' && { 'www-authenticate': 'Bearer realm="dragoman"' }),
    ...(afterMs !== undefined && { 'retry-after': String(Math.ceil(afterMs / 1_000)) }),
  };
}

/** The answer to a refused request; `mount` is where the codes are explained. */
export function problemOf({ code, more }: Refusal, mount: string, requestId: string): Problem {
  const { status, title } = meanings[code];
  return { type: `${mount}/docs#${code}`, title, status, code, canRetry: canRetry(code), requestId, ...more };
}
