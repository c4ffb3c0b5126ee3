import Type, { type Static } from 'typebox';
import { authSchema, secret } from './config-auth.js';
import { conveadKeys } from './config-convead.js';
import { closed, count, ms, name, path, text } from './schema-words.js';

const listener = closed(
  {
    name: name('How adapters refer to it.'),
    host: Type.Optional(text('Address of this machine to listen on. Default 127.0.0.1.')),
    port: Type.Integer({ minimum: 0, maximum: 65_535, description: '0: any free one.' }),
    origins: Type.Optional(
      Type.Array(Type.String({ pattern: '^https?://[^/\\s]+$' }), {
        description:
          'Origins of web pages that may connect. Default: as each protocol has it; Happychat then serves pages of the same host, Convead all.',
      }),
    ),
    trustedProxies: Type.Optional(
      Type.Array(Type.String({ pattern: '^[0-9a-fA-F.:]+(/[0-9]{1,3})?$' }), {
        maxItems: 100,
        description: 'Addresses or networks of proxies whose X-Forwarded-For is believed. Default: none.',
      }),
    ),
    maxConnections: Type.Optional(count('Connections at a time. Default 20000.')),
  },
  'One http server; web adapters share it, each on paths of its own.',
);

const store = Type.Union(
  [
    closed(
      { kind: Type.Literal('sqlite'), path: text('Folder of the store. Made when absent.') },
      'On the disk, for one process at a time.',
    ),
    closed({ kind: Type.Literal('memory') }, 'Forgets everything at the end of the process.'),
  ],
  { description: 'Where chats are kept. Default: sqlite in ./data/store.' },
);

const attachments = closed(
  {
    path: text('Folder of the pictures. Made when absent.'),
    publicUrl: Type.Optional(
      Type.Union([Type.String({ pattern: '^https?://' }), Type.Null()], {
        description: 'Where the folder is served, for clients without pictures. Default: nowhere.',
      }),
    ),
  },
  'Where pictures are kept. Default: the folder `files` in that of the store, and in memory with a store in memory.',
);

const named = (description: string) =>
  closed(
    {
      space: name('Name of its adapter.'),
      externalId: text('Its id there.'),
      realm: Type.Optional(Type.String({ description: 'Its sub-tenant there. Default: none.' })),
    },
    description,
  );

const policies = closed(
  {
    botSilentMs: Type.Optional(ms('The bot has so long to answer before a person is asked. Default 20000.')),
    abandonedMs: Type.Optional(ms('The chat of an absent operator goes to the bot after so long. Default 120000.')),
    queueMissMs: Type.Optional(
      Type.Union([ms('A chat nobody takes counts as missed after so long.'), Type.Null()], {
        description: 'Null, the default: never.',
      }),
    ),
    releasedMs: Type.Optional(ms('A chat that was put away closes after so long. Default 86400000.')),
    assumeDelivered: Type.Optional(
      Type.Boolean({
        description: 'Words written to a client that cannot confirm them count as delivered. Default true.',
      }),
    ),
    joinOpenChat: Type.Optional(
      Type.Boolean({ description: 'Whether a new address takes the open chat of its person. Default true.' }),
    ),
  },
  'How the workspace decides what no protocol decides.',
);

const workspace = closed(
  {
    id: name('Whose chats these are; never shown to clients.'),
    name: Type.Optional(Type.String({ maxLength: 200, description: 'Default: the id.' })),
    bot: Type.Optional(named('The bot that greets. Default: none, chats go to the queue.')),
    locales: Type.Optional(
      closed(
        {
          default: text('Of chats that name none.'),
          supported: Type.Array(Type.String(), { maxItems: 50, description: 'Others are taken for the default.' }),
        },
        'Languages of chats and operators. Default: en-US alone.',
      ),
    ),
    groups: Type.Optional(
      Type.Array(
        closed({
          id: text('As clients name it.'),
          name: text('As people read it.'),
          isExclusive: Type.Boolean({ description: 'Whether its chats are for its members alone.' }),
        }),
        { maxItems: 200, description: 'Groups of operators that chats may ask for.' },
      ),
    ),
    policies: Type.Optional(policies),
    delegations: Type.Optional(
      Type.Array(
        closed({
          desk: named('Who gets the chats that match.'),
          space: Type.Optional(name('Chats of this adapter.')),
          realm: Type.Optional(text('Chats of this sub-tenant.')),
          locale: Type.Optional(text('Chats in this locale.')),
          group: Type.Optional(text('Chats for this group.')),
        }),
        { description: 'Chats that go to a desk instead of operators, each with what it must match. Default: none.' },
      ),
    ),
  },
  'A tenant: its chats, people and routing are its own.',
);

const everyAdapter = {
  workspace: name('Whose chats are spoken here.'),
  space: Type.Optional(name('Keeps two adapters of one dialect apart. Default: the dialect.')),
};

const webAdapter = {
  ...everyAdapter,
  listener: Type.Optional(name('Which listener. Default: the first.')),
};

const happychat = closed(
  {
    dialect: Type.Literal('happychat'),
    ...webAdapter,
    path: Type.Optional(path('Of the Socket.IO server. Default /socket.io.')),
    auth: Type.Optional(authSchema),
  },
  'Happychat over Socket.IO.',
);

