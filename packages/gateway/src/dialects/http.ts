import { hashOf, httpAdapter, httpCapabilities, scopes } from '@dragoman/adapter-http';
import { Fault } from '@dragoman/core';
import Type, { type Static } from 'typebox';
import { closed, count, ms, urlPath } from '../config/words.js';
import * as hello from '../probe/hello.js';
import { http as httpSides } from '../probe/http.js';
import { probeWorkspace } from '../probe/meeting.js';
import type { DialectOf } from './dialect.js';
import { webAdapter } from './keys.js';
import { webOf, type Materials } from './materials.js';
import { receiverKeys, receiverProblems, receiversOf } from './receivers.js';

const rate = (description: string) =>
  Type.Optional(
    closed(
      { perSecond: Type.Number({ exclusiveMinimum: 0, description: 'On the long run.' }), burst: count('At once.') },
      description,
    ),
  );

const key = closed({
  id: Type.String({ pattern: '^[a-z0-9-]{1,40}$', description: 'Stands in logs and in events, beside what it did.' }),
  hash: Type.String({
    pattern: '^sha256:[0-9a-f]{64}$',
    description: 'SHA-256 of the key, which is at least 256 random bits and stands nowhere.',
  }),
  scopes: Type.Array(Type.Enum(scopes), { minItems: 1, description: 'What it may do.' }),
  rate: rate('Its requests. Default 200 a second, 1000 at once.'),
});

export const httpSchema = closed(
  {
    dialect: Type.Literal('http'),
    ...webAdapter,
    mount: Type.Optional(urlPath('Of the API. Default /v1.')),
    keys: Type.Array(key, { minItems: 1, maxItems: 1_000, description: 'Who may use it.' }),
    feeds: Type.Optional(count('Event feeds of one key at a time. Default 20.')),
    feedStallMs: Type.Optional(ms('A feed that has taken nothing for so long is ended. Default 60000.')),
    heartbeatMs: Type.Optional(ms('Between signs of life on a quiet feed. Default 15000.')),
    ...receiverKeys,
  },
  'The bridge to backends: a REST API, an event feed, webhooks and bots.',
);

/** The key that the development profile knows. */
export const devKey = 'dev-backend';

/** Chats are given to the bot that their workspace names, so another would be asked nothing. */
function checkBot(config: Static<typeof httpSchema>, { config: { workspaces } }: Materials): void {
  const { workspace, space, dialect, bots = [] } = config;
  const named = workspaces.find(({ id }) => id === workspace)?.bot;
  const [bot] = bots;
  if (bot === undefined || (named?.space === (space ?? dialect) && named.externalId === bot.id)) return;
  const wanted = JSON.stringify({ space: space ?? dialect, externalId: bot.id });
  throw new Fault('CONFIG_INVALID', `bot ${bot.id} is not asked unless workspace ${workspace} has "bot": ${wanted}`);
}

export const http: DialectOf<typeof httpSchema> = {
  title: 'HTTP',
  capabilities: httpCapabilities,
  paths: ({ mount: path = '/v1' }) => [{ path }],

  problems: (config, at, { env }) => [
    ...config.keys.flatMap(({ id }, index, keys) => {
      const first = keys.findIndex((other) => other.id === id);
      return first === index ? [] : [{ path: `${at}.keys[${index}].id`, what: `is taken by ${at}.keys[${first}]` }];
    }),
    ...receiverProblems(config, at, env),
  ],

  adapter(config, materials) {
    const { workspace, space, dialect, mount, keys, feeds, feedStallMs, heartbeatMs } = config;
    const { listener, addressOf } = webOf(config, materials);
    checkBot(config, materials);
    return httpAdapter({
      ...receiversOf(config, materials.environment),
      listener,
      addressOf,
      workspaceId: workspace,
      name: space ?? dialect,
      keys: keys.map(({ rate: own, ...known }) => ({ ...known, ...(own !== undefined && { rate: own }) })),
      ...(mount !== undefined && { mount }),
      limits: {
        ...(feeds !== undefined && { feeds }),
        ...(feedStallMs !== undefined && { feedStallMs }),
        ...(heartbeatMs !== undefined && { heartbeatMs }),
      },
    });
  },

  probe: {
    sides: httpSides,
    takesSecret: true,
    copy: ({ dialect, space, listener }, { path: mount, key: own }) => ({
      dialect,
      workspace: probeWorkspace,
      mount,
      keys: [{ id: 'probe', hash: hashOf(own), scopes: ['events', 'customers', 'operators'] }],
      ...(space !== undefined && { space }),
      ...(listener !== undefined && { listener }),
    }),
    hello: ({ mount = '/v1' }) => hello.api(mount),
  },

  dev: {
    config: () => ({
      dialect: 'http',
      workspace: 'default',
      keys: [{ id: devKey, hash: hashOf(devKey), scopes: [...scopes] }],
    }),
    lines: (url) => `\
a backend (key ${devKey}) that hears everything; the API to read is at ${url}/v1/docs:
  curl -N -H 'Authorization: Bearer ${devKey}' ${url}/v1/events
a backend that puts an operator on duty for a minute:
  curl -X PUT -H 'Authorization: Bearer ${devKey}' -H 'Content-Type: application/json' -d '{"name": "Nora"}' ${url}/v1/duties/nora`,
  },
};
