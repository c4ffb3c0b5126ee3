import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** One frame, and where it is described. */
export interface Literal {
  /** What it stands for, in words. */
  readonly claim: string;
  readonly way: 'receives' | 'sends';
  readonly channel: string;
  readonly name: string;
  readonly frame: unknown;
}

type Validator = ReturnType<typeof Compile>;
const validators = new WeakMap<TSchema, Validator>();

function validatorOf(schema: TSchema): Validator {
  const known = validators.get(schema) ?? Compile(schema);
  validators.set(schema, known);
  return known;
}

/** What a schema finds wrong with a frame. */
export function misfit(schema: TSchema | undefined, { claim, name, frame }: Literal): readonly string[] {
  if (schema === undefined) return [`${name} (${claim}) is not described`];
  const validator = validatorOf(schema);
  if (validator.Check(frame)) return [];
  return validator.Errors(frame).map(({ instancePath, message }) => `${name} (${claim}): ${instancePath} ${message}`);
}
