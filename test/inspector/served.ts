import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspector } from '@dragoman/inspector';

type About = Parameters<ReturnType<typeof inspector>>[0];
type Json = ReturnType<typeof JSON.parse>;

/** An inspector alone on a port of its own, open to everybody. */
export async function served(about: About) {
  const site = await inspector({ isAllowed: () => true })(about);
  const server = createServer((request, response) => void site.request(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/admin/api/`;
  return {
    async ask(path: string): Promise<{ readonly status: number; readonly body: Json }> {
      const answer = await fetch(url + path);
      return { status: answer.status, body: await answer.json() };
    },
    async close(): Promise<void> {
      server.close();
      await site.close();
    },
  };
}
