import type { FastifyRequest, RouteShorthandOptions } from 'fastify';
import Type, { type TSchema } from 'typebox';
import type { Access } from '../access.js';
import type { ApiKey } from '../keys.js';
import { meanings, problemSchema, type Code } from '../problems.js';
import type { Scope } from '../scopes.js';
import { ref } from '../wire/words.js';

/** What the documents say of an operation, and who may ask for it. */
interface About {
  /** Its name in generated clients. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** One of them is enough. */
  readonly scopes: readonly Scope[];
  /** The codes it may answer, beside those that every operation may. */
  readonly refusals?: readonly Code[];
}

interface Parts {
  readonly params?: TSchema;
  readonly querystring?: TSchema;
  readonly headers?: TSchema;
  readonly body?: TSchema;
}

type Answers = Readonly<Record<number, TSchema>>;

const everywhere: readonly Code[] = ['UNAUTHENTICATED', 'OUT_OF_SCOPE', 'TOO_FAST', 'BUSY', 'INTERNAL'];

/** Whoever sends something can send it wrongly. */
const withParts: readonly Code[] = ['BAD_REQUEST'];
const withBody: readonly Code[] = ['BAD_REQUEST', 'UNSUPPORTED_MEDIA_TYPE', 'TOO_LARGE'];

function refusalsOf({ refusals = [] }: About, parts: Parts): readonly Code[] {
  const ofParts = parts.body !== undefined ? withBody : Object.keys(parts).length > 0 ? withParts : [];
  return [...new Set([...refusals, ...ofParts, ...everywhere])];
}

/** One answer for each status, with the codes it stands for. */
function refusedAnswers(codes: readonly Code[]): Record<number, unknown> {
  const statuses = [...new Set(codes.map((code) => meanings[code].status))].toSorted((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const here = codes.filter((code) => meanings[code].status === status);
      const description = here.map((code) => `\`${code}\`: ${meanings[code].title}`).join(' ');
      return [status, { description, content: { 'application/problem+json': { schema: ref(problemSchema) } } }];
    }),
  );
}

const keys = new WeakMap<FastifyRequest, ApiKey>();

/** The key that a request of an operation came with. */
export function keyOf(request: FastifyRequest): ApiKey {
  const key = keys.get(request);
  if (key === undefined) throw new TypeError('the request came to no operation');
  return key;
}

/** The options of the route of one operation: what validates it, what describes it, and who may ask for it. */
export type DescribeOperation = <P extends Parts>(
  about: About,
  parts: P,
  answers: Answers,
) => RouteShorthandOptions & { readonly schema: P };

export function operations(access: Access): DescribeOperation {
  return (about, parts, answers) => {
    const { id, tag, summary, scopes } = about;
    const needs = `Needs scope ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`;
    const schema = {
      ...parts,
      operationId: id,
      tags: [tag],
      summary,
      description: about.description === undefined ? needs : `${about.description} ${needs}`,
      security: [{ key: [] }],
      response: { ...answers, ...refusedAnswers(refusalsOf(about, parts)) },
    };
    return {
      schema,
      onRequest: async (request) => {
        keys.set(request, access.admit(request.raw, scopes));
      },
    };
  };
}

/** An answer without a body. */
export const nothing = Type.Null({ description: 'Done.' });
