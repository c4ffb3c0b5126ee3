import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Adapter, Cancel, Core, Observe } from '@dragoman/core';
import { createJournal } from './journal.js';
import { openOffice } from './office.js';
import { findRoute, routesOf } from './routes.js';

/** What the page needs of the gateway that serves it. */
export interface InspectorGateway {
  readonly core: Core;
  readonly workspaceIds: readonly string[];
  readonly adapters: readonly Adapter[];
  observe(observe: Observe): Cancel;
  /** A frame as text, without the credentials in it. */
  readable(data: string | Uint8Array): string;
}

export interface InspectorOptions {
  /** Whether a request shows the key. Everything but the page's own files is refused without it. */
  readonly isAllowed: (request: IncomingMessage) => boolean;
}

/** A page that shows what a gateway holds, to whoever has the key. */
export interface Inspector {
  /** Below which it is served. */
  readonly path: string;
  /** Where its files lie once they are built. */
  readonly folder: URL;
  /** Answers the page's own questions; false for every other request. */
  request(request: IncomingMessage, response: ServerResponse): boolean;
  close(): Promise<void>;
}

const path = '/admin';

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** Looks into a gateway that is about to serve, through a session of its own in every workspace. */
export function inspector({ isAllowed }: InspectorOptions): (gateway: InspectorGateway) => Promise<Inspector> {
  return async ({ core, workspaceIds, adapters, observe, readable }) => {
    const journal = createJournal(readable);
    const unobserve = observe(journal.observe);
    const offices = await Promise.all(workspaceIds.map((id) => openOffice(core, id, journal)));
    const routes = routesOf({ offices, adapters, journal });

    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      if (!isAllowed(request)) {
        response.setHeader('www-authenticate', 'Bearer');
        return say(response, 401, { error: 'unauthorized', message: 'Show the key as Authorization: Bearer.' });
      }
      const found = findRoute(routes, request, { prefix: `${path}/api`, offices });
      const body = await found?.();
      if (body === undefined) say(response, 404, { error: 'not_found', message: 'There is no such thing.' });
      else say(response, 200, body);
    }

    return {
      path,
      folder: new URL('../build/', import.meta.url),
      request(request, response) {
        if (request.url?.startsWith(`${path}/api/`) !== true) return false;
        answer(request, response).catch((error: unknown) => {
          core.log.error({ error: String(error) }, 'the inspector could not answer');
          say(response, 500, { error: 'internal_error', message: 'It could not be found out.' });
        });
        return true;
      },
      async close() {
        unobserve();
        await Promise.all(offices.map((office) => office.close()));
      },
    };
  };
}
