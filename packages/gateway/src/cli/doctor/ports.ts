import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ListenerConfig } from '../../config/schema.js';
import { codeOf, findings, type Check, type Finding } from './finding.js';

/** What is asked answers in this time, or not at all, ms. */
const patienceMs = 3_000;

const { fault, hint, fine } = findings('ports');

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');
const everywhere = new Set(['0.0.0.0', '::']);

/** Where a listener can be asked from this machine. */
export function addressOf({ host = '127.0.0.1', port }: ListenerConfig): string {
  const near = everywhere.has(host) ? '127.0.0.1' : host;
  return `http://${near.includes(':') ? `[${near}]` : near}:${port}`;
}

/** Whether a gateway answers there. */
export async function isServed(listener: ListenerConfig): Promise<boolean> {
  if (listener.port === 0) return false;
  try {
    const { status } = await fetch(`${addressOf(listener)}/health/live`, { signal: AbortSignal.timeout(patienceMs) });
    return status === 200;
  } catch {
    return false;
  }
}

async function tryPort({ host = '127.0.0.1', port }: ListenerConfig): Promise<string | undefined> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return codeOf(error);
  } finally {
    server.close();
  }
}

async function portOf(listener: ListenerConfig): Promise<Finding> {
  const { host = '127.0.0.1', port } = listener;
  const at = `${host}:${port}`;
  const failure = await tryPort(listener);
  switch (failure) {
    case undefined:
      return fine(`${at} is free`);
    case 'EADDRINUSE':
      return (await isServed(listener))
        ? fine(`a gateway serves ${at} already`)
        : fault(
            `${at} is taken by another program`,
            `ss -ltnp 'sport = :${port}' names it; stop it, or change the port`,
          );
    case 'EADDRNOTAVAIL':
      return fault(`${host} is no address of this machine`, 'take one that `ip addr` shows, 0.0.0.0 or 127.0.0.1');
    case 'EACCES':
      return fault(
        `port ${port} is not for this user`,
        'take one above 1023 behind a proxy, or AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit',
      );
    default:
      return fault(`${at} cannot be listened on (${failure})`, 'correct host and port of the listener');
  }
}

/** Where clients connect can be listened on. */
export const checkPorts: Check = async ({ config: { listeners } }) => Promise.all(listeners.map(portOf));

/** What a listener that others reach should say. */
export const checkProxies: Check = async ({ config: { listeners, operations } }) => {
  const open = listeners.filter(({ host = '127.0.0.1' }) => !isLoopback(host));
  const blind = listeners.filter(({ trustedProxies = [] }) => trustedProxies.length === 0);
  const anyOrigin = open.filter(({ origins }) => origins === undefined);
  const observed = operations !== undefined && operations.key === undefined && operations.metrics !== false;
  return [
    ...open.map(({ name }) =>
      hint(
        `the listener ${name} is reached from other machines without TLS`,
        'put a proxy in front, and listen on 127.0.0.1',
      ),
    ),
    ...blind.map(({ name }) =>
      hint(
        `behind a proxy all clients of the listener ${name} count as one address`,
        'name the proxy in trustedProxies',
      ),
    ),
    ...anyOrigin.map(({ name }) =>
      hint(`pages of any origin may try to connect to ${name}`, 'name those that may in origins of the listener'),
    ),
    ...(observed && open.length > 0
      ? [hint('anybody who reaches the gateway may read /metrics', 'give operations a key, or a listener of its own')]
      : []),
  ].map((finding) => ({ ...finding, check: 'proxy' }));
};
