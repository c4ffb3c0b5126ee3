import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { isOurs, theBroker } from '../../adapter-amqp/broker.js';
import { listener, receiver, type Backend } from './backends.js';
import { everybody, type Customer } from './clients.js';
import { lastingPort } from '../../lasting-port.js';

/** Under `npm run faults` the crowd of the promise. */
const isWhole = process.env['FAULT_ROUNDS'] !== undefined;
const crowd = Number(process.env['FAULT_CLIENTS'] ?? (isWhole ? 2000 : 12));
const acceptsPerSecond = isWhole ? Math.ceil(crowd * 0.15) : 20;
/** Backends that read everything that is said, as it is said. */
const readers = isWhole ? 20 : 3;
/** The desk takes so long at most to answer: longer than a drain, so that answers fall into every part of the restart. */
const answerMs = isWhole ? 15_000 : 500;

interface Traffic {
  readonly admitted: readonly number[];
  readonly opened: readonly number[];
  readonly closed: readonly number[];
}

interface Running {
  readonly child: ChildProcess;
  readonly errors: () => string;
  /** What customers have said so far, by the store. */
  said(): Promise<readonly string[]>;
  /** Tells it to go and resolves when it has gone, with what came and went meanwhile. */
  stop(): Promise<Traffic>;
}

interface Around {
  readonly port: number;
  readonly folder: string;
  /** The address of the backend that is told by webhook. */
  readonly webhook: string;
}

async function start({ port, folder, webhook }: Around): Promise<Running> {
  const program = fileURLToPath(new URL('gateway.js', import.meta.url));
  const args = [String(port), folder, String(acceptsPerSecond), String(answerMs), webhook];
  const env = { ...process.env, ...(isOurs && { AMQP_URL: (await theBroker()).url }) };
  const child = fork(program, args, { silent: true, env });
  let errors = '';
  child.stderr?.on('data', (chunk) => (errors += String(chunk)));
  await once(child, 'message');
  return {
    child,
    errors: () => errors,
    async said() {
      const told = once(child, 'message');
      child.send('said');
      const [{ said }] = (await told) as [{ said: readonly string[] }];
      return said;
    },
    async stop() {
      const told = once(child, 'message');
      child.kill('SIGTERM');
      const [{ traffic }] = (await told) as [{ traffic: Traffic }];
      if (child.exitCode === null) await once(child, 'exit');
      return traffic;
    },
  };
}

/** The most of these that fall into one second. */
function peak(times: readonly number[]): number {
  let [most, from] = [0, 0];
  times.forEach((time, index) => {
    while ((times[from] ?? time) < time - 1000) from += 1;
    most = Math.max(most, index - from + 1);
  });
  return most;
}

const addressOf = (index: number): string => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

/** So many at a time: the drill is about the restart, not about its beginning. */
async function connectAll(port: number): Promise<readonly Customer[]> {
  const customers: Customer[] = [];
  const dialects = await everybody();
  for (let from = 0; from < crowd; from += 50) {
    const batch = Array.from({ length: Math.min(50, crowd - from) }, (_, offset) => {
      const index = from + offset;
      const connect = dialects[index % dialects.length] ?? expect.fail();
      return connect({ port, address: addressOf(index + 1), id: `c${index}` });
    });
    customers.push(...(await Promise.all(batch)));
  }
  return customers;
}

const counted = (texts: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
};

describe('a restart with clients of every dialect', () => {
  let folder = '';
  let running: Running | undefined;
  let customers: readonly Customer[] = [];
  let backends: readonly Backend[] = [];

  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'dragoman-drain-'))));
  afterEach(async () => {
    for (const one of [...customers, ...backends]) void one.close();
    running?.child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  it('brings all of them back no faster than they can be taken in, and loses or doubles no word', async function () {
    this.timeout(isWhole ? 600_000 : 60_000);
    const hook = await receiver(20);
    backends = [hook];
    const around = { port: await lastingPort(), folder, webhook: hook.url };
    running = await start(around);
    const feeds = await Promise.all(Array.from({ length: readers }, () => listener(around.port)));
    backends = [hook, ...feeds];
    customers = await connectAll(around.port);
    const connections = readers + customers.filter(({ dialect }) => dialect !== 'sermo').length;
    const said = customers.map((_, index) => [`hello ${index}`, `again ${index}`] as const);
    await Promise.all(
      customers.map(async (customer, index) => {
        await pause(((index * 1000) / acceptsPerSecond) * 2);
        await customer.say(said[index]?.[0] ?? '');
      }),
    );

    const drainMs = (crowd / acceptsPerSecond) * 1000;
    const speaking = customers.map(async (customer, index) => {
      await pause(Math.random() * (drainMs + 1000));
      await customer.say(said[index]?.[1] ?? '');
    });
    const stoppedAt = performance.now();
    const before = await running.stop();
    const stopMs = performance.now() - stoppedAt;
    expect(running.errors()).not.to.contain('did not stop');
    running = await start(around);
    await Promise.all(speaking);
    const answers = (index: number): readonly string[] => (said[index] ?? []).map((text) => `answer to ${text}`);
    const patienceMs = isWhole ? 240_000 : 30_000;
    const isAnswered = (customer: Customer, index: number): boolean =>
      answers(index).every((text) => customer.heard().includes(text));
    await eventually('everybody has his answers', () => customers.every(isAnswered), patienceMs);
    const backMs = performance.now() - stoppedAt;
    const words = [...said.flat(), ...said.flatMap((_, index) => answers(index))];
    const knowAll = (): boolean => backends.every(({ told }) => told().length >= words.length);
    await eventually('every backend was told everything', knowAll, patienceMs).catch((error: unknown) => {
      console.log(backends.map(({ told, gaveUp }) => [told().length, new Set(told()).size, gaveUp()]));
      throw error;
    });
    expect(backends.map(({ gaveUp }) => gaveUp())).to.deep.equal(backends.map(() => undefined));
    const talks = customers.flatMap((customer, index) => customer.heard().map((text) => `${index} heard ${text}`));
    await Promise.all(customers.map((customer) => customer.close()));
    customers = [];
    const stored = await running.said();
    const after = await running.stop();

    const wanted = [
      ...said.flat(),
      ...said.flatMap((_, index) => answers(index).map((text) => `${index} heard ${text}`)),
      ...backends.flatMap((_, backend) => words.map((text) => `backend ${backend} was told ${text}`)),
    ];
    const told = backends.flatMap((one, backend) => one.told().map((text) => `backend ${backend} was told ${text}`));
    const has = counted([...stored, ...talks, ...told]);
    const doubled = [...has].filter(([, count]) => count > 1).map(([text]) => text);
    const figures = {
      clients: crowd,
      'readers of the feed': readers,
      acceptsPerSecond,
      drainMs: Math.round(stopMs),
      'all connections back so long after the start, ms': Math.round(after.opened[connections - 1] ?? 0),
      'all words answered so long after the stop, ms': Math.round(backMs),
      'most sent away in a second': peak(before.closed.slice(-connections)),
      'most let in within a second': peak(after.admitted),
      'most back in a second': peak(after.opened),
      'words said': 2 * crowd,
      'answers heard': talks.length,
      'words told to backends': told.length,
      'webhooks sent again under their id': hook.repeats(),
      lost: wanted.filter((text) => !has.has(text)).length,
      doubled: doubled.length,
    };
    if (isWhole) console.log(figures);
    expect(has).to.deep.equal(counted(wanted));
    expect(after.opened.length).to.be.at.least(connections);
    expect(peak(after.admitted)).to.be.within(1, acceptsPerSecond);
    running = undefined;
  });
});