const tickets = closed(
  {
    dialect: Type.Literal('tickets'),
    ...webAdapter,
    path: Type.Optional(path('Of the Socket.IO server, which Happychat may share. Default /socket.io.')),
    auth: Type.Optional(authSchema),
  },
  'The ticket protocol over Socket.IO.',
);

const clustaar = closed(
  {
    dialect: Type.Literal('clustaar'),
    ...webAdapter,
    mount: Type.Optional(path('Of the Phoenix endpoint. Default /socket.')),
    auth: Type.Optional(authSchema),
    bots: Type.Record(
      Type.String({ pattern: '^[A-Za-z0-9_-]{1,128}$' }),
      closed({ publicKey: text('The key that its pages send with every reply; it stands in their source.') }),
      { minProperties: 1, description: 'Whose interlocutors may connect, by bot_id.' },
    ),
    isHtmlTrusted: Type.Optional(
      Type.Boolean({ description: 'What operators write is HTML for the page. Default false: it is escaped.' }),
    ),
  },
  'Clustaar over Phoenix Channels.',
);

const convead = closed(
  {
    dialect: Type.Literal('convead'),
    ...webAdapter,
    ...conveadKeys,
  },
  'Convead over Faye.',
);

const brokerName = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 200, description }));

const sermoText = (description: string) => Type.Optional(Type.String({ maxLength: 4_000, description }));

const sermo = closed(
  {
    dialect: Type.Literal('sermo'),
    ...everyAdapter,
    url: secret('Of the broker, with its user and password: amqp or amqps.'),
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
        description: 'Whether exchanges and queues are made, checked or trusted. Default active.',
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
    texts: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[A-Za-z0-9-]{1,35}$' }),
        closed({
          queued: sermoText('The chat was placed in a queue, {queue}.'),
          assigned: sermoText('Somebody took the chat, {name}.'),
          left: sermoText('Told to desks when a customer chose to leave.'),
          platformClosed: sermoText('Told to a customer whose desk has closed.'),
          agentDone: sermoText('Told to a customer whose agent is done. Default nothing.'),
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
    offlineMs: Type.Optional(ms('Without any event for so long a customer is away. Default 60000.')),
    idleMs: Type.Optional(ms('Without any event for so long his chat is closed. Default 1800000.')),
  },
  'Sermo over RabbitMQ.',
);

const rate = (description: string) =>
  Type.Optional(
    closed(
      { perSecond: Type.Number({ exclusiveMinimum: 0, description: 'On the long run.' }), burst: count('At once.') },
      description,
    ),
  );

const limits = closed(
  {
    customer: rate('Commands of one customer. Default 20 a second, 100 at once.'),
    operator: rate('Commands of one operator or bot. Default 500 a second, 5000 at once.'),
    sessionsPerParticipant: Type.Optional(count('One more ends the oldest. Default 50.')),
    waitingCommands: Type.Optional(count('Of one workspace, for the store; more are refused. Default 10000.')),
    cached: Type.Optional(count('Closed chats and idle people kept in memory, each. Default 10000.')),
  },
  'Bounds of what clients may cost.',
);

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** The config file, as checked at the start and as editors read it. */
export const configSchema = closed({
  $schema: Type.Optional(Type.String({ description: 'Where editors find the description of this file.' })),
  listeners: Type.Array(listener, { minItems: 1, description: 'Where clients connect.' }),
  store: Type.Optional(store),
  attachments: Type.Optional(attachments),
  workspaces: Type.Array(workspace, { minItems: 1, description: 'Whose chats are kept apart.' }),
  adapters: Type.Array(Type.Union([happychat, tickets, convead, clustaar, sermo]), {
    minItems: 1,
    description: 'Which protocols are spoken.',
  }),
  limits: Type.Optional(limits),
  log: Type.Optional(
    closed(
      { level: Type.Optional(Type.Enum(levels, { description: 'From which on. Default info.' })) },
      'JSON lines on stderr.',
    ),
  ),
  restartGraceMs: Type.Optional(ms('After a start, so long everybody counts as still there. Default 60000.')),
  drainMs: Type.Optional(ms('At a stop, clients are sent away over so long. Default 2000.')),
});

/** Everything a gateway is told. Paths are relative to the working directory. */
export type Config = Static<typeof configSchema>;
export type AdapterConfig = Config['adapters'][number];
export type HappychatConfig = Extract<AdapterConfig, { dialect: 'happychat' }>;
export type TicketsConfig = Extract<AdapterConfig, { dialect: 'tickets' }>;
export type ConveadConfig = Extract<AdapterConfig, { dialect: 'convead' }>;
export type ClustaarConfig = Extract<AdapterConfig, { dialect: 'clustaar' }>;
export type SermoConfig = Extract<AdapterConfig, { dialect: 'sermo' }>;
/** Those that are reached over http. */
export type WebAdapterConfig = Exclude<AdapterConfig, SermoConfig>;
export type ListenerConfig = Config['listeners'][number];

/** The schema as a file for editors, JSON Schema 2020-12. */
export function configSchemaFile(): object {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Dragoman gateway', ...configSchema };
}
