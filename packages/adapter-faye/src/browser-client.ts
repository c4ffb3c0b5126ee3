import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';

/** Answers true when the path named a file of Faye's browser client, which old pages load from the server. */
export type BrowserClient = (path: string, request: IncomingMessage, response: ServerResponse) => boolean;

interface File {
  readonly content: Buffer;
  readonly etag: string;
  readonly type: string;
}

/** Serves the few known names alone, read once. [FAYE static_server] */
export function createBrowserClient(mount: string): BrowserClient {
  const script = readClientFile('faye-browser-min.js', 'text/javascript; charset=utf-8');
  const files = new Map([
    [`${mount}.js`, script],
    [`${mount}/client.js`, script],
    [`${mount}/faye-browser-min.js`, script],
    [`${mount}/faye-browser-min.js.map`, readClientFile('faye-browser-min.js.map', 'application/json; charset=utf-8')],
  ]);
  return (path, request, response) => {
    const file = request.method === 'GET' || request.method === 'HEAD' ? files.get(path) : undefined;
    if (file !== undefined) serve(file, request, response);
    return file !== undefined;
  };
}

function readClientFile(name: string, type: string): File {
  const content = readFileSync(createRequire(import.meta.url).resolve(`faye/client/${name}`));
  return { content, etag: `"${createHash('sha1').update(content).digest('hex')}"`, type };
}

function serve({ content, etag, type }: File, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('ETag', etag);
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': content.length });
  response.end(request.method === 'HEAD' ? undefined : content);
}
