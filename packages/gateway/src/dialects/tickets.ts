import { ticketsAdapter, ticketsCapabilities } from '@dragoman/adapter-socketio';
import Type from 'typebox';
import { authSchema } from '../config/auth.js';
import { closed, urlPath } from '../config/words.js';
import { probeWorkspace } from '../probe/meeting.js';
import { tickets as ticketsSides } from '../probe/tickets.js';
import * as hello from '../probe/hello.js';
import { load, type DialectOf } from './dialect.js';
import { webAdapter } from './keys.js';
import { signInOf, signInProblems, webOf } from './materials.js';

export const ticketsSchema = closed(
  {
    dialect: Type.Literal('tickets'),
    ...webAdapter,
    path: Type.Optional(urlPath('Of the Socket.IO server, which Happychat may share. Default /socket.io.')),
    auth: Type.Optional(authSchema),
  },
  'The ticket protocol over Socket.IO.',
);

export const tickets: DialectOf<typeof ticketsSchema> = {
  title: 'Tickets',
  capabilities: ticketsCapabilities,
  paths: ({ path = '/socket.io' }) => [{ path, part: 'tickets' }],
  problems: signInProblems,

  adapter(config, materials) {
    const { path = '/socket.io', space = config.dialect, workspace: workspaceId } = config;
    const verify = signInOf(config, materials);
    return ticketsAdapter(materials.carrierAt(path, webOf(config, materials)), { workspaceId, space, verify });
  },

  probe: {
    sides: ticketsSides,
    copy: ({ auth: _, ...config }, { path }) => ({ ...config, workspace: probeWorkspace, path }),
    hello: ({ path = '/socket.io' }) => hello.socketio(path, '/'),
  },

  dev: {
    config: () => ({ dialect: 'tickets', workspace: 'default' }),
    lines: (url) => `\
tickets, an operator (dev-operator-<id>, dev-supervisor-<id>) who sees what waits and what is said there:
  node -e "const o = ${load('socket.io-client')}('${url}'); o.onAny(console.log); o.on('connect', () => o.emit('authenticate', { accessToken: 'dev-operator-oscar' })); o.on('authenticated', () => o.emit('subscribeOperator'))"
tickets, a customer (dev-customer-<id>; the program of others: dev-program-<id>) who opens a ticket and says hello:
  node -e "const t = crypto.randomUUID(), u = ${load('socket.io-client')}('${url}'); u.onAny(console.log); u.on('connect', () => u.emit('authenticate', { accessToken: 'dev-customer-ada' })); u.once('authenticated', () => { u.emit('subscribe'); u.emit('createTicket', t, { ticketId: t, ticketNm: 'Invoice' }, console.log); u.emit('updateMessage', t, 'm1', { content: 'Hello', type: 1 }, '', console.log) })"`,
  },
};
