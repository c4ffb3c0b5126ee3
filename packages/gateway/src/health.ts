import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancel } from '@dragoman/core';
import type { NodeWebListener } from './listener.js';

/** One thing the gateway needs for its work. */
export interface PartState {
  /** An adapter's name, or what everything needs: `gateway`, `store`. */
  readonly name: string;
  readonly isAdapter: boolean;
  /** Why it cannot do its work now, in words for the person on call; empty when it can. */
  readonly reasons: readonly string[];
}

/** How everything fares now. */
export type Readiness = () => Promise<readonly PartState[]>;

const readyPath = '/health/ready';

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** Asks once however many wait for the answer, and takes a failure for a no. */
function shared(readiness: Readiness): Readiness {
  let asking: Promise<readonly PartState[]> | undefined;
  const untold: PartState = { name: 'gateway', isAdapter: false, reasons: ['it cannot be told'] };
  return () =>
    (asking ??= Promise.resolve()
      .then(readiness)
      .catch(() => [untold])
      .finally(() => (asking = undefined)));
}

/** Undefined: no adapter has this name. */
function about(parts: readonly PartState[], adapter: string | undefined): readonly PartState[] | undefined {
  if (adapter === undefined) return parts;
  const found = parts.filter((part) => !part.isAdapter || part.name === adapter);
  return found.some(({ isAdapter }) => isAdapter) ? found : undefined;
}

async function answerReady(response: ServerResponse, adapter: string | undefined, readiness: Readiness): Promise<void> {
  const parts = about(await readiness(), adapter);
  if (parts === undefined) return say(response, 404, { error: 'not_found', message: 'No adapter has this name.' });
  const reasons = parts.flatMap((part) => part.reasons);
  const isReady = reasons.length === 0;
  const states = parts.map((part) => [part.name, part.reasons.length === 0 ? 'ready' : 'not ready']);
  say(response, isReady ? 200 : 503, {
    status: isReady ? 'ready' : 'not ready',
    reasons,
    parts: Object.fromEntries(states),
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, readiness: Readiness): Promise<void> {
  const path = request.url?.split('?', 1)[0] ?? '';
  const adapter = path.startsWith(`${readyPath}/`) ? path.slice(readyPath.length + 1) : undefined;
  if (path !== '/health/live' && path !== readyPath && adapter === undefined) {
    say(response, 404, { error: 'not_found', message: 'Ask /health/live or /health/ready.' });
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    say(response, 405, { error: 'method_not_allowed', message: 'Ask with GET.' });
  } else if (path === '/health/live') {
    say(response, 200, { status: 'live' });
  } else {
    await answerReady(response, adapter, readiness);
  }
}

/**
 * `/health/live`: the process answers. `/health/ready`: all of it takes work, or 503 and why not. With an adapter's name
 * behind it, that adapter and what it needs, for balancers that send each protocol where it works.
 */
export function serveHealth(web: NodeWebListener, readiness: Readiness): Cancel {
  const ask = shared(readiness);
  return web.claim(['/health'], { request: (request, response) => void answer(request, response, ask) });
}
