import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Adapter } from '@dragoman/core';
import { sermoBroker, type SermoBroker } from './sermo-broker.js';

/** What the page needs of the gateway that serves it. */
export interface PlaygroundGateway {
  readonly adapters: readonly Pick<Adapter, 'name'>[];
  /** False: no adapter has this name. */
  restart(name: string): Promise<boolean>;
}

export interface PlaygroundOptions {
  /** Of the broker that the gateway speaks Sermo on. Absent: the page says that Sermo needs one. */
  readonly brokerUrl?: string | undefined;
}

/** A page with every side of every protocol on it; for the development profile alone, whose credentials it uses. */
export interface Playground {
  /** Below which it is served. */
  readonly path: string;
  /** Where its files lie once they are built. */
  readonly folder: URL;
  /** Answers the page's own questions; false for every other request. */
  request(request: IncomingMessage, response: ServerResponse): boolean;
  close(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse, name: string) => Promise<void>;

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly answer: Answer;
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** Pages of other sites may not press the buttons of this one; programs that are no browser say nothing. */
function isFromElsewhere({ headers }: IncomingMessage): boolean {
  return !['same-origin', 'none', undefined].includes(headers['sec-fetch-site']?.toString());
}

function routesOf(gateway: PlaygroundGateway, broker: SermoBroker | undefined): readonly Route[] {
  const onBroker = (answer: (broker: SermoBroker, ...args: Parameters<Answer>) => Promise<void>): Answer => {
    return async (request, response, name) =>
      broker === undefined ? say(response, 404, { error: 'no_broker' }) : answer(broker, request, response, name);
  };
  return [
    {
      method: 'POST',
      path: /^\/playground\/adapters\/([\w.-]+)\/restart$/,
      async answer(_request, response, name) {
        const isKnown = await gateway.restart(name);
        say(response, isKnown ? 200 : 404, { isKnown });
      },
    },
    {
      method: 'GET',
      path: /^\/playground\/sermo\/([a-z0-9]{1,32})$/,
      answer: onBroker((found, _request, response, userId) => found.listen(userId, response)),
    },
    {
      method: 'POST',
      path: /^\/playground\/sermo\/([a-z0-9]{1,32})$/,
      answer: onBroker((found, request, response, userId) => found.say(userId, request, response)),
    },
  ];
}

/** Makes the page of a gateway that is about to serve. */
export function playground({ brokerUrl }: PlaygroundOptions = {}): (gateway: PlaygroundGateway) => Playground {
  return (gateway) => {
    const broker = brokerUrl === undefined || brokerUrl === '' ? undefined : sermoBroker(brokerUrl);
    const routes = routesOf(gateway, broker);
    return {
      path: '/playground',
      folder: new URL('../build/', import.meta.url),
      request(request, response) {
        const route = routes.find(({ method, path }) => method === request.method && path.test(request.url ?? ''));
        const [, name = ''] = route?.path.exec(request.url ?? '') ?? [];
        if (route === undefined) return false;
        const failed = (): void => {
          if (response.headersSent) response.destroy();
          else say(response, 502, { error: 'unavailable' });
        };
        if (isFromElsewhere(request)) say(response, 403, { error: 'forbidden' });
        else route.answer(request, response, name).catch(failed);
        return true;
      },
      close: async () => broker?.close(),
    };
  };
}
