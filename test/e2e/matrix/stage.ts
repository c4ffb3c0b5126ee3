import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Adapter, CommandAnswered, Observe, ParticipantId } from '@dragoman/core';
import {
  createGateway,
  createObservers,
  devConfig,
  devEnvironment,
  tokens,
  verifyDev,
  type Config,
  type Environment,
  type Gateway as ServedGateway,
} from '@dragoman/gateway';
import { theBroker } from '../../adapter-amqp/broker.js';
import { FrameWatch } from '../../asyncapi/watching.js';
import { cuttingProxy } from '../../adapter-amqp/cutting-proxy.js';
import { lastingPort } from '../../lasting-port.js';
import type { Dialect, Person } from '../people/person.js';
import { namesOf } from '../people/sermo.js';
import { startChild, type GatewayChild } from './gateway-child.js';
import { greeter } from './greeter.js';

/** Where pictures can be looked at by who is only given their address. */
export const files = 'https://files.example';

/** Sees every frame of every conversation on a stage. */
export const frames = new FrameWatch();

/** Somebody, and the line he is on. */
export interface OnLine {
  readonly person: Person;
  /** Ends his connections at once, without a word; what connects again gets through. */
  cut(): void;
}

/** One gateway, and the people of one conversation. */
export interface Stage {
  customer(dialect: Dialect, id: string): Promise<OnLine>;
  operator(dialect: Dialect, id: string): Promise<OnLine>;
  close(): Promise<void>;
}

/** What a gateway needs to be told for these dialects. */
export function configFor(plain: Config, mark: string, desk: Dialect['desk']): Config {
  const policies = { linkBy: 'subject', botSilentMs: 60_000, queueNotice: 'place: {position}' } as const;
  return {
    ...plain,
    drainMs: 0,
    log: { level: 'error' },
    attachments: { path: plain.attachments?.path ?? '', publicUrl: files },
    adapters: plain.adapters.map((adapter) =>
      adapter.dialect === 'sermo' ? { ...adapter, names: namesOf(mark), queueType: 'classic' } : adapter,
    ),
    workspaces: plain.workspaces.map((workspace) => ({
      ...workspace,
      policies,
      bot: { space: greeter.space, externalId: greeter.id },
      delegations: desk === undefined ? [] : [{ desk }],
    })),
  };
}

const brokerOf = async (dialects: readonly Dialect[]): Promise<string | undefined> =>
  dialects.some(({ needs }) => needs === 'rabbitmq') ? (await theBroker()).url : undefined;

/** What a gateway on a stage reads from its environment. */
export const environmentOf = (broker: string | undefined): Environment => ({
  ...devEnvironment,
  ...(broker !== undefined && { AMQP_URL: broker }),
});

/** By the name of a dialect that listens itself. */
export type Ports = Readonly<Record<string, number>>;

/** The adapters of those dialects that the gateway has none for, at these ports or any. */
export function guestsOf(among: readonly Dialect[], ports: Ports) {
  const guests = [...new Set(among)].flatMap(({ name, guest }) =>
    guest === undefined ? [] : [guest.adapter({ port: ports[name] ?? 0, workspaceId: 'default', verify: verifyDev })],
  );
  return {
    adapters: guests as readonly Adapter[],
    /** Once they have started. */
    ports: (): Ports => Object.fromEntries(guests.map(({ name, port = 0 }) => [name, port])),
  };
}

/** Where a gateway on a stage is reached. */
interface Reached {
  readonly url: string;
  readonly broker: string | undefined;
  readonly mark: string;
  readonly ports: Ports;
}

/** Gives everybody a line of his own to the gateway, one to the broker, and one to an adapter that listens itself. */
function lines(at: Reached) {
  const closing: (() => Promise<void>)[] = [];
  return {
    async connect(dialect: Dialect, side: 'customer' | 'operator', id: string): Promise<OnLine> {
      const port = at.ports[dialect.name];
      const web = await cuttingProxy(at.url);
      const broker = at.broker === undefined ? undefined : await cuttingProxy(at.broker);
      const own = port === undefined ? undefined : await cuttingProxy(`tcp://127.0.0.1:${port}`);
      const place = {
        url: web.url.replace(/\/$/, ''),
        broker: broker?.url,
        mark: at.mark,
        port: own && Number(new URL(own.url).port),
      };
      const person = await dialect[side]?.(place, id);
      if (person === undefined) throw new Error(`${dialect.name} has no ${side}`);
      const ways = [web, broker, own];
      closing.push(async () => {
        await person.hangUp();
        await Promise.all(ways.map((way) => way?.close()));
      });
      return { person, cut: () => ways.forEach((way) => way?.cut()) };
    },
    close: () => Promise.all(closing.map((close) => close())),
  };
}

