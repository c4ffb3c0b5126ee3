import Type, { type Static } from 'typebox';
import { secret } from './config-auth.js';
import type { Problem } from './config-problems.js';
import { closed, count, path, text } from './schema-words.js';
import { secretProblems, type Environment } from './secrets.js';

const minKeyBytes = 32;

const manager = closed({
  id: Type.String({ minLength: 1, maxLength: 128, description: 'As in `sender`.' }),
  name: Type.Optional(text('As visitors read it. Default: nothing.')),
});

/** What Convead's adapter is told beside what every adapter is. */
export const conveadKeys = {
  mount: Type.Optional(path('Of the Bayeux endpoint. Default /faye.')),
  apiPrefix: Type.Optional(
    Type.String({ pattern: '^(/[^?#\\s/]+)*$', description: 'Before the paths of the HTTP API. Default: nothing.' }),
  ),
  serviceToken: Type.Optional(secret('What managers and backends prove themselves with.')),
  auth: Type.Optional(
    Type.Literal('open', {
      description: 'In place of a service token: everybody is believed without any token, for trusted networks alone.',
    }),
  ),
  personKey: Type.Optional(secret('Signs the tokens of single visitors and managers. Default: there are none.')),
  visitorToken: Type.Optional(
    Type.Enum(['none', 'personal'], {
      description: 'Whether a visitor shows a token of his own. Default none: his id is his secret.',
    }),
  ),
  roster: Type.Optional(
    Type.Array(manager, { maxItems: 1000, description: 'Managers on duty without a connection that says so.' }),
  ),
  offlineMessage: Type.Optional(text('What a visitor reads when nobody is on duty.')),
  maxMessagesCount: Type.Optional(count('Messages of a history that names no count. Default 50.')),
  maxCount: Type.Optional(
    Type.Integer({ minimum: 0, description: 'The most messages of one history; 0: no limit. Default 200.' }),
  ),
  errorStatus: Type.Optional(
    Type.Enum(['real', 'always-200'], {
      description: 'always-200 for browsers that cannot read the body of an error. Default real.',
    }),
  ),
};

type Credentials = Pick<
  Static<ReturnType<typeof closed<typeof conveadKeys>>>,
  'serviceToken' | 'auth' | 'personKey' | 'visitorToken'
>;

/** Who is believed has to be said, in one way. */
export function conveadProblems(adapter: Credentials, at: string, environment: Environment): readonly Problem[] {
  const { serviceToken, auth, personKey, visitorToken } = adapter;
  if (auth === 'open') {
    const others = { serviceToken, personKey, visitorToken };
    return Object.entries(others).flatMap(([key, value]) =>
      value === undefined ? [] : [{ path: `${at}.${key}`, what: 'means nothing where auth is "open"' }],
    );
  }
  if (serviceToken === undefined) return [{ path: `${at}.serviceToken`, what: 'is missing; or auth is "open"' }];
  const key =
    visitorToken === 'personal' && personKey === undefined
      ? [{ path: `${at}.personKey`, what: 'is missing: tokens of visitors could not be checked' }]
      : [];
  return [
    ...secretProblems(serviceToken, `${at}.serviceToken`, environment),
    ...(personKey === undefined ? key : secretProblems(personKey, `${at}.personKey`, environment, minKeyBytes)),
  ];
}
