import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@dragoman/core/testing';
import { createGateway, devConfig, devEnvironment, verifyDev, type Config, type Gateway } from '@dragoman/gateway';
import { expect } from 'chai';
import type { Channel, Socket } from 'phoenix';
import { lastingPort } from '../lasting-port.js';
import { allVersions, answerTo, connect, transports } from '../adapter-phoenix/clients.js';

const environment = { ...devEnvironment, POLL_SECRET: 'the same before a restart and after it' };

/** The development profile, its long-poll sessions signed with a secret that a restart does not change. */
function config(port: number, folder: string): Config {
  const plain = devConfig(port, folder, environment);
  const adapters = plain.adapters.map((adapter) =>
    adapter.dialect === 'clustaar' ? { ...adapter, pollSecret: { env: 'POLL_SECRET' } } : adapter,
  );
  return { ...plain, adapters, drainMs: 0, log: { level: 'warn' } };
}

async function started(port: number, folder: string): Promise<Gateway> {
  const gateway = createGateway(config(port, folder), { verify: verifyDev, environment });
  await gateway.start();
  return gateway;
}

interface Page {
  readonly title: string;
  readonly socket: Socket;
  readonly channel: Channel;
  readonly heard: string[];
}

function page(port: number, how: Pick<Page, 'title'> & Parameters<typeof connect>[1] & { readonly id: string }): Page {
  const { title, id, ...options } = how;
  const socket = connect(port, options);
  const channel = socket.channel(`interlocutor:${id}`, { bot_id: 'b1', socketToken: `dev-customer-${id}` });
  const heard: string[] = [];
  channel.on('agent_reply', ({ body }: { body: { message: string } }) => void heard.push(body.message));
  return { title, socket, channel, heard };
}

describe('the gateway and every phoenix client, over both transports', () => {
  it('joins, pushes, receives, goes on by itself after a restart, and leaves', async function () {
    // Fourteen clients and two gateways in one process: on a busy machine this takes its time.
    this.timeout(60_000);
    const folder = await mkdtemp(join(tmpdir(), 'dragoman-restart-'));
    const port = await lastingPort();
    let gateway = await started(port, folder);
    const pages = allVersions.flatMap((version, n) =>
      transports.map((transport) =>
        page(port, { title: `${version} ${transport}`, version, transport, id: `${transport}${n}` }),
      ),
    );
    const desk = connect(port).channel('operator:olga', { token: 'dev-operator-olga' });
    const greet =
      (message: string) =>
      (chat_id: string): void =>
        void desk.push('chat.reply', { chat_id, body: { type: 'text', message } });
    let answer = greet('before');
    desk.on('message', ({ chat_id }: { chat_id: string }) => answer(chat_id));
    const all = async (what: string, holds: (one: Page) => boolean): Promise<void> => {
      await eventually(what, () => pages.every(holds), 30_000);
    };
    const say = ({ channel }: Page): Promise<readonly [string, unknown]> =>
      answerTo(channel.push('interlocutor_reply', { token: 'dev-bot-b1', body: { type: 'text', message: 'Hello' } }));
    try {
      await answerTo(desk.join());
      expect(
        new Set((await Promise.all(pages.map(({ channel }) => answerTo(channel.join())))).map(([status]) => status)),
      ).to.deep.equal(new Set(['ok']));
      for (const one of pages) expect(await say(one), one.title).to.deep.equal(['ok', {}]);
      await all('everybody is answered', ({ heard }) => heard.includes('before'));

      const joined = new Set<Page>();
      for (const one of pages) {
        Reflect.get(one.channel, 'joinPush').receive('ok', () => joined.add(one));
      }
      joined.clear();
      await gateway.stop();
      gateway = await started(port, folder);
      await all('everybody has joined again', (one) => joined.has(one));
      answer = greet('after');
      for (const one of pages) expect(await say(one), one.title).to.deep.equal(['ok', {}]);
      await all('everybody is answered again', ({ heard }) => heard.includes('after'));
      for (const { heard, title } of pages) expect(heard, title).to.deep.equal(['before', 'after']);
      for (const { channel, title } of pages) expect(await answerTo(channel.leave()), title).to.deep.equal(['ok', {}]);
    } finally {
      for (const { socket } of pages) socket.disconnect();
      Reflect.get(desk, 'socket').disconnect();
      await gateway.stop();
      await rm(folder, { recursive: true });
    }
  });
});
