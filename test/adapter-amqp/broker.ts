/** A RabbitMQ of the tests' own, which they may stop and kill: private node, folders, ports and port mapper. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'amqplib';
import { certificatesIn, type Certificates } from './certificates.js';

const scripts = '/usr/lib/rabbitmq/bin';
/** A cold start takes 4 to 8 s on an idle machine. */
const readyMs = 90_000;

export interface Broker {
  readonly url: string;
  /** The same one behind TLS, which also lets in who shows a certificate; undefined where it is lent. */
  readonly tls?: Certificates & { readonly url: string };
  /** Starts it again, with everything it kept. */
  start(): Promise<void>;
  /** Ends it as an operator of the broker would. */
  stop(): Promise<void>;
  /** Ends it as a power failure would, as far as a process can. */
  kill(): Promise<void>;
  /** Runs a command of `rabbitmqctl` on it. */
  ctl(...args: readonly string[]): string;
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

function settings(port: number, securePort: number, folder: string): string {
  return [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    `listeners.ssl.1 = 127.0.0.1:${securePort}`,
    `ssl_options.cacertfile = ${join(folder, 'ca.pem')}`,
    `ssl_options.certfile = ${join(folder, 'broker.pem')}`,
    `ssl_options.keyfile = ${join(folder, 'broker.key')}`,
    'ssl_options.verify = verify_peer',
    'ssl_options.fail_if_no_peer_cert = false',
    'ssl_cert_login_from = common_name',
    'auth_mechanisms.1 = PLAIN',
    'auth_mechanisms.2 = EXTERNAL',
    'disk_free_limit.absolute = 1MB',
    'log.file = false',
    'log.console = false',
    'raft.wal_max_size_bytes = 8000000',
    '',
  ].join('\n');
}

/** Everything below `folder` and on ports of its own, so that no other broker of the machine is touched. */
function surroundings(folder: string, mapper: number, dist: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    LANG: 'C.UTF-8',
    HOME: folder,
    ERL_EPMD_PORT: String(mapper),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `dragoman${dist}@localhost`,
    RABBITMQ_DIST_PORT: String(dist),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
  };
}

async function untilReady(url: string): Promise<void> {
  const end = performance.now() + readyMs;
  for (;;) {
    try {
      await (await connect(url)).close();
      return;
    } catch (error) {
      if (performance.now() > end) throw new Error('the broker of the tests does not start', { cause: error });
      await pause(100);
    }
  }
}

/** Ends a group of processes when ours is gone, however it went. */
const guardian = 'while kill -0 "$1" && kill -0 "$2"; do sleep 1; done; kill -9 "-$2"; kill -0 "$1" || rm -rf "$3"';

function quiet(program: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  // What it writes when it dies belongs into its own folder.
  const child = spawn(program, args, { env, cwd: env['HOME'], stdio: 'ignore', detached: true });
  child.unref();
  const watched = [process.pid, child.pid].map(String);
  spawn('sh', ['-c', guardian, 'guardian', ...watched, env['HOME'] ?? ''], { stdio: 'ignore', detached: true }).unref();
  return child;
}

function killGroup(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

async function ownBroker(): Promise<Broker> {
  const [port = 0, securePort = 0, mapperPort = 0, dist = 0] = await freePorts(4);
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-broker-'));
  const certificates = certificatesIn(folder);
  writeFileSync(join(folder, 'rabbitmq.conf'), settings(port, securePort, folder));
  writeFileSync(join(folder, 'plugins'), '[rabbitmq_auth_mechanism_ssl].');
  const env = surroundings(folder, mapperPort, dist);
  const mapper = quiet('epmd', ['-port', String(mapperPort)], env);
  let server: ChildProcess | undefined;
  process.once('exit', () => {
    killGroup(server);
    killGroup(mapper);
    rmSync(folder, { recursive: true, force: true });
  });
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  const gone = async (child: ChildProcess | undefined, end: () => void): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    end();
    await exit;
  };
  const broker: Broker = {
    url,
    tls: { ...certificates, url: `amqps://guest:guest@127.0.0.1:${securePort}` },
    async start() {
      server = quiet(join(scripts, 'rabbitmq-server'), [], env);
      await untilReady(url);
    },
    stop: () => gone(server, () => server?.kill('SIGTERM')),
    kill: () => gone(server, () => killGroup(server)),
    ctl: (...args) => execFileSync(join(scripts, 'rabbitmqctl'), args, { env, encoding: 'utf8', stdio: 'pipe' }),
  };
  await broker.start();
  return broker;
}

/** One that is there already and that the tests must leave running. */
function lentBroker(url: string): Broker {
  const refuse = async (): Promise<void> => {
    throw new Error('this broker is not of the tests');
  };
  return { url, start: refuse, stop: refuse, kill: refuse, ctl: () => '' };
}

/** Whether the broker is the tests' own, to be stopped and killed. */
export const isOurs = existsSync(scripts);

let shared: Promise<Broker> | undefined;

/** The one broker of a test run: our own, else the one of `AMQP_URL`. */
export function theBroker(): Promise<Broker> {
  const { AMQP_URL: lent } = process.env;
  shared ??= isOurs ? ownBroker() : Promise.resolve(lentBroker(lent ?? ''));
  return shared;
}
