import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf, type Log } from '@dragoman/core';
import { clientAddress, proxyCheck } from './client-address.js';

/** Lets so many connections of one address in at a time. */
export interface Turnstile {
  /** False: it is one too many. One of a proxy that is trusted is somebody else's: what comes over it is asked for. */
  admits(socket: Socket): boolean;
  /** What came over a proxy that is trusted counts until `end` closes. */
  admitsOver(request: IncomingMessage, end: NodeJS.EventEmitter): boolean;
}

/** At most one line a minute: whoever comes too often may not fill the log too. */
const quietMs = 60_000;

export function createTurnstile(options: {
  readonly perAddress: number;
  readonly trustedProxies: readonly string[];
  readonly log: Log;
}): Turnstile {
  const { perAddress, trustedProxies, log } = options;
  const inside = new Map<string, number>();
  const isProxy = proxyCheck(trustedProxies);
  const addressOf = clientAddress(trustedProxies);
  const networkIn = (request: Parameters<typeof addressOf>[0]): string => networkOf(addressOf(request));
  let quietUntil = 0;

  function count(address: string, by: 1 | -1): void {
    const left = (inside.get(address) ?? 0) + by;
    if (left === 0) inside.delete(address);
    else inside.set(address, left);
  }

  function admit(address: string, end: NodeJS.EventEmitter): boolean {
    if ((inside.get(address) ?? 0) >= perAddress) {
      warn();
      return false;
    }
    count(address, 1);
    end.once('close', () => count(address, -1));
    return true;
  }

  function warn(): void {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + quietMs;
    const what = 'connections are refused: one address has too many; is it a proxy that trustedProxies does not name?';
    log.warn({ connectionsPerAddress: perAddress }, what);
  }

  return {
    admits: (socket) => isProxy(socket) || admit(networkIn({ socket, headers: {} }), socket),
    admitsOver: (request, end) => !isProxy(request.socket) || admit(networkIn(request), end),
  };
}
