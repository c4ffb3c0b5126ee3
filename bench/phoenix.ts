/**
 * One push from a customer to an operator and its reply, many customers at once, each waiting for its own: through the
 * channel server and through a naive relay of the same frames, in the same run. Then connections that only stay.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { printFigures, type Figures } from './measure.js';

const customers = 100;
const slices = 15;
const messagesEach = 100;
const warmUp = 400;
const idle = Number(process.env['BENCH_IDLE'] ?? 10_000);
const text = 'A message of the length that people write to each other in a chat, give or take a few words, on average.';

interface Used {
  readonly cpuMicros: number;
  readonly rssBytes: number;
}

interface Served {
  readonly url: string;
  used(what: 'time' | 'memory'): Promise<Used>;
  stop(): void;
}

async function serve(kind: string): Promise<Served> {
  const file = fileURLToPath(new URL('phoenix-server.js', import.meta.url));
  const child: ChildProcess = fork(file, [kind], { execArgv: ['--expose-gc'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    url: `ws://127.0.0.1:${port}/socket/websocket?vsn=2.0.0`,
    async used(what) {
      child.send(what);
      const [used] = (await once(child, 'message')) as [Used];
      return used;
    },
    stop: () => child.disconnect(),
  };
}

async function join(url: string, topics: readonly string[]): Promise<WebSocket> {
  const ws = new WebSocket(url, { perMessageDeflate: false });
  await once(ws, 'open');
  for (const topic of topics) {
    ws.send(JSON.stringify(['1', '1', topic, 'phx_join', {}]));
    await once(ws, 'message');
  }
  return ws;
}

/** Pushes one after the other, each when the last was answered and heard. */
function talk(customer: WebSocket, heard: Map<string, () => void>, topic: string, rounds: number): Promise<void> {
  return new Promise((resolve) => {
    let [left, awaited] = [rounds, 2];
    const say = (): void => customer.send(JSON.stringify(['1', String(left + 2), topic, 'say', { left, text }]));
    const next = (): void => {
      awaited -= 1;
      if (awaited > 0) return;
      [left, awaited] = [left - 1, 2];
      if (left > 0) return say();
      customer.off('message', next);
      resolve();
    };
    customer.on('message', next);
    heard.set(topic, next);
    say();
  });
}

/** One of the two servers, with everybody in it who talks. */
interface House {
  readonly name: string;
  /** So many messages of every customer, each after the answer to the last. */
  talk(rounds: number): Promise<Figures>;
  close(): void;
}

/** So many customers talk with each operator, who has one connection for all of them. */
async function inhabit(kind: string, name: string, customersEach: number): Promise<House> {
  const served = await serve(kind);
  const heard = new Map<string, () => void>();
  const people: { readonly topic: string; readonly customer: WebSocket }[] = [];
  const operators: WebSocket[] = [];
  for (let n = 0; n < customers; n += customersEach) {
    const topics = Array.from({ length: customersEach }, (_, each) => `room:${n + each}`);
    const operator = await join(served.url, topics);
    operator.on('message', (data: Buffer) => heard.get(JSON.parse(data.toString('utf8'))[2])?.());
    operators.push(operator);
    for (const topic of topics) people.push({ topic, customer: await join(served.url, [topic]) });
  }
  return {
    name,
    async talk(rounds) {
      const before = await served.used('time');
      const startedAt = performance.now();
      await Promise.all(people.map(({ customer, topic }) => talk(customer, heard, topic, rounds)));
      const seconds = (performance.now() - startedAt) / 1000;
      const spent = (await served.used('time')).cpuMicros - before.cpuMicros;
      const total = customers * rounds;
      return { case: name, perSecond: total / seconds, cpuMicros: spent / total };
    },
    close() {
      for (const ws of [...operators, ...people.map(({ customer }) => customer)]) ws.terminate();
      served.stop();
    },
  };
}

/** The middle one by what a message costs: what else runs on the machine spoils some slices, and luck others. */
function middle(slices: readonly Figures[]): Figures {
  const sorted = [...slices].sort((a, b) => a.cpuMicros - b.cpuMicros);
  const figures = sorted[Math.floor(sorted.length / 2)];
  if (figures === undefined) throw new Error('nothing was measured');
  return figures;
}

/** Both live side by side and are measured in turn, in many short slices, so that they meet the same machine. */
async function compare(title: string, customersEach: number): Promise<void> {
  const naive = await inhabit('naive', 'naive ws relay', customersEach);
  const channels = await inhabit('channels', 'channel server', customersEach);
  const measured = new Map<House, Figures[]>([naive, channels].map((house) => [house, []]));
  for (const house of measured.keys()) await house.talk(warmUp);
  for (let slice = 0; slice < slices; slice++) {
    for (const [house, figures] of measured) figures.push(await house.talk(messagesEach));
  }
  for (const house of measured.keys()) house.close();
  const [base, ours] = [middle(measured.get(naive) ?? []), middle(measured.get(channels) ?? [])];
  printFigures(title, 'messages', [base, { ...ours, ratio: base.cpuMicros / ours.cpuMicros }]);
}

/** Memory of each connection that has joined a topic of its own. */
async function idleBytes(kind: string): Promise<number> {
  const served = await serve(kind);
  const warm = await Promise.all(Array.from({ length: 200 }, (_, n) => join(served.url, [`room:warm-${n}`])));
  const before = await served.used('memory');
  const open: WebSocket[] = [];
  while (open.length < idle) {
    const some = Array.from({ length: 200 }, (_, n) => join(served.url, [`room:${open.length + n}`]));
    open.push(...(await Promise.all(some)));
  }
  const bytes = ((await served.used('memory')).rssBytes - before.rssBytes) / open.length;
  for (const ws of [...warm, ...open]) ws.terminate();
  served.stop();
  return bytes;
}

await compare('Relay of one push with its reply, each operator with one customer', 1);
await compare('Relay of one push with its reply, each operator with ten customers', 10);
console.log(`\nMemory of one of ${idle.toLocaleString('en')} idle connections, each joined to its own topic`);
for (const kind of ['naive', 'channels']) {
  console.log(`  ${kind.padEnd(8)}  ${((await idleBytes(kind)) / 1024).toFixed(1)} KB`);
}
process.exit(0);
