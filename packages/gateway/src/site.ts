import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log } from '@dragoman/core';
import type { Inside } from './inside.js';
import type { NodeWebListener } from './listener.js';

/** A page of the gateway's own, beside the adapters. */
export interface Site {
  /** Below which it is served, as `/playground`. */
  readonly path: string;
  /** Its built files; all of them are read once. */
  readonly folder: URL;
  /** Answers what is no file. Returns false for what it does not know. Default: knows nothing. */
  request?(request: IncomingMessage, response: ServerResponse): boolean;
  /** Is told when the gateway stops. */
  close?(): Promise<void>;
}

/** Makes a site of a gateway that is about to serve. */
export type OpenSite = (gateway: Inside) => Site | Promise<Site>;

interface File {
  readonly content: Buffer;
  readonly type: string;
  /** Named by what is in them: never another content under the same name. */
  readonly isForEver: boolean;
}

const types: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

/** Nothing from elsewhere, no script or style in the page itself, and in nobody's frame. */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const;

async function filesIn(folder: string): Promise<ReadonlyMap<string, File>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile() && types.has(extname(entry.name)));
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }): Promise<[string, File]> => {
        const path = join(parentPath, name).slice(folder.length).replaceAll('\\', '/');
        const type = types.get(extname(name)) ?? '';
        return [path, { content: await readFile(join(parentPath, name)), type, isForEver: path.startsWith('assets/') }];
      }),
    ),
  );
}

function send(response: ServerResponse, { content, type, isForEver }: File, isWanted: boolean): void {
  response.writeHead(200, {
    ...securityHeaders,
    'content-type': type,
    'content-length': content.length,
    'cache-control': isForEver ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  response.end(isWanted ? content : undefined);
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...securityHeaders, ...headers, 'content-length': 0 }).end();
}

/** Serves a site for as long as the listener does. Where its files were never built it says so in the log, and 404. */
export async function serveSite(listener: NodeWebListener, site: Site, log: Log): Promise<void> {
  const folder = fileURLToPath(site.folder);
  const files = await filesIn(folder).catch((): ReadonlyMap<string, File> => new Map());
  if (files.size === 0) log.warn({ path: site.path, folder }, 'a page is not built: npm run build makes it');
  listener.claim([site.path], {
    request(request, response) {
      const [path = ''] = (request.url ?? '').split('?', 1);
      // Addresses in the page are relative: they need the slash.
      if (path === site.path) return refuse(response, 308, { location: `${site.path}/` });
      if (site.request?.(request, response) === true) return;
      const file = files.get(path.slice(site.path.length + 1) || 'index.html');
      if (file === undefined) return refuse(response, 404);
      const { method = '' } = request;
      if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405, { allow: 'GET, HEAD' });
      send(response, file, method === 'GET');
    },
  });
}