/** What a gateway on a stage has beside its config. */
interface Extra {
  readonly adapters: readonly Adapter[];
  /** Default: nobody looks on but `frames`. */
  readonly observe?: Observe;
}

/** Makes a gateway in this process. */
export function gatewayOf(config: Config, environment: Environment, { adapters, observe }: Extra): ServedGateway {
  return createGateway(config, {
    verify: verifyDev,
    environment,
    bind(container) {
      const observers = createObservers();
      observers.add(frames.observe);
      if (observe !== undefined) observers.add(observe);
      container.rebind(tokens.observers).toConstantValue(observers);
      for (const adapter of [greeter.adapter(), ...adapters]) container.bind(tokens.adapter).toConstantValue(adapter);
    },
  });
}

/** What somebody on a stage is told of it, and a folder for its data. */
async function prepared(among: readonly Dialect[]) {
  const folder = await mkdtemp(join(tmpdir(), 'dragoman-matrix-'));
  const broker = await brokerOf(among);
  return { folder, broker, mark: `m${randomUUID().slice(0, 8)}` };
}

function peopleOf(people: ReturnType<typeof lines>): Pick<Stage, 'customer' | 'operator'> {
  return {
    customer: (dialect, id) => people.connect(dialect, 'customer', id),
    operator: (dialect, id) => people.connect(dialect, 'operator', id),
  };
}

/** A stage that shows what its gateway was asked and did. */
export interface WatchedStage extends Stage {
  readonly commands: readonly CommandAnswered[];
  /** By what id others know the operator of this dialect who signed in last. */
  idOfLatest(dialect: Dialect): ParticipantId | undefined;
}

/** A gateway in this process; `more` are adapters beside those of the config. */
export async function openStage(
  among: readonly Dialect[],
  desk: Dialect['desk'],
  more: readonly Adapter[] = [],
): Promise<WatchedStage> {
  const { folder, broker, mark } = await prepared(among);
  const environment = environmentOf(broker);
  const config = configFor(devConfig(0, folder, environment), mark, desk);
  const guests = guestsOf(among, {});
  const commands: CommandAnswered[] = [];
  const operators = new Map<string, ParticipantId>();
  const observe: Observe = (sighting) => {
    if (sighting.type === 'command') commands.push(sighting);
    if (sighting.type === 'session-opened' && sighting.role === 'operator') {
      operators.set(sighting.space, sighting.participantId);
    }
  };
  const gateway = gatewayOf(config, environment, { adapters: [...guests.adapters, ...more], observe });
  await gateway.start();
  const people = lines({ url: gateway.url() ?? '', broker, mark, ports: guests.ports() });
  return {
    ...peopleOf(people),
    commands,
    idOfLatest: ({ name }) => operators.get(name),
    async close() {
      await people.close();
      await gateway.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** A stage whose gateway can be killed. */
export interface MortalStage extends Stage {
  /** Kills it with -9, and starts it again where it was: resolves when it serves. */
  killAndStart(): Promise<void>;
}

/** A gateway in a process of its own. */
export async function openMortalStage(among: readonly Dialect[], desk: Dialect['desk']): Promise<MortalStage> {
  const { folder, broker, mark } = await prepared(among);
  const dialects = among.map(({ name }) => name);
  const own = await Promise.all(dialects.map(async (name) => [name, await lastingPort()] as const));
  const order = { folder, broker, mark, desk, dialects, port: await lastingPort(), ports: Object.fromEntries(own) };
  let gateway: GatewayChild = await startChild(order);
  const { url, ports } = gateway;
  const people = lines({ url, broker, mark, ports });
  return {
    ...peopleOf(people),
    async killAndStart() {
      await gateway.kill();
      gateway = await startChild(order);
    },
    async close() {
      await people.close();
      await gateway.kill();
      await rm(folder, { recursive: true });
    },
  };
}
