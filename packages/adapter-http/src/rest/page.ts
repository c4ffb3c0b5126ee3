import { meanings } from '../problems.js';

interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses?: Readonly<Record<string, { readonly description?: string }>>;
}

/** As much of an OpenAPI document as the page shows. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly description?: string };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => entities.get(sign) ?? sign);
/** Words in back-quotes are code; nothing else is markup. */
const words = (text = ''): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

function kindOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = escaped(schema.$ref.split('/').at(-1) ?? '');
    return `<a href="#${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return `<code>${escaped(JSON.stringify(schema.const))}</code>`;
  if (schema.enum !== undefined) return schema.enum.map((one) => `<code>${escaped(String(one))}</code>`).join(', ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(kindOf))].join(' or ');
  if (schema.type === 'array') return `list of ${kindOf(schema.items ?? {})}`;
  return escaped(schema.type ?? 'anything');
}

function fieldRows(schema: Schema, before = ''): string {
  return Object.entries(schema.properties ?? {})
    .map(([name, part]) => {
      const isRequired = schema.required?.includes(name) === true;
      const row = `<tr><td><code>${before}${escaped(name)}</code>${isRequired ? ' *' : ''}</td><td>${kindOf(part)}</td><td>${words(part.description)}</td></tr>`;
      return row + fieldRows(part.type === 'array' ? (part.items ?? {}) : part, `${before}${escaped(name)}.`);
    })
    .join('');
}

const table = (rows: string): string => (rows === '' ? '' : `<table>${rows}</table>`);

function operationHtml(method: string, path: string, operation: Operation): string {
  const rows = (operation.parameters ?? [])
    .map(
      ({ name, in: place, required, description, schema = {} }) =>
        `<tr><td><code>${escaped(name)}</code>${required === true ? ' *' : ''} <small>${place}</small></td><td>${kindOf(schema)}</td><td>${words(description ?? schema.description)}</td></tr>`,
    )
    .join('');
  const body = operation.requestBody?.content?.['application/json']?.schema ?? {};
  const answers = Object.entries(operation.responses ?? {})
    .map(([status, { description }]) => `<li>${status}: ${words(description)}</li>`)
    .join('');
  return `<section id="${operation.operationId}"><h3>${method.toUpperCase()} ${escaped(path)}</h3>
<p><b>${words(operation.summary)}.</b> ${words(operation.description)}</p>${table(rows)}${table(fieldRows(body))}
<details><summary>Answers</summary><ul>${answers}</ul></details></section>`;
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
h2{margin-top:3rem;border-bottom:1px solid #ccc}h3{font-family:ui-monospace,monospace;margin-bottom:0}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{border-bottom:1px solid #ddd;padding:.25rem .75rem .25rem 0;vertical-align:top;text-align:left}
code{font-size:.9em}section{margin:1.5rem 0}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}a{color:#8cf}td,th{border-color:#444}}`;

/** The description of the API as one page that asks nothing of anybody: no script, no font, no other address. */
export function pageOf(api: ApiDocument, mount: string): string {
  const operations = Object.entries(api.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path: `${mount}${path}`, operation })),
  );
  const chapters = (api.tags ?? []).map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags?.includes(name) === true);
    const sections = own.map(({ method, path, operation }) => operationHtml(method, path, operation));
    return `<h2 id="tag-${name}">${name}</h2><p>${words(description)}</p>${sections.join('')}`;
  });
  const codes = Object.entries(meanings).map(
    ([code, { status, title }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${words(title)}</td></tr>`,
  );
  const schemas = Object.entries(api.components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<section id="${escaped(name)}"><h3>${escaped(name)}</h3><p>${words(schema.description)} ${schema.anyOf === undefined ? '' : kindOf(schema)}</p>${table(fieldRows(schema))}</section>`,
  );
  const contents = [...(api.tags ?? []).map(({ name }) => name)].map((name) => `<a href="#tag-${name}">${name}</a>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(api.info.title)} API</title><style>${style}</style></head><body><h1>${escaped(api.info.title)} API</h1>
<p>${words(api.info.description).replaceAll('\n\n', '</p><p>')}</p>
<p>${contents.join(' · ')} · <a href="#codes">Codes</a> · <a href="#schemas">Schemas</a> · <a href="${mount}/openapi.json">OpenAPI</a></p>
${chapters.join('\n')}
<h2 id="codes">Codes</h2><table>${codes.join('')}</table>
<h2 id="schemas">Schemas</h2>${schemas.join('\n')}</body></html>
`;
}
