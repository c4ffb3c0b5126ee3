import Type, { type Static } from 'typebox';
import { adapterSchema } from '../dialects/index.js';
import { adminSchema } from './admin.js';
import { operationsSchema } from './operations.js';
import { closed, count, ms, name, text } from './words.js';

const listener = closed(
  {
    name: name('How adapters refer to it.'),
    host: Type.Optional(text('Address of this machine to listen on. Default 127.0.0.1.')),
    port: Type.Integer({ minimum: 0, maximum: 65_535, description: '0: any free one.' }),
    origins: Type.Optional(
      Type.Array(Type.String({ pattern: '^https?://[^/\\s]+$', examples: ['https://shop.example'] }), {
        description:
          'Origins of web pages that may connect. Default: as each protocol has it; Happychat then serves pages of the same host, Convead all.',
      }),
    ),
    trustedProxies: Type.Optional(
      Type.Array(Type.String({ pattern: '^[0-9a-fA-F.:]+(/[0-9]{1,3})?$', examples: ['10.0.0.0/8'] }), {
        maxItems: 100,
        description: 'Addresses or networks of proxies whose X-Forwarded-For is believed. Default: none.',
      }),
    ),
    maxConnections: Type.Optional(count('Connections at a time. Default 20000.')),
    connectionsPerAddress: Type.Optional(
      count(
        'Of one address (of IPv6: one /64), directly or over proxies in `trustedProxies`; others are answered 429. Default: a quarter of `maxConnections`.',
      ),
    ),
    acceptsPerSecond: Type.Optional(
      count(
        'New connections in any second, at most; more wait for their turn, and a stop sends clients away no faster. Default 1000.',
      ),
    ),
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
      Type.Union([Type.String({ pattern: '^https?://', examples: ['https://files.example'] }), Type.Null()], {
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
    archiveAfterMs: Type.Optional(
      Type.Union([ms('A closed chat moves into the archive file of the store after so long.'), Type.Null()], {
        description: 'Null, the default: never.',
      }),
    ),
    eraseAfterMs: Type.Optional(
      Type.Union([ms('What was said in a closed chat is erased after so long.'), Type.Null()], {
        description: 'Null, the default: never.',
      }),
    ),
    linkBy: Type.Optional(
      Type.Enum(['none', 'subject'], {
        description:
          'Who is one person on two dialects: `subject`, whom the same authority names by the same id; `none`, nobody. Default none.',
      }),
    ),
    assumeDelivered: Type.Optional(
      Type.Boolean({
        description: 'Words written to a client that cannot confirm them count as delivered. Default true.',
      }),
    ),
    queueNotice: Type.Optional(
      Type.Union(
        [
          Type.String({
            minLength: 1,
            maxLength: 1000,
            description: 'Its words; `{position}` stands for the number.',
          }),
          Type.Null(),
        ],
        {
          description:
            'What waiting customers are told of their place where their protocol has no number for it. Null, the default: nothing.',
        },
      ),
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
    unsentPicturesMs: Type.Optional(
      ms('A picture that was stored and that no message shows is taken away after so long. Default 86400000, a day.'),
    ),
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
  adapters: Type.Array(adapterSchema, {
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
  operations: Type.Optional(operationsSchema),
  admin: Type.Optional(adminSchema),
  restartGraceMs: Type.Optional(ms('After a start, so long everybody counts as still there. Default 60000.')),
  noticeMs: Type.Optional(
    ms('At a stop, so long passes between the end of readiness and the first good-bye, for balancers. Default 0.'),
  ),
  drainMs: Type.Optional(
    ms('At a stop, clients are sent away at `acceptsPerSecond`, but over so long at most. Default 20000.'),
  ),
});

/** Everything a gateway is told. Paths are relative to the working directory. */
export type Config = Static<typeof configSchema>;
export type ListenerConfig = Config['listeners'][number];

/** The schema as a file for editors, JSON Schema 2020-12. */
export function configSchemaFile(): object {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Dragoman gateway', ...configSchema };
}
