import { isNetwork } from './client-address.js';
import { Check } from 'typebox/value';
import { configSchema, type AdapterConfig, type Config, type WebAdapterConfig } from './config-schema.js';
import type { Problem } from './config-problems.js';

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a check may rely on beside the config itself. */
export interface Surroundings {
  readonly env: Environment;
  /** Whether somebody verifies tokens for adapters that say nothing about it. */
  readonly hasVerifier: boolean;
}

type Numbered<T> = readonly (readonly [index: number, item: T])[];

/** The shortest HMAC-SHA256 key that is not weaker than the hash, bytes [RFC 7518 3.2]. */
const minSecretBytes = 32;

function list(value: unknown, key: 'listeners' | 'workspaces' | 'adapters' | 'trustedProxies'): readonly unknown[] {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return Array.isArray(found) ? found : [];
}

function names(items: readonly unknown[], key: string): readonly unknown[] {
  return items.map((item): unknown => (typeof item === 'object' && item !== null ? Reflect.get(item, key) : undefined));
}

function twice(values: readonly unknown[], path: (index: number) => string): readonly Problem[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    return value === undefined || first === index
      ? []
      : [{ path: path(index), what: `${JSON.stringify(value)} is taken by ${path(first)}` }];
  });
}

/** The paths an adapter will claim, as far as the config decides them. */
function pathsOf(adapter: AdapterConfig): readonly string[] {
  if (adapter.dialect === 'sermo') return [];
  if (adapter.dialect === 'happychat') return [adapter.path ?? '/socket.io'];
  const { mount = '/faye', apiPrefix = '' } = adapter;
  return [mount, `${mount}.js`, `${apiPrefix}/chat/service`, `${apiPrefix}/chat/conversation`];
}

/** Undefined: the first, or none at all. */
function listenerNamed(adapter: AdapterConfig): string | undefined {
  return adapter.dialect === 'sermo' ? undefined : adapter.listener;
}

function pathProblems(adapters: Numbered<AdapterConfig>, firstListener: unknown): readonly Problem[] {
  const taken = new Map<string, string>();
  return adapters.flatMap(([index, adapter]) =>
    pathsOf(adapter).flatMap((path) => {
      const key = JSON.stringify([listenerNamed(adapter) ?? firstListener, path]);
      const by = path === '/health' || path.startsWith('/health/') ? 'the gateway itself' : taken.get(key);
      if (by !== undefined) return [{ path: `adapters[${index}]`, what: `claims the path ${path} of ${by}` }];
      taken.set(key, `adapters[${index}]`);
      return [];
    }),
  );
}

function secretProblems(env: string, path: string, minBytes: number, around: Surroundings): readonly Problem[] {
  const value = around.env[env] ?? '';
  if (value === '') return [{ path, what: `the environment variable ${env} is not set` }];
  if (Buffer.byteLength(value) >= minBytes) return [];
  return [{ path, what: `the secret in ${env} is shorter than ${minBytes} bytes` }];
}

function credentialProblems(adapters: Numbered<AdapterConfig>, around: Surroundings): readonly Problem[] {
  return adapters.flatMap(([index, adapter]) => {
    const path = `adapters[${index}]`;
    if (adapter.dialect === 'sermo') return secretProblems(adapter.url.env, `${path}.url.env`, 1, around);
    if (adapter.dialect === 'convead') {
      return secretProblems(adapter.serviceToken.env, `${path}.serviceToken.env`, 1, around);
    }
    if (adapter.auth !== undefined) {
      return secretProblems(adapter.auth.secret.env, `${path}.auth.secret.env`, minSecretBytes, around);
    }
    return around.hasVerifier ? [] : [{ path: `${path}.auth`, what: 'is missing: nobody could sign in' }];
  });
}

function unknownNames(
  adapters: Numbered<AdapterConfig>,
  known: { readonly listeners: readonly unknown[]; readonly workspaces: readonly unknown[] },
): readonly Problem[] {
  return adapters.flatMap(([index, adapter]) => {
    const [{ workspace }, listener] = [adapter, listenerNamed(adapter)];
    return [
      ...(known.workspaces.includes(workspace)
        ? []
        : [{ path: `adapters[${index}].workspace`, what: `no workspace is called ${JSON.stringify(workspace)}` }]),
      ...(listener === undefined || known.listeners.includes(listener)
        ? []
        : [{ path: `adapters[${index}].listener`, what: `no listener is called ${JSON.stringify(listener)}` }]),
    ];
  });
}

function proxyProblems(listeners: readonly unknown[]): readonly Problem[] {
  return listeners.flatMap((listener, index) =>
    list(listener, 'trustedProxies').flatMap((proxy, at) =>
      typeof proxy !== 'string' || isNetwork(proxy)
        ? []
        : [{ path: `listeners[${index}].trustedProxies[${at}]`, what: 'is no address and no network' }],
    ),
  );
}

/** What is wrong between the parts of a config; parts that are wrong in themselves are left out. */
export function crossProblems(value: unknown, around: Surroundings): readonly Problem[] {
  const listeners = names(list(value, 'listeners'), 'name');
  const workspaces = names(list(value, 'workspaces'), 'id');
  const adapters = list(value, 'adapters').flatMap((item, index) =>
    Check(configSchema.properties.adapters.items, item) ? [[index, item] as const] : [],
  );
  const spaces = adapters.map(([, { workspace, dialect, space }]) => `${workspace}/${space ?? dialect}`);
  return [
    ...twice(listeners, (index) => `listeners[${index}].name`),
    ...twice(workspaces, (index) => `workspaces[${index}].id`),
    ...twice(spaces, (index) => `adapters[${adapters[index]?.[0]}].space`),
    ...proxyProblems(list(value, 'listeners')),
    ...unknownNames(adapters, { listeners, workspaces }),
    ...pathProblems(adapters, listeners[0]),
    ...credentialProblems(adapters, around),
  ];
}

/** The secret behind a reference; the checks have seen that it is there. */
export function secretOf(reference: { readonly env: string }, env: Environment): string {
  return env[reference.env] ?? '';
}

/** Which listener an adapter uses. */
export function listenerOf(adapter: WebAdapterConfig, config: Config): string {
  return adapter.listener ?? config.listeners[0]?.name ?? '';
}
