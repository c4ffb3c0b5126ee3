import type { IncomingMessage } from 'node:http';
import { sermoAdapter } from '@dragoman/adapter-amqp';
import { conveadAdapter, type Auth } from '@dragoman/adapter-faye';
import { clustaarAdapter } from '@dragoman/adapter-phoenix';
import {
  happychatAdapter,
  socketioCarrier,
  ticketsAdapter,
  tokenAuthenticator,
  type Carrier,
} from '@dragoman/adapter-socketio';
import { Fault, type Adapter, type TokenVerifier } from '@dragoman/core';
import { clientAddress } from './client-address.js';
import { listenerOf } from './config-crosschecks.js';
import type {
  AdapterConfig,
  ClustaarConfig,
  Config,
  ConveadConfig,
  HappychatConfig,
  SermoConfig,
  TicketsConfig,
  WebAdapterConfig,
} from './config-schema.js';
import type { Listener } from './listener.js';
import { secretOf, type Environment } from './secrets.js';
import { verifierOf, type VerifierMaterials } from './verifiers.js';

/** The http servers by their names. */
export type Listeners = ReadonlyMap<string, Listener>;

/** What a listener's configuration says to every adapter on it. */
interface Web {
  /** Absent: each protocol has its own rule. */
  readonly origins?: readonly string[];
  readonly addressOf: (request: IncomingMessage) => string;
}

/** What the adapters of a config are made from. */
export interface Materials extends VerifierMaterials {
  readonly config: Config;
  /** Verifies for adapters without an `auth`. */
  readonly verifier: TokenVerifier;
  readonly listeners: Listeners;
  /** The Socket.IO server of a path: dialects on the same path share one. */
  carrierAt(listener: Listener, path: string, web: Web): Carrier;
}

/** Makes each carrier once. */
export function rememberCarriers(): Materials['carrierAt'] {
  const known = new Map<Listener, Map<string, Carrier>>();
  return (listener, path, web) => {
    const here = known.get(listener) ?? new Map<string, Carrier>();
    const carrier = here.get(path) ?? socketioCarrier({ listener, path, ...web });
    known.set(listener, here.set(path, carrier));
    return carrier;
  };
}

function listenerFor(adapter: WebAdapterConfig, { config, listeners }: Materials) {
  const name = listenerOf(adapter, config);
  const listener = listeners.get(name);
  if (listener === undefined) throw new Fault('CONFIG_INVALID', `no listener is called ${JSON.stringify(name)}`);
  const { origins, trustedProxies = [] } = config.listeners.find((one) => one.name === name) ?? {};
  const addressOf = clientAddress(trustedProxies);
  return { listener, web: { addressOf, ...(origins !== undefined && { origins }) } };
}

/** Who may sign in there. */
function verifierFor({ auth }: HappychatConfig | TicketsConfig | ClustaarConfig, materials: Materials): TokenVerifier {
  return auth === undefined ? materials.verifier : verifierOf(auth, materials);
}

function happychat(adapter: HappychatConfig, materials: Materials): Adapter {
  const { config } = materials;
  const { path = '/socket.io', space = adapter.dialect } = adapter;
  const { listener, web } = listenerFor(adapter, materials);
  const authenticator = tokenAuthenticator(verifierFor(adapter, materials));
  return happychatAdapter(materials.carrierAt(listener, path, web), {
    workspaceId: adapter.workspace,
    space,
    authenticators: { customer: authenticator, operator: authenticator, agent: authenticator },
    ...(config.limits?.customer !== undefined && { customerRate: config.limits.customer }),
    ...(config.limits?.operator !== undefined && { staffRate: config.limits.operator }),
  });
}

function tickets(adapter: TicketsConfig, materials: Materials): Adapter {
  const { path = '/socket.io', space = adapter.dialect, workspace: workspaceId } = adapter;
  const { listener, web } = listenerFor(adapter, materials);
  const verify = verifierFor(adapter, materials);
  return ticketsAdapter(materials.carrierAt(listener, path, web), { workspaceId, space, verify });
}

/** Open only where that word is said. */
function conveadAuth({ auth, serviceToken, personKey, visitorToken }: ConveadConfig, environment: Environment): Auth {
  if (auth === 'open') return { kind: 'open' };
  return {
    kind: 'token',
    serviceToken: serviceToken === undefined ? '' : secretOf(serviceToken, environment),
    ...(personKey !== undefined && { personKey: secretOf(personKey, environment) }),
    ...(visitorToken !== undefined && { visitorToken }),
  };
}

function convead(adapter: ConveadConfig, materials: Materials): Adapter {
  const { dialect, workspace, space, mount, apiPrefix, offlineMessage, maxMessagesCount, maxCount } = adapter;
  const { listener, web } = listenerFor(adapter, materials);
  return conveadAdapter({
    listener,
    workspaceId: workspace,
    name: space ?? dialect,
    auth: conveadAuth(adapter, materials.environment),
    addressOf: web.addressOf,
    ...(web.origins !== undefined && { allowedOrigins: web.origins }),
    ...(mount !== undefined && { mount }),
    ...(apiPrefix !== undefined && { apiPrefix }),
    ...(offlineMessage !== undefined && { offlineMessage }),
    ...(maxMessagesCount !== undefined && { maxMessagesCount }),
    ...(maxCount !== undefined && { maxCount }),
    ...(adapter.errorStatus !== undefined && { errorStatus: adapter.errorStatus }),
    ...(adapter.roster !== undefined && { roster: adapter.roster.map(({ id, name = '' }) => ({ id, name })) }),
  });
}

function clustaar(adapter: ClustaarConfig, materials: Materials): Adapter {
  const { listener, web } = listenerFor(adapter, materials);
  const { mount, isHtmlTrusted } = adapter;
  return clustaarAdapter({
    listener,
    workspaceId: adapter.workspace,
    name: adapter.space ?? adapter.dialect,
    verify: verifierFor(adapter, materials),
    bots: adapter.bots,
    addressOf: web.addressOf,
    ...(web.origins !== undefined && { allowedOrigins: web.origins }),
    ...(mount !== undefined && { mount }),
    ...(isHtmlTrusted !== undefined && { isHtmlTrusted }),
  });
}

function sermo(config: SermoConfig, { environment }: Materials): Adapter {
  const { dialect, workspace, space, url, prefetch, heartbeatMs, offlineMs, idleMs, ...rest } = config;
  return sermoAdapter({
    ...rest,
    name: space ?? dialect,
    workspaceId: workspace,
    url: secretOf(url, environment).split(/[\s,]+/),
    limits: { ...(prefetch !== undefined && { prefetch }) },
    times: {
      ...(heartbeatMs !== undefined && { heartbeatMs }),
      ...(offlineMs !== undefined && { offlineMs }),
      ...(idleMs !== undefined && { idleMs }),
    },
  });
}

/** The adapter that a part of the config describes. */
export function adapterOf(adapter: AdapterConfig, materials: Materials): Adapter {
  switch (adapter.dialect) {
    case 'happychat':
      return happychat(adapter, materials);
    case 'tickets':
      return tickets(adapter, materials);
    case 'convead':
      return convead(adapter, materials);
    case 'clustaar':
      return clustaar(adapter, materials);
    case 'sermo':
      return sermo(adapter, materials);
  }
}
