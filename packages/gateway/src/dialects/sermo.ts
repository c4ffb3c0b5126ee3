import { sermoAdapter, sermoCapabilities, type BrokerTls, type SermoOptions } from '@dragoman/adapter-amqp';
import Type, { type Static } from 'typebox';
import { secret } from '../config/auth.js';
import { secretOf, secretProblems, type Environment } from '../config/secrets.js';
import { sermoLeg } from '../probe/sermo.js';
import { closed, ms, text } from '../config/words.js';
import type { DialectOf } from './dialect.js';
import { everyAdapter } from './keys.js';

const brokerName = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 200, description }));

const sermoText = (description: string) => Type.Optional(Type.String({ maxLength: 4_000, description }));

export const sermoSchema = closed(
  {
    dialect: Type.Literal('sermo'),
    ...everyAdapter,
    url: secret('Of the broker, with its user and password: amqp or amqps.'),
    tls: Type.Optional(
      closed(
        {
          ca: Type.Optional(secret('Who signs the certificate of the broker. Default: those the machine trusts.')),
          cert: Type.Optional(secret('Our own certificate, for a broker that asks for one.')),
          key: Type.Optional(secret('Its key.')),
          servername: Type.Optional(text('The name in the certificate of the broker, where it is not the host.')),
          external: Type.Optional(
            Type.Boolean({ description: 'The broker knows us by our certificate, not by a password. Default false.' }),
          ),
        },
        'For amqps, all in PEM; the certificate of the broker is always checked.',
      ),
    ),
    platforms: Type.Record(
      Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }),
      Type.Enum(['customer', 'desk'] as const),
      {
        minProperties: 1,
        description: 'customer: their front end and our operators. desk: our customers and their desk.',
      },
    ),
    mode: Type.Optional(
      Type.Enum(['topic', 'queue'] as const, {
        description: 'An exchange for each direction, or the two literal queues. Default topic.',
      }),
    ),
    declare: Type.Optional(
      Type.Enum(['active', 'passive', 'off'] as const, {
        description:
          'Whether exchanges and queues are made, checked or trusted. Default active; passive where NODE_ENV is production.',
      }),
    ),
    queueType: Type.Optional(
      Type.Enum(['quorum', 'classic'] as const, { description: 'Of our queues. Default quorum.' }),
    ),
    names: Type.Optional(
      closed(
        {
          inbound: brokerName('Exchange, or queue, of what customers do. Default sermo.inbound, or sermo-inbound.'),
          outbound: brokerName('Of what bots and agents do. Default sermo.outbound, or sermo-outbound.'),
          deskQueue: brokerName('What desks say to us. Default gw.desk.outbound.'),
          customerQueue: brokerName('What customers say to us. Default gw.customer.inbound.'),
          botQueue: brokerName('What other bots say. Default gw.customer.outbound.'),
          parked: brokerName('What could not be obeyed, each with its reason. Default gw.parked.'),
          deadExchange: brokerName('Where the broker puts what it gave us too often. Default gw.dlx.'),
          deadQueue: brokerName('Where that is kept. Default gw.dead.'),
        },
        'What is on the broker.',
      ),
    ),
    origin: Type.Optional(text('Marks what we publish; one for each deployment. Default dragoman.')),
    openChatOn: Type.Optional(
      Type.Enum(['text', 'heartbeat'] as const, { description: 'What opens a chat. Default text.' }),
    ),
    externalBot: Type.Optional(
      Type.Boolean({ description: 'A bot of another application answers first, where it publishes. Default false.' }),
    ),
    botIds: Type.Optional(
      Type.Array(Type.String(), { maxItems: 100, description: 'Agents without a type that are bots. Default bot.' }),
    ),
    extensions: Type.Optional(
      Type.Boolean({ description: 'Types of later revisions of the document are read as well. Default true.' }),
    ),
    unknownTypes: Type.Optional(
      Type.Enum(['park', 'ignore'] as const, {
        description: 'A type that nobody knows is put aside, or acknowledged and counted. Default park.',
      }),
    ),
    texts: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[A-Za-z0-9-]{1,35}$' }),
        closed({
          queued: sermoText('The chat was placed in a queue, {queue}.'),
          assigned: sermoText('Somebody took the chat, {name}.'),
          left: sermoText('Told to desks when a customer chose to leave.'),
          platformClosed: sermoText('Told to a customer whose desk has closed.'),
          agentDone: sermoText('Told to a customer whose agent is done. Default nothing.'),
          deskDelayed: sermoText('Told once to a customer whose words do not get to his desk for long.'),
          imageRefused: sermoText('In place of a picture that was refused.'),
          textTooLong: sermoText('In place of a text that was too long.'),
        }),
        { description: 'Words of ours by locale, or by its language. Default English, and Swedish for sv.' },
      ),
    ),
    prefetch: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 2_000, description: 'Messages of a queue under way. Default 32.' }),
    ),
    heartbeatMs: Type.Optional(ms('Between our signs of life for a customer. Default 10000.')),
    unstableMs: Type.Optional(ms('Without any event for so long a customer is unstable. Default 25000.')),
    offlineMs: Type.Optional(ms('Without any event for so long a customer is away. Default 60000.')),
    idleMs: Type.Optional(ms('Without any event for so long his chat is closed. Default 1800000.')),
  },
  'Sermo over RabbitMQ.',
);

