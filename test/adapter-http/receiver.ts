import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { eventually } from '@dragoman/core/testing';
import type { Json } from './house.js';

/** One request as it came. */
export interface Taken {
  readonly path: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The event, or what else was sent. */
  readonly event: Json;
}

/** What a receiver does with a request: answers this status and body, or does it all by itself. */
export type Answering = (taken: Taken, response: ServerResponse) => number | readonly [number, unknown] | undefined;

/** A backend of one route, as its author would write it. */
export interface Receiver {
  readonly url: string;
  readonly port: number;
  /** Everything that came, first to last. */
  readonly requests: readonly Taken[];
  /** Requests that were answered 2xx. */
  readonly taken: readonly Taken[];
  /** Texts of the messages among what was taken. */
  texts(): readonly string[];
  answering: Answering;
  until(what: string, isSo: (receiver: Receiver) => boolean): Promise<void>;
  close(): Promise<void>;
}

export const textOf = ({ event }: Taken): string =>
  event['type'] === 'dragoman.MessagePosted' ? String(event['data']?.['message']?.['body']?.['text']) : '';

/** Secrets of 32 bytes. */
export const [secret = '', newSecret = ''] = [1, 2].map((n) => `whsec_${Buffer.alloc(32, n).toString('base64')}`);

/** Throws unless the request was signed with the secret, by the reference library. */
export function verify(taken: Taken, by: string = secret): void {
  new Webhook(by).verify(taken.text, taken.headers as Record<string, string>);
}

export async function openReceiver(answering: Answering = () => 204, port = 0): Promise<Receiver> {
  const requests: Taken[] = [];
  const good: Taken[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      const path = request.url ?? '';
      const taken: Taken = { path, id, headers: request.headers, text, event: JSON.parse(text) as Json };
      requests.push(taken);
      const answer = receiver.answering(taken, response);
      if (answer === undefined) return;
      const [status, body] = typeof answer === 'number' ? [answer, undefined] : answer;
      if (status >= 200 && status < 300) good.push(taken);
      response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' });
      response.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  const receiver: Receiver = {
    ...{ url: `http://127.0.0.1:${own}/hook`, port: own, requests, taken: good, answering },
    texts: () => good.map(textOf).filter((text) => text !== ''),
    until: (what, isSo) => eventually(what, () => isSo(receiver)),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
  return receiver;
}
