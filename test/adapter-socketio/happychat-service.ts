import {
  happychatAdapter,
  socketioCarrier,
  tokenAuthenticator,
  type CarrierOptions,
  type HappychatOptions,
} from '@dragoman/adapter-socketio';
import type { Adapter, Capabilities, Core, TokenVerifier, VerifiedIdentity } from '@dragoman/core';
import { generations, listenTo, type Ear } from './clients.js';
import { openListener } from './listener.js';

/** Everything that may reach a client in the three namespaces. */
export const outbound: readonly string[] = [
  'connect',
  'disconnect',
  'connect_error',
  'init',
  'unauthorized',
  'accept',
  'status',
  'log',
  'message',
  'typing',
  'system.info',
  'broadcast.state',
  'broadcast.update',
  'chat.open',
  'chat.message',
  'chat.typing',
  'chat.leave',
  'chat.close',
];

export interface JoinOptions {
  readonly version?: string;
  /** What the client answers to `token`; null: nothing ever. Default: a good credential of that name. */
  readonly answer?: unknown;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A Happychat service on a free port with real clients. */
export interface Service {
  readonly adapter: Adapter;
  readonly url: string;
  /** Connects a client that follows the convention of the real one. */
  join(namespace: string, name: string, more?: JoinOptions): Ear;
  close(): Promise<void>;
}

/** What Happychat can say and hear: the limits are those of the core, the names those of the real client. */
export const serviceCapabilities: Capabilities = {
  customer: {
    says: {
      text: { maxUnits: 65_536 },
      custom: { names: ['customer-info', 'customer-event', 'log'] },
      'typing-preview': {},
      history: {},
    },
    hears: {
      text: { maxUnits: 65_536 },
      custom: { names: ['customer-info', 'customer-event', 'log'] },
      typing: {},
      lifecycle: {},
      notice: {},
      history: { pushed: 20 },
    },
  },
  operator: {
    says: {
      text: { maxUnits: 65_536 },
      typing: {},
      presence: {},
      lifecycle: {},
      transfer: {},
      close: {},
      history: {},
    },
    hears: {
      text: { maxUnits: 65_536 },
      custom: { names: ['customer-info', 'customer-event', 'log'] },
      'typing-preview': {},
      lifecycle: {},
      presence: {},
      history: { pushed: 20 },
    },
  },
};

/** Knows `<role>:<id>`, for example `customer:joe`; `customer:joe@s-8` is the same person in another session of the site. */
export const verify: TokenVerifier = async (credential) => {
  const [, role, externalId, session] = /^(\w+):(\w+)(?:@(.+))?$/.exec(credential) ?? [];
  if (externalId === undefined || !isRole(role)) return { ok: false, code: 'invalid' };
  const name = externalId.charAt(0).toUpperCase() + externalId.slice(1);
  const profile = session === undefined ? {} : { session_id: session };
  return { ok: true, identity: { role, externalId, name, profile } };
};

function isRole(role: string | undefined): role is VerifiedIdentity['role'] {
  return role === 'customer' || role === 'operator' || role === 'bot';
}

/** Connects a real client that follows the convention of the original's: it answers `token` with one object. */
export function joinAt(url: string, namespace: string, { version = '4.8.4', answer, options }: JoinOptions): Ear {
  const connect = generations[version];
  if (connect === undefined) throw new Error(`no client ${version}`);
  const socket = connect(`${url}${namespace}`, { forceNew: true, transports: ['websocket'], ...options });
  socket.on('token', (reply: (object: unknown) => void) => {
    if (answer !== null) reply(answer);
  });
  return listenTo(socket, outbound);
}

/** Without a core the adapter is not started yet. */
export async function openService(
  core: Core | undefined,
  options: Partial<HappychatOptions> = {},
  carrier: Partial<CarrierOptions> = {},
): Promise<Service> {
  const web = await openListener();
  const byToken = tokenAuthenticator(verify);
  const adapter = happychatAdapter(socketioCarrier({ listener: web.listener, ...carrier }), {
    workspaceId: 'default',
    authenticators: { customer: byToken, operator: byToken, agent: byToken },
    ...options,
  });
  if (core !== undefined) await adapter.start(core);
  const ears: Ear[] = [];

  return {
    adapter,
    url: web.url,
    join(namespace, name, { answer, ...more } = {}) {
      const role = namespace === '/agent' ? 'bot' : namespace.slice(1);
      const said = answer === undefined ? { jwt: `${role}:${name}` } : answer;
      const ear = joinAt(web.url, namespace, { ...more, answer: said });
      ears.push(ear);
      return ear;
    },
    async close() {
      for (const ear of ears) ear.close();
      await adapter.stop();
      await web.close();
    },
  };
}
