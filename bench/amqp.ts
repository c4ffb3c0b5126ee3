/**
 * Texts from one exchange to another: through a minimal amqplib bridge (consume, publish with confirm, acknowledge) and
 * through a gateway that stores each in a chat on the way. Both have the same prefetch and window of confirms, queues with
 * the same arguments, messages with the same properties, and acknowledge one by one. Where the processors are shared with
 * others, what each message costs says more than how many there are in a second.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { theBroker } from '../test/adapter-amqp/broker.js';
import { printFigures, type Figures } from './measure.js';

const users = 500;
const messages = Number(process.env['BENCH_MESSAGES'] ?? 50_000);
/** Carried before anything is measured: what a long-running process has compiled, a new one has not. */
const warmUp = Number(process.env['BENCH_WARM_UP'] ?? 30_000);
/** The two take turns, so that what else the machine does is borne by both. */
const rounds = 5;
const window = 256;
/** As the image and the unit start the gateway: what is on its way dies young, if it has the room to. */
const execArgv = [...process.execArgv, '--max-semi-space-size=64'];
const text = 'A message of the length that people write to each other in a chat, give or take a few words, on average.';
let runs = 0;

interface Bridge {
  /** Carries so many messages from end to end. */
  carry(count: number): Promise<Figures>;
  stop(): Promise<void>;
}

async function bridge(kind: 'minimal' | 'gateway', queueType: string): Promise<Bridge> {
  const { url } = await theBroker();
  const mark = `bench${(runs += 1)}`;
  // The gateway publishes to the exchange it consumes from, under the platform of the desk.
  const [from, to] = [mark, kind === 'minimal' ? `${mark}.to` : mark];
  const program = fileURLToPath(new URL('amqp-server.js', import.meta.url));
  const server = fork(program, [kind, url, from, to, queueType, String(window)], { execArgv });
  await once(server, 'message');
  const cpuMicros = async (): Promise<number> => {
    server.send('cpu');
    const [micros] = (await once(server, 'message')) as [number];
    return micros;
  };
  const model = await connect(url, { noDelay: true });
  const channel = await model.createConfirmChannel();
  await channel.assertQueue(`${mark}.end`, { durable: true, arguments: { 'x-queue-type': queueType } });
  await channel.bindQueue(`${mark}.end`, to, 'desk.#');
  await channel.prefetch(1_000);
  let [arrived, wanted] = [0, 0];
  let all = (): void => undefined;
  await channel.consume(`${mark}.end`, (message) => {
    if (message === null) return;
    channel.ack(message);
    if (message.properties.type !== 'heartbeat' && (arrived += 1) === wanted) all();
  });
  const send = async (count: number): Promise<void> => {
    wanted = arrived + count;
    const done = new Promise<void>((resolve) => (all = resolve));
    for (let n = 0; n < count; n += 1) {
      const userId = `u${n % users}`;
      const body = Buffer.from(JSON.stringify({ type: 'text', platformId: 'front', userId, text }));
      const options = { persistent: true, messageId: `${mark}.${wanted}.${n}` };
      if (!channel.publish(from, `front.${userId}`, body, options)) await once(channel, 'drain');
    }
    await done;
  };
  await send(warmUp);
  return {
    async carry(count) {
      const [cpu, startedAt] = [await cpuMicros(), performance.now()];
      await send(count);
      const seconds = (performance.now() - startedAt) / 1_000;
      const spent = (await cpuMicros()) - cpu;
      return { case: `${kind}, ${queueType}`, perSecond: count / seconds, cpuMicros: spent / count };
    },
    async stop() {
      server.disconnect();
      await model.close();
    },
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function inTheMiddle(all: readonly Figures[]): Figures {
  return {
    case: all[0]?.case ?? '',
    perSecond: median(all.map(({ perSecond }) => perSecond)),
    cpuMicros: median(all.map(({ cpuMicros }) => cpuMicros)),
  };
}

async function compared(queueType: string): Promise<readonly Figures[]> {
  const bridges = [await bridge('minimal', queueType), await bridge('gateway', queueType)] as const;
  const [minimal, gateway]: [Figures[], Figures[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    minimal.push(await bridges[0].carry(messages / rounds));
    gateway.push(await bridges[1].carry(messages / rounds));
  }
  for (const one of bridges) await one.stop();
  const ratios = gateway.map(({ perSecond }, round) => perSecond / (minimal[round]?.perSecond ?? 0));
  return [inTheMiddle(minimal), { ...inTheMiddle(gateway), ratio: median(ratios), spread: ratios }];
}

const figures: Figures[] = [];
for (const queueType of (process.env['BENCH_QUEUES'] ?? 'classic,quorum').split(',')) {
  figures.push(...(await compared(queueType)));
}
printFigures(`RabbitMQ, ${users} users, prefetch and window ${window}`, 'messages', figures);
process.exit();
