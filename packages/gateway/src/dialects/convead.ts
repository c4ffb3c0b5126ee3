import { conveadAdapter, conveadCapabilities, type Auth } from '@dragoman/adapter-faye';
import Type, { type Static } from 'typebox';
import { secret } from '../config/auth.js';
import type { Problem } from '../config/problems.js';
import { secretOf, secretProblems, type Environment } from '../config/secrets.js';
import { closed, count, text, urlPath } from '../config/words.js';
import { probeWorkspace } from '../probe/meeting.js';
import { convead as conveadSides } from '../probe/convead.js';
import * as hello from '../probe/hello.js';
import { load, type DialectOf } from './dialect.js';
import { webAdapter } from './keys.js';
import { webOf } from './materials.js';

const minKeyBytes = 32;

const manager = closed({
  id: Type.String({ minLength: 1, maxLength: 128, description: 'As in `sender`.' }),
  name: Type.Optional(text('As visitors read it. Default: nothing.')),
});

export const conveadSchema = closed(
  {
    dialect: Type.Literal('convead'),
    ...webAdapter,
    mount: Type.Optional(urlPath('Of the Bayeux endpoint. Default /faye.')),
    apiPrefix: Type.Optional(
      Type.String({ pattern: '^(/[^?#\\s/]+)*$', description: 'Before the paths of the HTTP API. Default: nothing.' }),
    ),
    serviceToken: Type.Optional(secret('What managers and backends prove themselves with.')),
    auth: Type.Optional(
      Type.Literal('open', {
        description:
          'In place of a service token: everybody is believed without any token, for trusted networks alone.',
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
  },
  'Convead over Faye.',
);

type ConveadConfig = Static<typeof conveadSchema>;

/** Who is believed has to be said, in one way. */
function credentialProblems(config: ConveadConfig, at: string, environment: Environment): readonly Problem[] {
  const { serviceToken, auth, personKey, visitorToken } = config;
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

/** Open only where that word is said. */
function authOf({ auth, serviceToken, personKey, visitorToken }: ConveadConfig, environment: Environment): Auth {
  if (auth === 'open') return { kind: 'open' };
  return {
    kind: 'token',
    serviceToken: serviceToken === undefined ? '' : secretOf(serviceToken, environment),
    ...(personKey !== undefined && { personKey: secretOf(personKey, environment) }),
    ...(visitorToken !== undefined && { visitorToken }),
  };
}

export const convead: DialectOf<typeof conveadSchema> = {
  title: 'Convead',
  capabilities: conveadCapabilities,
  paths({ mount = '/faye', apiPrefix = '' }) {
    const paths = [mount, `${mount}.js`, `${apiPrefix}/chat/service`, `${apiPrefix}/chat/conversation`];
    return paths.map((path) => ({ path }));
  },
  problems: (config, at, { env }) => credentialProblems(config, at, env),

  adapter(config, materials) {
    const { dialect, workspace, space, mount, apiPrefix, offlineMessage, maxMessagesCount, maxCount } = config;
    const { listener, addressOf, origins: allowedOrigins } = webOf(config, materials);
    return conveadAdapter({
      listener,
      workspaceId: workspace,
      name: space ?? dialect,
      auth: authOf(config, materials.environment),
      addressOf,
      ...(allowedOrigins !== undefined && { allowedOrigins }),
      ...(mount !== undefined && { mount }),
      ...(apiPrefix !== undefined && { apiPrefix }),
      ...(offlineMessage !== undefined && { offlineMessage }),
      ...(maxMessagesCount !== undefined && { maxMessagesCount }),
      ...(maxCount !== undefined && { maxCount }),
      ...(config.errorStatus !== undefined && { errorStatus: config.errorStatus }),
      ...(config.roster !== undefined && { roster: config.roster.map(({ id, name = '' }) => ({ id, name })) }),
    });
  },

  probe: {
    sides: conveadSides,
    takesSecret: true,
    copy: ({ dialect, space, listener }, { path, secret: serviceToken }) => ({
      dialect,
      workspace: probeWorkspace,
      serviceToken,
      mount: `${path}/faye`,
      apiPrefix: path,
      ...(space !== undefined && { space }),
      ...(listener !== undefined && { listener }),
    }),
    hello: ({ mount = '/faye' }) => hello.bayeux(mount),
  },

  dev: {
    config: () => ({ dialect: 'convead', workspace: 'default', serviceToken: { env: 'DRAGOMAN_DEV_SERVICE' } }),
    lines: (url) => `\
convead, a visitor (any id, no token) who listens, opens a conversation and says hello in it:
  node -e "new (${load('faye')}.Client)('${url}/faye').subscribe('/service/v1', (told) => console.dir(told, { depth: null }))"
  curl ${url}/chat/service/v1 -d 'sender[type]=visitor'
  curl ${url}/chat/conversation/ID -d 'sender[type]=visitor' -d content=Hello
convead, a manager on duty (token dev-service):
  node -e "const m = new (${load('faye')}.Client)('${url}/faye'); m.addExtension({ outgoing: (message, next) => next({ ...message, ext: { token: 'dev-service', sender: { type: 'manager', id: 7, name: 'Ann' } } }) }); m.subscribe('/service/*', (told) => console.dir(told, { depth: null }))"`,
  },
};
