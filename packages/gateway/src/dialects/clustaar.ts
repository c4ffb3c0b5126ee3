import { clustaarAdapter, clustaarCapabilities } from '@dragoman/adapter-phoenix';
import Type from 'typebox';
import { authSchema, secret } from '../config/auth.js';
import { secretOf, secretProblems } from '../config/secrets.js';
import { closed, text, urlPath } from '../config/words.js';
import { clustaar as clustaarSides, probeBot } from '../probe/clustaar.js';
import * as hello from '../probe/hello.js';
import { probeWorkspace } from '../probe/meeting.js';
import { load, type DialectOf } from './dialect.js';
import { webAdapter } from './keys.js';
import { signInOf, signInProblems, webOf } from './materials.js';

const minSecretBytes = 32;

export const clustaarSchema = closed(
  {
    dialect: Type.Literal('clustaar'),
    ...webAdapter,
    mount: Type.Optional(urlPath('Of the Phoenix endpoint. Default /socket.')),
    auth: Type.Optional(authSchema),
    bots: Type.Record(
      Type.String({ pattern: '^[A-Za-z0-9_-]{1,128}$' }),
      closed({ publicKey: text('The key that its pages send with every reply; it stands in their source.') }),
      { minProperties: 1, description: 'Whose interlocutors may connect, by bot_id.' },
    ),
    pollSecret: Type.Optional(
      secret(
        'Signs the names of long-poll sessions, at least 32 bytes. Default: random at each start, which clients before phoenix 1.8.2 that poll do not survive.',
      ),
    ),
    operators: Type.Optional(
      Type.Boolean({ description: 'Operators may join `operator:<id>` on the same endpoint. Default false.' }),
    ),
    isHtmlTrusted: Type.Optional(
      Type.Boolean({ description: 'What operators write is HTML for the page. Default false: it is escaped.' }),
    ),
  },
  'Clustaar over Phoenix Channels.',
);

export const clustaar: DialectOf<typeof clustaarSchema> = {
  title: 'Clustaar',
  capabilities: clustaarCapabilities,
  paths: ({ mount: path = '/socket' }) => [{ path }],

  problems(config, at, around) {
    const { pollSecret } = config;
    const unsigned = pollSecret && secretProblems(pollSecret, `${at}.pollSecret`, around.env, minSecretBytes);
    return [...signInProblems(config, at, around), ...(unsigned ?? [])];
  },

  adapter(config, materials) {
    const { mount, isHtmlTrusted, operators, pollSecret } = config;
    const { listener, addressOf, origins: allowedOrigins } = webOf(config, materials);
    return clustaarAdapter({
      listener,
      workspaceId: config.workspace,
      name: config.space ?? config.dialect,
      verify: signInOf(config, materials),
      bots: config.bots,
      addressOf,
      ...(allowedOrigins !== undefined && { allowedOrigins }),
      ...(mount !== undefined && { mount }),
      ...(isHtmlTrusted !== undefined && { isHtmlTrusted }),
      ...(pollSecret !== undefined && { channels: { pollSecret: secretOf(pollSecret, materials.environment) } }),
      ...(operators === true && { operators: {} }),
    });
  },

  probe: {
    sides: clustaarSides,
    copy: ({ auth: _, ...config }, { path: mount }) => ({
      ...config,
      workspace: probeWorkspace,
      mount,
      bots: { [probeBot.id]: { publicKey: probeBot.publicKey } },
    }),
    hello: ({ mount = '/socket' }) => hello.channels(mount),
  },

  dev: {
    config: () => ({
      dialect: 'clustaar',
      workspace: 'default',
      bots: { b1: { publicKey: 'dev-bot-b1' } },
      operators: true,
    }),
    lines: (url) => `\
clustaar, an interlocutor of bot b1 (dev-customer-<id>, key dev-bot-b1) who says hello:
  node -e "const s = new (${load('phoenix')}.Socket)('${url.replace('http', 'ws')}/socket', { transport: ${load('ws')} }); s.connect(); s.onMessage((frame) => (console.dir(frame, { depth: null }), frame)); const c = s.channel('interlocutor:eve', { bot_id: 'b1', socketToken: 'dev-customer-eve' }); c.join().receive('ok', () => c.push('interlocutor_reply', { token: 'dev-bot-b1', body: { type: 'text', message: 'Hello' } }))"
clustaar, an operator on the topic of our own (dev-operator-<id>, dev-supervisor-<id>) who answers whoever writes to him:
  node -e "const s = new (${load('phoenix')}.Socket)('${url.replace('http', 'ws')}/socket', { transport: ${load('ws')} }); s.connect(); s.onMessage((frame) => (console.dir(frame, { depth: null }), frame)); const c = s.channel('operator:olga', { token: 'dev-operator-olga' }); c.on('message', ({ chat_id, message }) => message.author.role === 'customer' && c.push('chat.reply', { chat_id, body: { type: 'text', message: 'Olga here' } })); c.join()"`,
  },
};
