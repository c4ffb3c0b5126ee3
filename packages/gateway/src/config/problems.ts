import { Errors } from 'typebox/schema';
import { Settings } from 'typebox/system';

/** Something wrong in a config, and where: `adapters[0].auth.secret`. */
export interface Problem {
  readonly path: string;
  readonly what: string;
}

interface Schema {
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly type?: string;
  readonly const?: unknown;
  readonly [keyword: string]: unknown;
}

type Failure = ReturnType<typeof Errors>[1][number];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The property whose constant tells the objects of a union apart. */
function tagOf(branches: readonly Schema[]): string | undefined {
  const [first] = branches;
  return Object.keys(first?.properties ?? {}).find((key) =>
    branches.every((branch) => branch.properties?.[key]?.const !== undefined),
  );
}

/** The branch of a union that was meant, so that what is wrong is said of that one and not of each. */
function meant(branches: readonly Schema[], value: unknown): Schema {
  const tag = tagOf(branches);
  if (tag === undefined) {
    const fitting = branches.find((branch) => (value === null) === (branch.type === 'null'));
    return fitting ?? { anyOf: branches };
  }
  const given = isRecord(value) ? value[tag] : undefined;
  const chosen = branches.find((branch) => branch.properties?.[tag]?.const === given);
  const known = branches.map((branch) => branch.properties?.[tag]?.const);
  return chosen ?? { type: 'object', required: [tag], properties: { [tag]: { enum: known } } };
}

/** The schema of exactly this value: every union in it is decided. */
function decided(schema: Schema, value: unknown): Schema {
  if (schema.anyOf !== undefined) {
    const branch = meant(schema.anyOf, value);
    return branch.anyOf === undefined ? decided(branch, value) : branch;
  }
  const { items, properties } = schema;
  if (items !== undefined && Array.isArray(value)) {
    return { ...schema, prefixItems: value.map((item: unknown) => decided(items, item)) };
  }
  if (properties !== undefined && isRecord(value)) {
    const entries = Object.entries(properties).map(([key, part]) => [key, decided(part, value[key])] as const);
    return { ...schema, properties: Object.fromEntries(entries) };
  }
  return schema;
}

function pathOf(pointer: string, key?: string): string {
  const steps = pointer.split('/').slice(1);
  if (key !== undefined) steps.push(key);
  const written = steps
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) =>
      /^\d+$/.test(step) ? `[${step}]` : /^[\w$-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`,
    )
    .join('');
  return written.replace(/^\./, '') || '(whole file)';
}

/** What a value would read like, where a pattern alone says too little. */
function exampleAt(schema: Schema, pointer: string): unknown {
  const steps = pointer.split('/').slice(1);
  const found = steps.reduce<Schema | undefined>((part, step) => {
    const next: unknown = part?.properties?.[step] ?? Reflect.get(Object(part?.['prefixItems']), step);
    return isRecord(next) ? next : undefined;
  }, schema);
  return Array.isArray(found?.['examples']) ? found['examples'][0] : undefined;
}

function problemsIn(failure: Failure, schema: Schema): readonly Problem[] {
  const { instancePath } = failure;
  switch (failure.keyword) {
    case 'required':
      return failure.params.requiredProperties.map((key) => ({ path: pathOf(instancePath, key), what: 'is missing' }));
    case 'additionalProperties':
      return failure.params.additionalProperties.map((key) => ({
        path: pathOf(instancePath, key),
        what: 'is unknown',
      }));
    case 'boolean':
      // The key is reported as unknown already.
      return [];
    case 'enum':
      return [{ path: pathOf(instancePath), what: `must be one of ${failure.params.allowedValues.join(', ')}` }];
    case 'pattern': {
      const example = exampleAt(schema, instancePath);
      const what = example === undefined ? failure.message : `must read like ${String(example)}`;
      return [{ path: pathOf(instancePath), what }];
    }
    default:
      return [{ path: pathOf(instancePath), what: failure.message }];
  }
}

/** Everything in which a value differs from its schema; empty when nothing does. */
export function shapeProblems(schema: object, value: unknown): readonly Problem[] {
  Settings.Set({ maxErrors: 1000 });
  const meantSchema = decided({ ...schema }, value);
  const [, failures] = Errors(meantSchema, value);
  return failures.flatMap((failure) => problemsIn(failure, meantSchema));
}
