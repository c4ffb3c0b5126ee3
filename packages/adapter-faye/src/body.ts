import type { IncomingMessage } from 'node:http';

/** A request body as text; `too-large` as soon as it is known to be, without reading the rest; undefined when the peer went. */
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

/** The path as sent, without its query: never parsed as a URL, which throws on what a hostile client may send. */
export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** The query as sent; `''` for none. */
export function queryOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query === -1 ? '' : url.slice(query + 1);
}

/** The media type alone, lower case; `''` for none. */
export function contentType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';', 1).join('').trim().toLowerCase();
}
