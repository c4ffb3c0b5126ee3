import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { networkOf } from '@dragoman/core';

/** Addresses from which nobody may open a connection for a while. */
export interface KeepOut {
  add(address: string, forMs: number): void;
  /** While this is true nobody opens a connection from anywhere: 503. */
  isClosed: boolean;
  /** Answers and is true when this request would open a connection that may not be: from such an address, 429. */
  turnedAway(request: IncomingMessage, answer: ServerResponse | Duplex): boolean;
}

/** How many addresses are kept out at a time; beyond it the oldest may come again. */
const maxAddresses = 10_000;

export function createKeepOut(addressOf: (request: IncomingMessage) => string): KeepOut {
  const untilByNetwork = new Map<string, number>();

  function leftMs(network: string): number {
    const left = (untilByNetwork.get(network) ?? 0) - performance.now();
    if (left <= 0) untilByNetwork.delete(network);
    return left;
  }

  return {
    isClosed: false,
    add(address, forMs) {
      const network = networkOf(address);
      untilByNetwork.delete(network);
      untilByNetwork.set(network, performance.now() + forMs);
      const [oldest] = untilByNetwork.keys();
      if (untilByNetwork.size > maxAddresses && oldest !== undefined) untilByNetwork.delete(oldest);
    },
    turnedAway(request, answer) {
      if (this.isClosed && isHandshake(request)) {
        refuse(answer, '503 Service Unavailable', 1);
        return true;
      }
      if (untilByNetwork.size === 0 || !isHandshake(request)) return false;
      const left = leftMs(networkOf(addressOf(request)));
      if (left <= 0) return false;
      refuse(answer, '429 Too Many Requests', Math.ceil(left / 1000));
      return true;
    },
  };
}

/** What belongs to a connection that is open names it; read as Engine.IO does, for which the last one counts [SIO5 sid]. */
function isHandshake({ url = '' }: IncomingMessage): boolean {
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  return !new URLSearchParams(query).getAll('sid').at(-1);
}

function refuse(answer: ServerResponse | Duplex, status: string, retryAfterSeconds: number): void {
  if ('writeHead' in answer) {
    answer.writeHead(Number.parseInt(status, 10), { 'Retry-After': retryAfterSeconds }).end();
    return;
  }
  answer.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nRetry-After: ${retryAfterSeconds}\r\n\r\n`);
}
