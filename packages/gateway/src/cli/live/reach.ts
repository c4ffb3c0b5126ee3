import { checkConfig } from '../../config/load.js';
import { readConfig } from '../../config/read.js';
import type { Config } from '../../config/schema.js';
import { secretOf, type Environment } from '../../config/secrets.js';
import { devEnvironment } from '../../dev.js';
import { devKey } from '../../dialects/http.js';
import { addressOf } from '../doctor/ports.js';
import { Ending } from '../ending.js';
import type { ReachOptions } from '../options.js';
import { configFile, environmentFor } from '../settings.js';
import type { Terminal } from '../terminal.js';

/** A gateway that can be asked. */
export interface Reach {
  /** Of its API for backends. */
  readonly api: string;
  /** Of what operators look at. */
  readonly operations: string;
  readonly apiKey: string | undefined;
  readonly operationsKey: string | undefined;
  /** Undefined where an address alone was given. */
  readonly config: Config | undefined;
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

function devReach({ url = 'http://127.0.0.1:4000' }: ReachOptions): Reach {
  const base = withoutSlash(url);
  return {
    api: `${base}/v1`,
    operations: base,
    apiKey: devKey,
    operationsKey: devEnvironment.DRAGOMAN_DEV_OPERATIONS,
    config: undefined,
  };
}

/** The address of the listener with a name, or of the first. */
function listenerUrl({ listeners }: Config, name: string | undefined): string {
  const listener = listeners.find((one) => one.name === name) ?? listeners[0];
  return listener === undefined ? '' : addressOf(listener);
}

function configReach(config: Config, env: Environment, { url }: ReachOptions): Reach {
  const http = config.adapters.find(({ dialect }) => dialect === 'http');
  const mount = http?.dialect === 'http' ? (http.mount ?? '/v1') : '/v1';
  const at = (listener: string | undefined): string => withoutSlash(url ?? listenerUrl(config, listener));
  const { operations } = config;
  return {
    api: `${at(http?.dialect === 'http' ? http.listener : undefined)}${mount}`,
    operations: at(operations?.listener),
    apiKey: env['DRAGOMAN_API_KEY'],
    operationsKey: operations?.key === undefined ? env['DRAGOMAN_OPERATIONS_KEY'] : secretOf(operations.key, env),
    config,
  };
}

/** Which gateway is meant, with the keys for it. */
export async function reachOf(options: ReachOptions, terminal: Terminal): Promise<Reach> {
  if (options.dev === true) return devReach(options);
  const file = configFile(options);
  if (file === undefined) {
    if (options.url === undefined) {
      throw new Ending('usage', 'which gateway?', 'name it with --url, or its config with --config; or take --dev');
    }
    const { DRAGOMAN_API_KEY: apiKey, DRAGOMAN_OPERATIONS_KEY: operationsKey } = terminal.env;
    const base = withoutSlash(options.url);
    return { api: `${base}/v1`, operations: base, apiKey, operationsKey, config: undefined };
  }
  const env = await environmentFor(file, options, terminal);
  // Where it is can be said of a config that could not be served from here.
  const value = await readConfig(file);
  const checked = checkConfig(value, { env, hasVerifier: true });
  if (checked.ok) return configReach(checked.config, env, options);
  throw new Ending('config', `${file} has problems`, '`dragoman check` names them');
}

/** What is said of a refusal. */
async function refused(response: Response, { keyName, whenUnserved }: Asked): Promise<Ending> {
  const body: unknown = await response.json().catch(() => undefined);
  const told = ['detail', 'title', 'message'].map((name): unknown => Reflect.get(Object(body), name));
  const what = told.find((text) => typeof text === 'string') ?? `the gateway answered ${response.status}`;
  if (response.status === 401 || response.status === 403) {
    return new Ending('noPermission', String(what), `put a key that may do this into ${keyName}`);
  }
  if (response.status === 404) {
    const isServed = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
    return new Ending('noInput', String(what), isServed ? 'see that the id is right' : whenUnserved);
  }
  return new Ending('unavailable', String(what), 'ask again a little later');
}

/** One request to a gateway. */
export interface Asked {
  readonly url: string;
  readonly key: string | undefined;
  /** The variable of the environment that holds the key. */
  readonly keyName: string;
  /** What to do where nobody answers such requests. */
  readonly whenUnserved: string;
  readonly method?: 'GET' | 'DELETE';
  readonly signal?: AbortSignal;
}

/** The answer of a gateway; throws an `Ending` when it gives none, or a refusal. */
export async function ask(asked: Asked): Promise<Response> {
  const { url, key, method = 'GET', signal } = asked;
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(url, { method, headers, ...(signal !== undefined && { signal }) }).catch(
    (error: unknown) => {
      if (signal?.aborted === true) throw error;
      const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new Ending('unavailable', `${new URL(url).origin} cannot be reached (${why})`, 'see that it serves');
    },
  );
  if (response.ok) return response;
  throw await refused(response, asked);
}

const withoutApi = 'see that the url is right and that the config of the gateway has an adapter of dialect "http"';

/** The same of the API for backends. */
export function askApi({ api, apiKey }: Reach, path: string, method: 'GET' | 'DELETE' = 'GET'): Promise<Response> {
  const about = { key: apiKey, keyName: 'DRAGOMAN_API_KEY', whenUnserved: withoutApi };
  return ask({ url: `${api}${path}`, method, ...about });
}

/** What is asked for, as the query of an address; what is absent or empty is left out. */
export function queryOf(asked: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value = ''] of Object.entries(asked)) if (value !== '') query.set(name, value);
  return query.toString();
}
