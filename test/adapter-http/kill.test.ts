import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashOf, scopes } from '@dragoman/adapter-http';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { EventSource } from 'eventsource';
import { lastingPort } from '../lasting-port.js';

const main = fileURLToPath(new URL('../../../packages/gateway/dist/main.js', import.meta.url));
const key = 'dgm_kill';
const joe = { side: 'customer', id: 'joe' } as const;

async function serve(file: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [main, 'serve', '--config', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk) => String(chunk).includes('"url":') && resolve());
    child.once('close', () => reject(new Error('the gateway did not start')));
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

describe('a gateway that is killed in the middle', function () {
  this.timeout(60_000);

  it('leaves the feed without a gap, and no request done twice', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'http-kill-'));
    const [file, port] = [join(folder, 'config.json'), await lastingPort()];
    const config = {
      listeners: [{ name: 'main', port }],
      store: { kind: 'sqlite', path: join(folder, 'store') },
      workspaces: [{ id: 'default' }],
      adapters: [{ dialect: 'http', workspace: 'default', keys: [{ id: 'desk', hash: hashOf(key), scopes }] }],
      log: { level: 'info' },
    };
    await writeFile(file, JSON.stringify(config));
    let serving = serve(file);
    await serving;
    const url = `http://127.0.0.1:${port}/v1`;
    const authorization = `Bearer ${key}`;

    /** As a careful backend asks: again with the same name until there is an answer. */
    async function ask(path: string, name: string, body: object): Promise<number> {
      for (;;) {
        await serving;
        const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': name };
        const init = { method: 'POST', headers, body: JSON.stringify(body) };
        const answer = await fetch(`${url}${path}`, init).catch(() => undefined);
        if (answer !== undefined && answer.status !== 503) return answer.status;
      }
    }

    const told: string[] = [];
    const places: string[] = [];
    const source = new EventSource(`${url}/events?after=0`, {
      fetch: (target, init) => fetch(target, { ...init, headers: { ...init.headers, authorization } }),
    });
    source.addEventListener('message', ({ data, lastEventId }) => {
      places.push(lastEventId);
      const { type, data: what } = JSON.parse(data);
      if (type === 'dragoman.MessagePosted') told.push(what.message.body.text);
    });

    const words = Array.from({ length: 60 }, (_, index) => `word ${index}`);
    const open = async (text: string, index: number): Promise<number> =>
      ask('/chats', `say/${index}`, { as: joe, message: { kind: 'text', text } });
    const saying = (async () => {
      const statuses: number[] = [];
      for (const [index, text] of words.entries()) statuses.push(await open(text, index));
      return statuses;
    })();
    await eventually('some of it is told', () => told.length >= 20, 20_000);
    const killed = kill(await serving);
    serving = killed.then(() => serve(file));
    expect(new Set(await saying)).to.deep.equal(new Set([201]));
    await eventually('all of it is told', () => told.length >= words.length, 20_000);
    expect(told).to.deep.equal(words);
    expect(places).to.deep.equal([...new Set(places)].toSorted());
    source.close();
    await kill(await serving);
    await rm(folder, { recursive: true });
  });
});
