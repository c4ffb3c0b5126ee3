/**
 * One message from a customer to an operator and back to the customer's own screen, many pairs at once, each waiting for
 * its own: through the gateway and through a raw Socket.IO relay of the same frames, in the same run.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { io, type Socket } from 'socket.io-client';
import { printFigures, type Figures } from './measure.js';

const customers = 100;
const messagesEach = 400;
const text = 'A message of the length that people write to each other in a chat, give or take a few words, on average.';

interface Served {
  readonly url: string;
  cpuMicros(): Promise<number>;
  stop(): void;
}

async function serve(kind: string): Promise<Served> {
  const child: ChildProcess = fork(fileURLToPath(new URL('relay-server.js', import.meta.url)), [kind]);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    async cpuMicros() {
      child.send('cpu');
      const [{ cpuMicros }] = (await once(child, 'message')) as [{ cpuMicros: number }];
      return cpuMicros;
    },
    stop: () => child.disconnect(),
  };
}

async function run(kind: string): Promise<Figures> {
  const served = await serve(kind);
  const ready = kind === 'raw' ? 'connect' : 'init';
  const open = async (namespace: string, credential: string, id: string): Promise<Socket> => {
    const socket = io(`${served.url}${namespace}`, { transports: ['websocket'], forceNew: true, auth: { id } });
    socket.on('token', (answer: (proof: object) => void) => answer({ jwt: credential }));
    await new Promise<void>((resolve) => socket.once(ready, () => resolve()));
    return socket;
  };
  const operator = await open('/operator', 'dev-operator-olga', 'olga');
  if (kind !== 'raw') await takeEverybody(operator);
  const arrived = new Map<string, () => void>();
  operator.on('chat.message', ({ id }: { id: string }, message: { source: string }) => {
    if (message.source === 'customer') arrived.get(id)?.();
  });
  // The words that open a chat come with its log.
  operator.on('log', ({ id }: { id: string }) => arrived.get(id)?.());
  const people = Array.from({ length: customers }, (_, n) => `c${n}`);
  const sockets = await Promise.all(people.map((id) => open('/customer', `dev-customer-${id}`, id)));
  const talk = async (rounds: number): Promise<void> => {
    await Promise.all(sockets.map((socket, n) => say(socket, people[n] ?? '', rounds, arrived)));
  };
  await talk(100);
  const before = await served.cpuMicros();
  const startedAt = performance.now();
  await talk(messagesEach);
  const seconds = (performance.now() - startedAt) / 1_000;
  const spent = (await served.cpuMicros()) - before;
  for (const socket of [operator, ...sockets]) socket.disconnect();
  served.stop();
  const total = customers * messagesEach;
  return { case: kind, perSecond: total / seconds, cpuMicros: spent / total };
}

/** An operator for whom a hundred chats are no burden. */
async function takeEverybody(operator: Socket): Promise<void> {
  await operator.emitWithAck('capacity', customers);
  await operator.emitWithAck('status', 'available');
}

async function say(socket: Socket, id: string, rounds: number, arrived: Map<string, () => void>): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const seen = new Promise<void>((resolve) => arrived.set(id, resolve));
    socket.emit('message', { id: `${id}-${round}`, text });
    await seen;
  }
}

const raw = await run('raw');
const memory = await run('memory');
const sqlite = await run('sqlite');
printFigures('Relay of one message, customer to operator, over WebSocket', 'messages', [
  { ...raw, case: 'raw socket.io relay' },
  { ...memory, case: 'gateway, memory store', ratio: raw.cpuMicros / memory.cpuMicros },
  { ...sqlite, case: 'gateway, sqlite store', ratio: raw.cpuMicros / sqlite.cpuMicros },
]);
