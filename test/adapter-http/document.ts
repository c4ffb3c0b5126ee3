import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Answer, House } from './house.js';

interface Media {
  readonly schema?: object;
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

/** As much of the OpenAPI document as the tests read. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** The document a server shows, as a judge of its answers. */
export interface Judge {
  readonly document: ApiDocument;
  /** Of the operations of the API itself; those of webhooks are asked where webhooks are. */
  readonly operationIds: readonly string[];
  /** What is wrong with an answer by the document; empty when nothing is. Undefined operation: the path is not described. */
  judge(
    method: string,
    path: string,
    answer: Answer,
  ): { readonly operationId: string; readonly faults: readonly string[] };
  /** What is wrong with a value by one of the shared schemas. */
  faultsOf(schema: string, value: unknown): readonly string[];
}

const errorsOf = (validate: ValidateFunction, value: unknown): readonly string[] =>
  validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);

export async function judgeOf(house: House): Promise<Judge> {
  const { body } = await house.ask('GET', '/openapi.json');
  const document: ApiDocument = JSON.parse(JSON.stringify(body));
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...document, $id: 'api' });
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      shape: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
      path,
      operation,
    })),
  );
  const pointer = (...steps: readonly string[]): string =>
    steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  return {
    document,
    operationIds: operations.flatMap(({ operation: { operationId, tags } }) =>
      tags.includes('Webhooks') ? [] : [operationId],
    ),
    judge(method, path, answer) {
      const [bare = ''] = path.split('?');
      const known = operations.find((one) => one.method === method && one.shape.test(bare));
      if (known === undefined) return { operationId: '', faults: [`${method} ${bare} is not described`] };
      const { operationId, responses } = known.operation;
      const described = responses[answer.status];
      if (described === undefined) return { operationId, faults: [`status ${answer.status} is not described`] };
      const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
      const media = described.content?.[type];
      if (media === undefined) {
        const isEmpty = described.content === undefined && answer.status === 204;
        return { operationId, faults: isEmpty ? [] : [`${answer.status} of ${type} is not described`] };
      }
      if (!/[/+]json/.test(type)) return { operationId, faults: [] };
      const place = [
        'paths',
        known.path,
        method.toLowerCase(),
        'responses',
        String(answer.status),
        'content',
        type,
        'schema',
      ];
      const validate = ajv.compile({ $ref: `api#/${pointer(...place)}` });
      return { operationId, faults: errorsOf(validate, answer.body) };
    },
    faultsOf: (schema, value) => errorsOf(ajv.compile({ $ref: `api#/components/schemas/${schema}` }), value),
  };
}