type Tls = NonNullable<Static<typeof sermoSchema>['tls']>;
const pems = ['ca', 'cert', 'key'] as const;

function trustOf({ ca, cert, key, ...rest }: Tls, environment: Environment): BrokerTls {
  return {
    ...rest,
    ...(ca && { ca: secretOf(ca, environment) }),
    ...(cert && { cert: secretOf(cert, environment) }),
    ...(key && { key: secretOf(key, environment) }),
  };
}

/** What the adapter is told by its part of a config. */
export function sermoOptions(
  config: Static<typeof sermoSchema>,
  environment: Environment,
): SermoOptions & { readonly name: string } {
  const { dialect, workspace, space, url, tls, prefetch, heartbeatMs, unstableMs, offlineMs, idleMs, ...rest } = config;
  return {
    declare: environment['NODE_ENV'] === 'production' ? 'passive' : 'active',
    ...rest,
    name: space ?? dialect,
    workspaceId: workspace,
    url: secretOf(url, environment).split(/[\s,]+/),
    ...(tls !== undefined && { tls: trustOf(tls, environment) }),
    limits: { ...(prefetch !== undefined && { prefetch }) },
    times: {
      ...(heartbeatMs !== undefined && { heartbeatMs }),
      ...(unstableMs !== undefined && { unstableMs }),
      ...(offlineMs !== undefined && { offlineMs }),
      ...(idleMs !== undefined && { idleMs }),
    },
  };
}

export const sermo: DialectOf<typeof sermoSchema> = {
  title: 'Sermo',
  capabilities: sermoCapabilities,
  paths: () => [],
  problems: ({ url, tls = {} }, at, { env }) => [
    ...secretProblems(url, `${at}.url`, env),
    ...pems.flatMap((name) => {
      const reference = tls[name];
      return reference === undefined ? [] : secretProblems(reference, `${at}.tls.${name}`, env);
    }),
  ],

  adapter: (config, { environment }) => sermoAdapter(sermoOptions(config, environment)),
  leg: (config, { environment }) => sermoLeg(sermoOptions(config, environment)),

  // It needs a broker: it is on when one is named. Chats of the group `dev-desk` are for the desk on its queues.
  dev: {
    config: ({ AMQP_URL = '' }) =>
      AMQP_URL === ''
        ? undefined
        : {
            dialect: 'sermo',
            workspace: 'default',
            url: { env: 'AMQP_URL' },
            platforms: { 'dev-web': 'customer', 'dev-desk': 'desk' },
          },
    workspace: {
      groups: [{ id: 'dev-desk', name: 'Desk', isExclusive: false }],
      delegations: [{ desk: { space: 'sermo', externalId: 'dev-desk' }, group: 'dev-desk' }],
    },
    lines: () =>
      'sermo, when AMQP_URL names a broker: their front end on the platform dev-web, their desk on dev-desk; see examples/sermo',
  },
};
