import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The path as sent, without query and trailing slash: never parsed as a URL, which throws on what a client may send. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  const [path = '/'] = url.split('?', 1);
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

/** The query as sent; `''` for none. */
export function queryOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query === -1 ? '' : url.slice(query + 1);
}

const statuses = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
} as const;

export type RefusalStatus = keyof typeof statuses;

/** Answers an upgrade with an empty refusal. [PHX handshake] */
export function refuseUpgrade(stream: Duplex, status: RefusalStatus): void {
  if (!stream.writable) return void stream.destroy();
  const head = `HTTP/1.1 ${status} ${statuses[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  stream.end(head, () => stream.destroy());
}

export function refuseRequest(response: ServerResponse, status: RefusalStatus): void {
  response.writeHead(status, { 'content-length': 0 }).end();
}

/** A body as text; `too-large` as soon as it is known to be, without reading the rest; undefined when the peer went. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<string | 'too-large' | undefined> {
  return new Promise((resolve) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return resolve('too-large');
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return void chunks.push(chunk);
      request.pause();
      resolve('too-large');
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
  });
}
