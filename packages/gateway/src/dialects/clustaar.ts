import { clustaarAdapter, clustaarCapabilities } from '@dragoman/adapter-phoenix';
import Type from 'typebox';
import { authSchema } from '../config/auth.js';
import { closed, text, urlPath } from '../config/words.js';
import { load, type DialectOf } from './dialect.js';
import { webAdapter } from './keys.js';
import { signInOf, signInProblems, webOf } from './materials.js';

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
    operators: Type.Optional(
      Type.Boolean({ description: 'Operators may join operator:<id> on the same endpoint. Default false.' }),
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
  problems: signInProblems,

  adapter(config, materials) {
    const { mount, isHtmlTrusted, operators } = config;
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
      ...(operators === true && { operators: {} }),
    });
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
  node -e "const s = new (${load('phoenix')}.Socket)('${url.replace('http', 'ws')}/socket', { transport: ${load('ws')} }); s.connect(); s.onMessage((frame) => (console.dir(frame, { depth: null }), frame)); const c = s.channel('interlocutor:eve', { bot_id: 'b1', socketToken: 'dev-customer-eve' }); c.join().receive('ok', () => c.push('interlocutor_reply', { token: 'dev-bot-b1', body: { type: 'text', message: 'Hello' } }))"`,
  },
};
