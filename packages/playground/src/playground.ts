import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Adapter } from '@dragoman/core';

/** What the page needs of the gateway that serves it. */
export interface PlaygroundGateway {
  readonly adapters: readonly Pick<Adapter, 'name'>[];
  /** False: no adapter has this name. */
  restart(name: string): Promise<boolean>;
}

/** A page with every side of every protocol on it; for the development profile alone, whose credentials it uses. */
export interface Playground {
  /** Below which it is served. */
  readonly path: string;
  /** Where its files lie once they are built. */
  readonly folder: URL;
  /** Answers the page's own questions; false for every other request. */
  request(request: IncomingMessage, response: ServerResponse): boolean;
}

const path = '/playground';

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** Pages of other sites may not press the buttons of this one; programs that are no browser say nothing. */
function isFromElsewhere({ headers }: IncomingMessage): boolean {
  return !['same-origin', 'none', undefined].includes(headers['sec-fetch-site']?.toString());
}

export function openPlayground(gateway: PlaygroundGateway): Playground {
  async function restart(name: string, response: ServerResponse): Promise<void> {
    const isKnown = await gateway.restart(name);
    say(response, isKnown ? 200 : 404, { restarted: isKnown });
  }

  return {
    path,
    folder: new URL('../build/', import.meta.url),
    request(request, response) {
      const asked = /^\/playground\/adapters(?:\/([\w.-]+)\/restart)?$/.exec(request.url ?? '');
      if (asked === null) return false;
      const [, name] = asked;
      const isRestart = name !== undefined;
      if (request.method !== (isRestart ? 'POST' : 'GET')) say(response, 405, { error: 'method_not_allowed' });
      else if (isFromElsewhere(request)) say(response, 403, { error: 'forbidden' });
      else if (!isRestart)
        say(
          response,
          200,
          gateway.adapters.map((adapter) => adapter.name),
        );
      else restart(name, response).catch(() => say(response, 500, { error: 'internal_error' }));
      return true;
    },
  };
}
