import { jwksAlgorithms } from '@dragoman/tokens';
import Type, { type Static } from 'typebox';
import { closed, count, ms, text } from './words.js';

const place = {
  env: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      description: 'Name of the environment variable.',
    }),
  ),
  file: Type.Optional(text('A file that holds it alone; a line end after it does not count.')),
};

/** Where a secret is: it never stands in the config itself. */
export const secret = (description: string) =>
  Type.Object(place, { additionalProperties: false, minProperties: 1, maxProperties: 1, description });

const roles = ['customer', 'operator', 'supervisor', 'bot', 'monitor', 'program'] as const;
const claim = (what: string) => Type.Optional(text(`${what} A name, or a JSON Pointer when it starts with a slash.`));

const person = {
  claims: Type.Optional(
    closed(
      {
        id: claim('Who it is. Default sub, else ID or id of an object `user`.'),
        name: claim('As people read it. Default name, else display_name or displayName of an object `user`.'),
        role: claim('One word. Default role.'),
        roles: claim('Several words, read with `scope` when there is no role. Default roles.'),
        program: claim('Which program it is of. Default programId, else azp, else client_id.'),
        locale: claim('Default locale.'),
        groups: claim('Default groups.'),
      },
      'Where the facts about its bearer stand in a token.',
    ),
  ),
  grants: Type.Optional(
    Type.Record(Type.String(), Type.Enum(roles), {
      description: 'Which words of `scope` and roles mean which role. Default: livechat.operator and so on for each.',
    }),
  ),
  allow: Type.Optional(
    Type.Array(Type.Enum(roles), { minItems: 1, description: 'The only roles its tokens can give. Default: all.' }),
  ),
};

const url = Type.String({
  pattern: '^https?://[^\\s@]+$',
  examples: ['https://id.example/keys'],
  description: 'https, or http on this machine.',
});
const allowHttp = Type.Optional(Type.Boolean({ description: 'Allows http to other machines. Default false.' }));

const hs256 = closed(
  {
    kind: Type.Literal('hs256'),
    secret: secret('What tokens are signed with, at least 32 bytes.'),
    issuer: Type.Optional(text('The only `iss` accepted. Default: any.')),
    audience: Type.Optional(text('The `aud` a token must have. Default: any.')),
    ...person,
  },
  'JSON Web Tokens signed with HMAC-SHA256 and one shared secret.',
);

const jwks = closed(
  {
    kind: Type.Literal('jwks'),
    url,
    issuer: text('The only `iss` accepted.'),
    audience: text('The `aud` a token must have.'),
    algorithms: Type.Optional(
      Type.Array(Type.Enum(jwksAlgorithms), { minItems: 1, description: `Default: ${jwksAlgorithms.join(', ')}.` }),
    ),
    ...person,
    allowHttp,
    refreshAfterMs: Type.Optional(
      ms('Keys that old are fetched anew while tokens are judged by them. Default: half of `maxAgeMs`.'),
    ),
    maxAgeMs: Type.Optional(ms('Keys that old are not used before others have been asked for. Default 600000.')),
    maxStaleMs: Type.Optional(ms('So much longer they are used while the server does not answer. Default 3600000.')),
    cooldownMs: Type.Optional(ms('An unknown key makes us ask again at most so often. Default 30000.')),
    timeoutMs: Type.Optional(ms('So long the server may take. Default 3000.')),
  },
  'JSON Web Tokens signed with a key that their issuer serves.',
);

const client = closed(
  {
    id: text('The name of the gateway there.'),
    secret: secret('Known to the authority and the gateway alone.'),
    in: Type.Optional(
      Type.Enum(['header', 'form'], { description: 'Where the authority expects them. Default header.' }),
    ),
  },
  'How the gateway proves who it is. Required unless there is `bearer`.',
);

const introspection = closed(
  {
    kind: Type.Literal('introspection'),
    url,
    client: Type.Optional(client),
    bearer: Type.Optional(secret('In place of `client`: a token of the gateway itself.')),
    issuer: Type.Optional(text('The only `iss` accepted. Default: any, also none.')),
    audience: Type.Optional(text('The `aud` a token must have. Default: any.')),
    ...person,
    allowHttp,
    cacheMs: Type.Optional(ms('A good answer is kept so long, never beyond the end of its token. Default 60000.')),
    maxCached: Type.Optional(count('Answers kept at a time. Default 10000.')),
    timeoutMs: Type.Optional(ms('So long the endpoint may take, and a question may wait. Default 2000.')),
    maxConcurrent: Type.Optional(count('Questions at a time. Default 16.')),
    maxWaiting: Type.Optional(count('So many more may wait; others are refused for now. Default 1000.')),
  },
  'Tokens of any kind, by asking their authority (RFC 7662), with `client` or `bearer` as proof of who asks.',
);

const firstOf = closed(
  {
    kind: Type.Literal('firstOf'),
    of: Type.Array(Type.Union([hs256, jwks, introspection]), {
      minItems: 1,
      maxItems: 10,
      description: 'Each of any kind but this one.',
    }),
  },
  'Whatever the first of these accepts, asked in this order.',
);

/** Who may sign in. */
export const authSchema = Type.Union([hs256, jwks, introspection, firstOf], { description: 'Who may sign in.' });

export type SecretConfig = Static<ReturnType<typeof secret>>;
export type AuthConfig = Static<typeof authSchema>;
