import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancel } from '@dragoman/core';
import type { NodeWebListener } from '../listener.js';
import { isBearerOf } from './bearer.js';
import type { Metrics } from './metrics.js';
import type { SightingStream } from './sighting-stream.js';

export interface OperationsParts {
  /** Who shows it may look. Undefined: anybody may read the metrics. */
  readonly key: string | undefined;
  /** Undefined: not served. */
  readonly metrics: Metrics | undefined;
  /** Undefined: not served. Never served without a key. */
  readonly sightings: SightingStream | undefined;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** `/metrics` for Prometheus, `/operations/sightings` for tools that look on. */
export function serveOperations(web: NodeWebListener, { key, metrics, sightings }: OperationsParts): Cancel {
  const isAllowed = key === undefined ? () => true : isBearerOf(key);
  const guarded =
    (answer: Answer): Answer =>
    (request, response) => {
      if (request.method !== 'GET') {
        response.setHeader('allow', 'GET');
        refuse(response, 405, { error: 'method_not_allowed', message: 'Ask with GET.' });
      } else if (!isAllowed(request)) {
        response.setHeader('www-authenticate', 'Bearer');
        refuse(response, 401, { error: 'unauthorized', message: 'Show the operations key as Authorization: Bearer.' });
      } else answer(request, response);
    };
  const releases: Cancel[] = [];
  if (metrics !== undefined) {
    releases.push(web.claim(['/metrics'], { request: guarded((_, response) => void tell(metrics, response)) }));
  }
  if (sightings !== undefined && key !== undefined) {
    releases.push(web.claim(['/operations/sightings'], { request: guarded(sightings.answer) }));
  }
  return () => {
    sightings?.close();
    for (const release of releases) release();
  };
}

async function tell({ registry }: Metrics, response: ServerResponse): Promise<void> {
  const text = await registry.metrics();
  response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' });
  response.end(text);
}

function refuse(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
