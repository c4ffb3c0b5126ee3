/**
 * What a message costs the server by Convead's protocol, against stock faye putting the same frames on the wire for the
 * same requests, in the same run. Relay: a visitor posts, his own page and his manager hear it. Fan-out: a visitor posts,
 * a thousand pages hear it. All rates that protect a server are lifted.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { printFigures, type Figures } from './measure.js';

const rounds = 3;
const visitors = 100;
const messagesEach = 150;
const receivers = 1000;
const fanOuts = 100;
const warmUps = 20;
const content =
  'A message of the length that people write to each other in a chat, give or take a few words, on average.';
const manager = { token: 'bench', sender: { type: 'manager', id: 7, name: 'Ann' } };

interface Served {
  readonly port: number;
  cpuMicros(): Promise<number>;
  stop(): void;
}

async function serve(kind: string): Promise<Served> {
  const child = fork(fileURLToPath(new URL('faye-server.js', import.meta.url)), [kind]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    port,
    async cpuMicros() {
      child.send('cpu');
      const [{ cpuMicros }] = (await once(child, 'message')) as [{ cpuMicros: number }];
      return cpuMicros;
    },
    stop: () => child.disconnect(),
  };
}

const agent = new Agent({ keepAlive: true, maxSockets: visitors });

function post(port: number, path: string, body: object): Promise<string> {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', path, method: 'POST', agent, headers }, (incoming) => {
      let answer = '';
      incoming.setEncoding('utf8').on('data', (chunk) => (answer += chunk));
      incoming.on('end', () => resolve(answer));
    });
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

/** A Bayeux client over WebSocket; `hear` is called for every event. */
async function listener(port: number, channels: readonly string[], hear: (text: string) => void, ext?: object) {
  const handshake = { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['websocket'], ext };
  const [{ clientId }]: [{ clientId: string }] = JSON.parse(await post(port, '/faye', [handshake]));
  const ws = new WebSocket(`ws://127.0.0.1:${port}/faye`, { perMessageDeflate: false });
  await once(ws, 'open');
  const send = (message: object): void => ws.send(JSON.stringify([{ clientId, ...message }]));
  for (const subscription of channels) {
    send({ channel: '/meta/subscribe', subscription });
    await once(ws, 'message');
  }
  const connect = { channel: '/meta/connect', connectionType: 'websocket' };
  send({ ...connect, advice: { timeout: 0 } });
  await once(ws, 'message');
  send(connect);
  ws.on('message', (data: Buffer) => {
    const text = data.toString('latin1');
    if (text.includes('"channel":"/meta/connect"')) send(connect);
    else hear(text);
  });
  return ws;
}

const by = (id: string): object => ({ sender: { type: 'visitor', id } });

async function open(port: number, id: string): Promise<number> {
  const { conversation }: { conversation: { id: number } } = JSON.parse(
    await post(port, `/chat/service/${id}`, by(id)),
  );
  return conversation.id;
}

/** Calls back when so many calls have been made since it was armed. */
function countdown() {
  let [left, done] = [0, (): void => undefined];
  return {
    count: (): void => void ((left -= 1) === 0 && done()),
    after: (times: number): Promise<void> =>
      new Promise((resolve) => {
        left = times;
        done = resolve;
      }),
  };
}

/** Runs it warm, and says what one of `each` things in it cost the server. */
async function measure(name: string, { cpuMicros }: Served, each: number, run: () => Promise<void>): Promise<Figures> {
  const before = await cpuMicros();
  const startedAt = performance.now();
  await run();
  const seconds = (performance.now() - startedAt) / 1000;
  return { case: name, perSecond: each / seconds, cpuMicros: ((await cpuMicros()) - before) / each };
}

async function relay(name: string, kind: string): Promise<Figures> {
  const served = await serve(kind);
  const { port } = served;
  const ids = Array.from({ length: visitors }, (_, n) => `v${n}`);
  const numbers = await Promise.all(ids.map((id) => open(port, id)));
  const heard = new Map(numbers.map((number) => [String(number), countdown()]));
  const hear = (text: string): void => heard.get(/"channel":"\/conversations\/(\d+)"/.exec(text)?.[1] ?? '')?.count();
  const conversations = numbers.map((number) => `/conversations/${number}`);
  const pages = [await listener(port, conversations, hear, manager)];
  for (const [n, id] of ids.entries()) {
    pages.push(await listener(port, [`/service/${id}`, conversations[n] ?? ''], hear));
  }
  const say = async (n: number, times: number): Promise<void> => {
    for (let round = 0; round < times; round += 1) {
      const both = heard.get(String(numbers[n]))?.after(2);
      const path = `/chat/conversation/${numbers[n]}`;
      await Promise.all([post(port, path, { ...by(ids[n] ?? ''), content }), both]);
    }
  };
  const talk = async (times: number): Promise<void> => void (await Promise.all(ids.map((_, n) => say(n, times))));
  await talk(warmUps);
  const figures = await measure(name, served, visitors * messagesEach, () => talk(messagesEach));
  for (const page of pages) page.terminate();
  served.stop();
  return figures;
}

async function fanOut(name: string, kind: string): Promise<Figures> {
  const served = await serve(kind);
  const { port } = served;
  const number = await open(port, 'v');
  const heard = countdown();
  const pages: WebSocket[] = [];
  for (let n = 0; n < receivers; n += 1) {
    pages.push(await listener(port, [`/conversations/${number}`], heard.count, { token: 'bench' }));
  }
  const say = async (times: number): Promise<void> => {
    for (let round = 0; round < times; round += 1) {
      const all = heard.after(receivers);
      await Promise.all([post(port, `/chat/conversation/${number}`, { ...by('v'), content }), all]);
    }
  };
  await say(warmUps);
  const figures = await measure(name, served, receivers * fanOuts, () => say(fanOuts));
  for (const page of pages) page.terminate();
  served.stop();
  return figures;
}

const kinds = [
  ['stock', 'stock faye, nothing stored'],
  ['bayeux', 'our Bayeux, nothing stored'],
  ['memory', 'gateway, memory store'],
  ['sqlite', 'gateway, sqlite store'],
] as const;

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Each in turn, several times over, so that what else the machine does meets all of them; the median of each. */
async function compare(run: (name: string, kind: string) => Promise<Figures>): Promise<readonly Figures[]> {
  const runs = new Map<string, Figures[]>(kinds.map(([, name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [kind, name] of kinds) runs.get(name)?.push(await run(name, kind));
  }
  const figures = [...runs].map(([name, all]) => ({
    case: name,
    perSecond: median(all.map(({ perSecond }) => perSecond)),
    cpuMicros: median(all.map(({ cpuMicros }) => cpuMicros)),
  }));
  const [stock, ...own] = figures;
  return stock === undefined ? [] : [stock, ...own.map((one) => ({ ...one, ratio: stock.cpuMicros / one.cpuMicros }))];
}

printFigures('Relay of one message, visitor to manager, HTTP in, WebSocket out', 'messages', await compare(relay));
printFigures(`Fan-out of one message to ${receivers} pages over WebSocket`, 'deliveries', await compare(fanOut));
agent.destroy();
