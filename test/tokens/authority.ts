import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as an authority saw it. */
export interface Asked {
  readonly request: IncomingMessage;
  readonly form: URLSearchParams;
  readonly response: ServerResponse;
}

/** A real http server that answers as the test wants it at the moment. */
export interface Authority {
  readonly url: string;
  /** What came so far, oldest first. */
  readonly asked: readonly Asked[];
  /** How it answers from now on; a string is sent as it is. */
  answer: (asked: Asked) => unknown;
  /** Resolves when so many requests have come in all. */
  heard(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** An answer that never comes. */
export const silence = Symbol('silence');

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

export async function startAuthority(): Promise<Authority> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const one = { request, response, form: await formOf(request) };
    asked.push(one);
    server.emit('asked');
    const answer = await authority.answer(one);
    if (answer === silence || response.writableEnded) return;
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const authority: Authority = {
    url: `http://127.0.0.1:${port}/`,
    asked,
    answer: () => silence,
    async heard(count) {
      while (asked.length < count) await once(server, 'asked');
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
  return authority;
}
