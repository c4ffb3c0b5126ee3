import { happychatAdapter, happychatCapabilities, tokenAuthenticator } from '@dragoman/adapter-socketio';
import Type from 'typebox';
import { authSchema } from '../config/auth.js';
import { closed, urlPath } from '../config/words.js';
import { probeWorkspace } from '../probe/meeting.js';
import { happychat as happychatSides } from '../probe/happychat.js';
import * as hello from '../probe/hello.js';
import { load, type DialectOf } from './dialect.js';
import { webAdapter } from './keys.js';
import { signInOf, signInProblems, webOf } from './materials.js';

export const happychatSchema = closed(
  {
    dialect: Type.Literal('happychat'),
    ...webAdapter,
    path: Type.Optional(urlPath('Of the Socket.IO server. Default /socket.io.')),
    auth: Type.Optional(authSchema),
  },
  'Happychat over Socket.IO.',
);

export const happychat: DialectOf<typeof happychatSchema> = {
  title: 'Happychat',
  capabilities: happychatCapabilities,
  // Tickets has the main namespace of the same server, Happychat three others.
  paths: ({ path = '/socket.io' }) => [{ path, part: 'happychat' }],
  problems: signInProblems,

  adapter(config, materials) {
    const { path = '/socket.io', space = config.dialect, workspace: workspaceId } = config;
    const { customer: customerRate, operator: staffRate } = materials.config.limits ?? {};
    const authenticator = tokenAuthenticator(signInOf(config, materials));
    return happychatAdapter(materials.carrierAt(path, webOf(config, materials)), {
      workspaceId,
      space,
      authenticators: { customer: authenticator, operator: authenticator, agent: authenticator },
      ...(customerRate !== undefined && { customerRate }),
      ...(staffRate !== undefined && { staffRate }),
    });
  },

  probe: {
    sides: happychatSides,
    copy: ({ auth: _, ...config }, { path }) => ({ ...config, workspace: probeWorkspace, path }),
    hello: ({ path = '/socket.io' }) => hello.socketio(path, '/customer'),
  },

  dev: {
    config: () => ({ dialect: 'happychat', workspace: 'default' }),
    lines: (url) => `\
happychat, an operator who is available (dev-operator-<id>, dev-supervisor-<id>):
  node -e "const o = ${load('socket.io-client')}('${url}/operator'); o.onAny(console.log); o.on('token', (answer) => answer({ jwt: 'dev-operator-olga' })); o.on('init', () => o.emit('status', 'available'))"
happychat, a customer (dev-customer-<id>) who says hello:
  node -e "const c = ${load('socket.io-client')}('${url}/customer'); c.onAny(console.log); c.on('token', (answer) => answer({ jwt: 'dev-customer-joe' })); c.on('init', () => c.emit('message', { id: '1', text: 'Hello' }))"`,
  },
};
