import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hashOf, httpAdapter, scopes, type ApiKey, type HttpSettings, type NodeListener } from '@dragoman/adapter-http';
import { createCore, type Adapter, type CoreOptions } from '@dragoman/core';
import { watchCore, type WatchedCore } from '@dragoman/core/testing';

/** May do everything. */
export const fullKey = 'dgm_full';
export const keys: readonly ApiKey[] = [
  { id: 'full', hash: hashOf(fullKey), scopes },
  { id: 'other', hash: hashOf('dgm_other'), scopes },
  { id: 'reader', hash: hashOf('dgm_reader'), scopes: ['read'] },
  { id: 'hearer', hash: hashOf('dgm_hearer'), scopes: ['events'] },
];

/** A listener on one http server that this adapter has for itself. */
export function listenerOn(http: ReturnType<typeof createServer>): NodeListener {
  return {
    claim(prefixes, on) {
      const [prefix = ''] = prefixes;
      http.removeAllListeners('request');
      http.on('request', (request, response) => {
        if (request.url?.startsWith(prefix) === true) on.request?.(request, response);
      });
      http.on('upgrade', (request, socket, head) => on.upgrade?.(request, socket, head));
      return () => {
        http.removeAllListeners('upgrade').removeAllListeners('request');
        http.on('request', (_request, response) => response.writeHead(404).end());
      };
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** An answer as it was parsed: the contract run holds it against the document. */
export type Json = ReturnType<typeof JSON.parse>;

export interface House {
  readonly url: string;
  readonly core: WatchedCore;
  readonly adapter: Adapter;
  /** Asks with the key that may do everything, unless another is named. */
  ask(method: string, path: string, body?: unknown, more?: Readonly<Record<string, string>>): Promise<Answer>;
  close(): Promise<void>;
}

export async function openHouse(
  more: { readonly settings?: Partial<HttpSettings>; readonly core?: CoreOptions } = {},
): Promise<House> {
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const real = await createCore({ ...more.core });
  const core = watchCore(real);
  const adapter = httpAdapter({ listener: listenerOn(http), keys, ...more.settings });
  await adapter.start(core);
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`;
  return {
    ...{ url, core, adapter },
    ask: (method, path, body, headers) => ask(`${url}${path}`, { method, body, headers }),
    async close() {
      await adapter.stop();
      http.closeAllConnections();
      await new Promise<void>((resolve) => void http.close(() => resolve()));
      await real.stop();
    },
  };
}

export async function ask(
  url: string,
  {
    method,
    body,
    headers = {},
  }: { method: string; body?: unknown; headers?: Readonly<Record<string, string>> | undefined },
): Promise<Answer> {
  const isJson = body !== undefined && !(body instanceof Uint8Array) && typeof body !== 'string';
  const answer = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${fullKey}`,
      ...(isJson && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: isJson ? JSON.stringify(body) : (body as string | Uint8Array<ArrayBuffer>) }),
  });
  const text = await answer.text();
  const isText = !/[/+]json/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, headers: answer.headers, body: (isText ? text : JSON.parse(text)) as Json };
}
