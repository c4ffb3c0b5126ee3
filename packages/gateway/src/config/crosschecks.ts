import { Check } from 'typebox/value';
import { isNetwork } from '../client-address.js';
import { adapterSchema, dialectOf, type AdapterConfig } from '../dialects/index.js';
import type { PathClaim } from '../dialects/dialect.js';
import { adminProblems, adminSchema } from './admin.js';
import { operationsProblems, operationsSchema } from './operations.js';
import type { Problem } from './problems.js';
import type { Environment } from './secrets.js';

/** What a check may rely on beside the config itself. */
export interface Surroundings {
  readonly env: Environment;
  /** Whether somebody verifies tokens for adapters that say nothing about it. */
  readonly hasVerifier: boolean;
}

type Numbered<T> = readonly (readonly [index: number, item: T])[];

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

/** Undefined: the first, or none at all. */
function listenerNamed(adapter: AdapterConfig): string | undefined {
  return 'listener' in adapter ? adapter.listener : undefined;
}

const isShared = (one: PathClaim, other: PathClaim): boolean =>
  one.part !== undefined && other.part !== undefined && one.part !== other.part;

/** Claimed by the gateway itself, or kept for it. */
const ourPaths = ['/admin', '/health', '/metrics', '/operations'] as const;

function pathProblems(adapters: Numbered<AdapterConfig>, firstListener: unknown): readonly Problem[] {
  const taken = new Map<string, Numbered<PathClaim>>();
  return adapters.flatMap(([index, adapter]) =>
    dialectOf(adapter)
      .paths(adapter)
      .flatMap((claim) => {
        const { path } = claim;
        const key = JSON.stringify([listenerNamed(adapter) ?? firstListener, path]);
        const others = taken.get(key) ?? [];
        const rival = others.find(([, other]) => !isShared(claim, other));
        const isOurs = ourPaths.some((ours) => path === ours || path.startsWith(`${ours}/`));
        const by = isOurs ? 'the gateway itself' : rival && `adapters[${rival[0]}]`;
        if (by !== undefined) return [{ path: `adapters[${index}]`, what: `claims the path ${path} of ${by}` }];
        taken.set(key, [...others, [index, claim]]);
        return [];
      }),
  );
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

function adminOf(value: unknown, listeners: readonly unknown[], around: Surroundings): readonly Problem[] {
  const admin: unknown = Reflect.get(Object(value), 'admin');
  return Check(adminSchema, admin) ? adminProblems(admin, listeners, around) : [];
}

function operationsOf(value: unknown, listeners: readonly unknown[], around: Surroundings): readonly Problem[] {
  const operations: unknown = Reflect.get(Object(value), 'operations');
  return Check(operationsSchema, operations) ? operationsProblems(operations, listeners, around) : [];
}

/** What is wrong between the parts of a config; parts that are wrong in themselves are left out. */
export function crossProblems(value: unknown, around: Surroundings): readonly Problem[] {
  const listeners = names(list(value, 'listeners'), 'name');
  const workspaces = names(list(value, 'workspaces'), 'id');
  const adapters = list(value, 'adapters').flatMap((item, index) =>
    Check(adapterSchema, item) ? [[index, item] as const] : [],
  );
  const spaces = adapters.map(([, { workspace, dialect, space }]) => `${workspace}/${space ?? dialect}`);
  return [
    ...twice(listeners, (index) => `listeners[${index}].name`),
    ...twice(workspaces, (index) => `workspaces[${index}].id`),
    ...twice(spaces, (index) => `adapters[${adapters[index]?.[0]}].space`),
    ...proxyProblems(list(value, 'listeners')),
    ...unknownNames(adapters, { listeners, workspaces }),
    ...pathProblems(adapters, listeners[0]),
    ...operationsOf(value, listeners, around),
    ...adminOf(value, listeners, around),
    ...adapters.flatMap(([index, adapter]) => dialectOf(adapter).problems(adapter, `adapters[${index}]`, around)),
  ];
}
