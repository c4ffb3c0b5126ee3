/**
 * A shop with a chat widget and the desk of its manager, on a gateway made of three parts: core, listener, adapter.
 * `npm run build && node build/examples/convead-widget/shop.js`, then open both addresses it prints.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { conveadAdapter } from '@dragoman/adapter-faye';
import { createCore, silentLog } from '@dragoman/core';
import { createListener, type NodeWebListener } from '@dragoman/gateway';

const pages = new Map([
  ['/pages/shop.html', 'text/html'],
  ['/pages/desk.html', 'text/html'],
  ['/pages/widget.js', 'text/javascript'],
  ['/pages/desk.js', 'text/javascript'],
  ['/pages/chat.css', 'text/css'],
]);

/** Serves the known files of the folder `pages`, and nothing else. */
function servePages(listener: NodeWebListener): void {
  listener.claim(['/pages'], {
    request(request, response) {
      const [path = ''] = (request.url ?? '').split('?', 1);
      const type = pages.get(path);
      if (type === undefined) return void response.writeHead(404).end();
      void readFile(new URL(`../../../examples/convead-widget${path}`, import.meta.url)).then(
        (content) => response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(content),
        () => response.writeHead(500).end(),
      );
    },
  });
}

export interface Shop {
  /** Of the gateway, without a path. */
  readonly url: string;
  /** The manager's page; it holds the token. */
  readonly deskUrl: string;
  stop(): Promise<void>;
}

/** Port 0: any free one. */
export async function openShop(port: number): Promise<Shop> {
  const token = randomBytes(16).toString('hex');
  const listener = createListener({ port, log: silentLog });
  const core = await createCore();
  const adapter = conveadAdapter({ listener, auth: { kind: 'token', serviceToken: token } });
  servePages(listener);
  await adapter.start(core);
  await listener.start();
  const url = listener.url ?? '';
  return {
    url,
    deskUrl: `${url}/pages/desk.html#token=${token}&id=7&name=Ann`,
    async stop() {
      await adapter.stop();
      await listener.stop(0);
      await core.stop();
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { url, deskUrl } = await openShop(4000);
  console.log(`the shop:          ${url}/pages/shop.html\nthe manager's desk: ${deskUrl}`);
}
