import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancel } from '@dragoman/core';
import type { NodeWebListener } from './listener.js';

/** Why the gateway cannot take work now, in words for the person on call; empty when it can. */
export type Readiness = () => Promise<readonly string[]>;

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** Asks once however many wait for the answer, and takes a failure for a no. */
function shared(readiness: Readiness): Readiness {
  let asking: Promise<readonly string[]> | undefined;
  return () =>
    (asking ??= Promise.resolve()
      .then(readiness)
      .catch(() => ['it cannot be told'])
      .finally(() => (asking = undefined)));
}

async function answer(request: IncomingMessage, response: ServerResponse, readiness: Readiness): Promise<void> {
  const path = request.url?.split('?', 1)[0];
  if (path !== '/health/live' && path !== '/health/ready') {
    say(response, 404, { error: 'not_found', message: 'Ask /health/live or /health/ready.' });
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    say(response, 405, { error: 'method_not_allowed', message: 'Ask with GET.' });
  } else if (path === '/health/live') {
    say(response, 200, { status: 'live' });
  } else {
    const reasons = await readiness();
    say(response, reasons.length === 0 ? 200 : 503, { status: reasons.length === 0 ? 'ready' : 'not ready', reasons });
  }
}

/** `/health/live`: the process answers. `/health/ready`: it takes work, or 503 and why not. */
export function serveHealth(web: NodeWebListener, readiness: Readiness): Cancel {
  const ask = shared(readiness);
  return web.claim(['/health'], { request: (request, response) => void answer(request, response, ask) });
}
