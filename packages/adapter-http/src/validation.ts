import type { FastifySchemaCompiler, FastifyTypeProvider } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Refusal } from './problems.js';

/** Lets handlers know what their schemas promise. */
export interface BySchema extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

/** Whoever sends what is wrong throughout is told so much of it. */
const maxProblems = 20;

const partNames: Readonly<Record<string, string>> = { querystring: 'query', headers: 'header', params: 'path' };

interface Failure {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

/** A misspelt or missing key is reported where it would stand. */
function placesOf({ keyword, instancePath, message, params }: Failure): readonly { path: string; what: string }[] {
  const keys: unknown = Object.values(params)[0];
  if ((keyword === 'required' || keyword === 'additionalProperties') && Array.isArray(keys)) {
    const what = keyword === 'required' ? 'is missing' : 'is unknown';
    return keys.map((key) => ({ path: `${instancePath}/${String(key)}`, what }));
  }
  return keyword === 'boolean' ? [] : [{ path: instancePath, what: message }];
}

/**
 * Checks a part of a request by its schema. Text is taken for the number or flag that it writes in paths, queries and
 * headers; bodies are taken as they are.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart = 'body' }) => {
  // Most programs start to serve and are asked little: a schema is compiled when it is first needed.
  let compiled: Validator | undefined;
  const part = partNames[httpPart] ?? httpPart;
  return (data: unknown) => {
    const validator = (compiled ??= Compile(schema));
    const value = httpPart === 'body' ? data : validator.Convert(data);
    if (validator.Check(value)) return { value };
    const problems = validator.Errors(value).flatMap(placesOf).slice(0, maxProblems);
    const placed = problems.map(({ path, what }) => ({ path: `${part}${path}`, what }));
    return { error: new Refusal('BAD_REQUEST', { problems: placed }) };
  };
};
