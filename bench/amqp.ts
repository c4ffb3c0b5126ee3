/**
 * Texts from one exchange to another: through a minimal amqplib bridge (consume, publish with confirm, acknowledge) and
 * through a gateway that stores each in a chat on the way, with the same prefetch and the same window of confirms.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { theBroker } from '../test/adapter-amqp/broker.js';
import { printFigures, type Figures } from './measure.js';

const users = 500;
const messages = Number(process.env['BENCH_MESSAGES'] ?? 20_000);
const window = 256;
const text = 'A message of the length that people write to each other in a chat, give or take a few words, on average.';
let runs = 0;

async function run(kind: 'minimal' | 'gateway', queueType: string): Promise<Figures> {
  const { url } = await theBroker();
  const mark = `bench${(runs += 1)}`;
  // The gateway publishes to the exchange it consumes from, under the platform of the desk.
  const [from, to] = [mark, kind === 'minimal' ? `${mark}.to` : mark];
  const server = fork(fileURLToPath(new URL('amqp-server.js', import.meta.url)), [
    kind,
    url,
    from,
    to,
    queueType,
    String(window),
  ]);
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
  await send(Math.min(messages, users * 4));
  const [cpu, startedAt] = [await cpuMicros(), performance.now()];
  await send(messages);
  const seconds = (performance.now() - startedAt) / 1_000;
  const spent = (await cpuMicros()) - cpu;
  server.disconnect();
  await model.close();
  return { case: `${kind}, ${queueType}`, perSecond: messages / seconds, cpuMicros: spent / messages };
}

const figures: Figures[] = [];
for (const queueType of (process.env['BENCH_QUEUES'] ?? 'classic,quorum').split(',')) {
  const minimal = await run('minimal', queueType);
  const gateway = await run('gateway', queueType);
  figures.push(minimal, { ...gateway, ratio: gateway.perSecond / minimal.perSecond });
}
printFigures(`RabbitMQ, ${users} users, prefetch and window ${window}`, 'messages', figures);
process.exit();
