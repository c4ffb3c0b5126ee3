import type { TokenVerifier } from '@dragoman/core';
import { developmentVerifier } from '@dragoman/tokens';
import type { Environment } from './secrets.js';
import type { Config, SermoConfig } from './config-schema.js';

/** What the development profile knows instead of secrets; nothing else may ever know it. */
export const devEnvironment = { DRAGOMAN_DEV_SERVICE: 'dev-service' } as const;

/** Knows the credentials `dev-<role>-<id>` and no others: role customer, operator, supervisor, bot or program. */
export const verifyDev: TokenVerifier = developmentVerifier();

/** Sermo needs a broker: it is on when one is named. Chats of the group `dev-desk` are for the desk on its queues. */
const sermo: SermoConfig = {
  dialect: 'sermo',
  workspace: 'default',
  url: { env: 'AMQP_URL' },
  platforms: { 'dev-web': 'customer', 'dev-desk': 'desk' },
};

/** Every dialect on one local port, data below `folder`; Sermo where the environment names a broker, `AMQP_URL`. */
export function devConfig(port: number, folder: string, environment: Environment = {}): Config {
  const hasBroker = (environment['AMQP_URL'] ?? '') !== '';
  const desk = { space: 'sermo', externalId: 'dev-desk' };
  const served = {
    groups: [{ id: 'dev-desk', name: 'Desk', isExclusive: false }],
    delegations: [{ desk, group: 'dev-desk' }],
  };
  return {
    listeners: [{ name: 'main', host: '127.0.0.1', port }],
    store: { kind: 'sqlite', path: `${folder}/store` },
    attachments: { path: `${folder}/files` },
    workspaces: [{ id: 'default', ...(hasBroker && served) }],
    adapters: [
      { dialect: 'happychat', workspace: 'default' },
      { dialect: 'tickets', workspace: 'default' },
      { dialect: 'convead', workspace: 'default', serviceToken: { env: 'DRAGOMAN_DEV_SERVICE' } },
      { dialect: 'clustaar', workspace: 'default', bots: { b1: { publicKey: 'dev-bot-b1' } } },
      ...(hasBroker ? [sermo] : []),
    ],
  };
}

/** The words that load a client where the pasted line runs. */
const load = (client: string): string => `require('${client}')`;

/** What to paste, in a clone of the repository, to be each side of each dialect. */
export function devBanner(url: string): string {
  return `
  !! DEVELOPMENT PROFILE: everybody who reaches ${url} may be anybody.
  !! Credentials are fixed and public. For real use: dragoman serve --config FILE

  happychat, an operator who is available (dev-operator-<id>, dev-supervisor-<id>):
    node -e "const o = ${load('socket.io-client')}('${url}/operator'); o.onAny(console.log); o.on('token', (answer) => answer({ jwt: 'dev-operator-olga' })); o.on('init', () => o.emit('status', 'available'))"
  happychat, a customer (dev-customer-<id>) who says hello:
    node -e "const c = ${load('socket.io-client')}('${url}/customer'); c.onAny(console.log); c.on('token', (answer) => answer({ jwt: 'dev-customer-joe' })); c.on('init', () => c.emit('message', { id: '1', text: 'Hello' }))"

  tickets, an operator (dev-operator-<id>, dev-supervisor-<id>) who sees what waits and what is said there:
    node -e "const o = ${load('socket.io-client')}('${url}'); o.onAny(console.log); o.on('connect', () => o.emit('authenticate', { accessToken: 'dev-operator-oscar' })); o.on('authenticated', () => o.emit('subscribeOperator'))"
  tickets, a customer (dev-customer-<id>; the program of others: dev-program-<id>) who opens a ticket and says hello:
    node -e "const t = crypto.randomUUID(), u = ${load('socket.io-client')}('${url}'); u.onAny(console.log); u.on('connect', () => u.emit('authenticate', { accessToken: 'dev-customer-ada' })); u.once('authenticated', () => { u.emit('subscribe'); u.emit('createTicket', t, { ticketId: t, ticketNm: 'Invoice' }, console.log); u.emit('updateMessage', t, 'm1', { content: 'Hello', type: 1 }, '', console.log) })"

  convead, a visitor (any id, no token) who listens, opens a conversation and says hello in it:
    node -e "new (${load('faye')}.Client)('${url}/faye').subscribe('/service/v1', (told) => console.dir(told, { depth: null }))"
    curl ${url}/chat/service/v1 -d 'sender[type]=visitor'
    curl ${url}/chat/conversation/ID -d 'sender[type]=visitor' -d content=Hello
  convead, a manager on duty (token dev-service):
    node -e "const m = new (${load('faye')}.Client)('${url}/faye'); m.addExtension({ outgoing: (message, next) => next({ ...message, ext: { token: 'dev-service', sender: { type: 'manager', id: 7, name: 'Ann' } } }) }); m.subscribe('/service/*', (told) => console.dir(told, { depth: null }))"

  clustaar, an interlocutor of bot b1 (dev-customer-<id>, key dev-bot-b1) who says hello:
    node -e "const s = new (${load('phoenix')}.Socket)('${url.replace('http', 'ws')}/socket', { transport: ${load('ws')} }); s.connect(); s.onMessage((frame) => (console.dir(frame, { depth: null }), frame)); const c = s.channel('interlocutor:eve', { bot_id: 'b1', socketToken: 'dev-customer-eve' }); c.join().receive('ok', () => c.push('interlocutor_reply', { token: 'dev-bot-b1', body: { type: 'text', message: 'Hello' } }))"

  sermo, when AMQP_URL names a broker: their front end on the platform dev-web, their desk on dev-desk; see examples/sermo

  health: curl ${url}/health/ready
`;
}
