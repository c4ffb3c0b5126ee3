/**
 * One push from a customer to an operator and its reply, many pairs at once, each waiting for its own: through the channel
 * server and through a naive relay of the same frames, in the same run. Then connections that only stay.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { printFigures, type Figures } from './measure.js';

const pairs = 100;
const messagesEach = 400;
const idle = Number(process.env['BENCH_IDLE'] ?? 10_000);
const text = 'A message of the length that people write to each other in a chat, give or take a few words, on average.';

interface Used {
  readonly cpuMicros: number;
  readonly rssBytes: number;
}

interface Served {
  readonly url: string;
  used(): Promise<Used>;
  stop(): void;
}

async function serve(kind: string): Promise<Served> {
  const file = fileURLToPath(new URL('phoenix-server.js', import.meta.url));
  const child: ChildProcess = fork(file, [kind], { execArgv: ['--expose-gc'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    url: `ws://127.0.0.1:${port}/socket/websocket?vsn=2.0.0`,
    async used() {
      child.send('used');
      const [used] = (await once(child, 'message')) as [Used];
      return used;
    },
    stop: () => child.disconnect(),
  };
}

async function join(url: string, topic: string): Promise<WebSocket> {
  const ws = new WebSocket(url, { perMessageDeflate: false });
  await once(ws, 'open');
  ws.send(JSON.stringify(['1', '1', topic, 'phx_join', {}]));
  await once(ws, 'message');
  return ws;
}

/** Pushes one after the other, each when the last was answered and heard. */
async function talk(customer: WebSocket, operator: WebSocket, topic: string, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const both = [once(customer, 'message'), once(operator, 'message')];
    customer.send(JSON.stringify(['1', String(round + 2), topic, 'say', { id: `${topic}-${round}`, text }]));
    await Promise.all(both);
  }
}

async function relay(kind: string): Promise<Figures> {
  const served = await serve(kind);
  const topics = Array.from({ length: pairs }, (_, n) => `room:${n}`);
  const people = await Promise.all(
    topics.map(async (topic) => ({
      topic,
      customer: await join(served.url, topic),
      operator: await join(served.url, topic),
    })),
  );
  const all = async (rounds: number): Promise<void> => {
    await Promise.all(people.map(({ customer, operator, topic }) => talk(customer, operator, topic, rounds)));
  };
  await all(100);
  const before = await served.used();
  const startedAt = performance.now();
  await all(messagesEach);
  const seconds = (performance.now() - startedAt) / 1000;
  const spent = (await served.used()).cpuMicros - before.cpuMicros;
  for (const { customer, operator } of people) [customer, operator].forEach((ws) => ws.terminate());
  served.stop();
  const total = pairs * messagesEach;
  return { case: kind, perSecond: total / seconds, cpuMicros: spent / total };
}

/** Memory of each connection that has joined a topic of its own. */
async function idleBytes(kind: string): Promise<number> {
  const served = await serve(kind);
  const warm = await Promise.all(Array.from({ length: 200 }, (_, n) => join(served.url, `room:warm-${n}`)));
  const before = await served.used();
  const open: WebSocket[] = [];
  while (open.length < idle) {
    const some = Array.from({ length: 200 }, (_, n) => join(served.url, `room:${open.length + n}`));
    open.push(...(await Promise.all(some)));
  }
  const bytes = ((await served.used()).rssBytes - before.rssBytes) / open.length;
  for (const ws of [...warm, ...open]) ws.terminate();
  served.stop();
  return bytes;
}

const naive = await relay('naive');
const channels = await relay('channels');
printFigures('Relay of one push with its reply, customer to operator, over WebSocket', 'messages', [
  { ...naive, case: 'naive ws relay' },
  { ...channels, case: 'channel server', ratio: naive.cpuMicros / channels.cpuMicros },
]);
console.log(`\nMemory of one of ${idle.toLocaleString('en')} idle connections, each joined to its own topic`);
for (const kind of ['naive', 'channels']) {
  console.log(`  ${kind.padEnd(8)}  ${((await idleBytes(kind)) / 1024).toFixed(1)} KB`);
}
process.exit(0);
