#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Fault } from '@dragoman/core';
import { playground } from '@dragoman/playground';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { loadConfig } from './config/load.js';
import { configSchemaFile, type Config } from './config/schema.js';
import type { GatewayOptions } from './container.js';
import { devBanner, devConfig, devEnvironment, verifyDev } from './dev.js';
import { createGateway, type Gateway } from './gateway.js';
import { remedies } from './remedies.js';

/** What the process says when it ends; see the README. */
const exitCodes = { ok: 0, failure: 1, usage: 2, config: 78, unavailable: 69 } as const;

/** How long the process may go on after everything was stopped, ms. */
const lastMs = 1000;

interface ServeOptions {
  readonly dev?: true;
  readonly config?: string;
  readonly port?: number;
  readonly host?: string;
  readonly data?: string;
}

/** A command line that cannot be followed; its message is for the one who typed it. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

function devProfile({ host = '127.0.0.1', port = 4000, data = './data' }: ServeOptions): [Config, GatewayOptions] {
  if (host !== '127.0.0.1') throw new UsageError('--dev serves 127.0.0.1 only: anybody who reaches it may be anybody');
  if (process.env['NODE_ENV'] === 'production') throw new UsageError('--dev refuses to run with NODE_ENV=production');
  const environment = { ...process.env, ...devEnvironment };
  return [
    devConfig(port, data, environment),
    { environment, verify: verifyDev, sites: [playground({ brokerUrl: process.env['AMQP_URL'] })] },
  ];
}

async function profile(options: ServeOptions): Promise<[Config, GatewayOptions]> {
  if (options.dev === true && options.config === undefined) return devProfile(options);
  if (options.dev === true || options.config === undefined) throw new UsageError('give either --dev or --config FILE');
  if ((options.port ?? options.host ?? options.data) !== undefined) {
    throw new UsageError('--port, --host and --data belong to --dev; with --config they stand in the file');
  }
  return [await loadConfig(options.config, { env: process.env, hasVerifier: false }), {}];
}

/** A config that is wrong changes nothing; why is said where everything else is said. */
function reloadOnHangup(gateway: Gateway, file: string): void {
  process.on('SIGHUP', () => {
    void loadConfig(file, { env: process.env, hasVerifier: false })
      .then((config) => gateway.reload(config))
      .catch((error: unknown) => report(error));
  });
}

/** Serves until the process is told to end, then lets everybody go in order. A second signal ends it at once. */
async function serve(options: ServeOptions): Promise<void> {
  const [config, more] = await profile(options);
  const gateway = createGateway(config, more);
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  try {
    await gateway.start();
    if (options.config !== undefined) reloadOnHangup(gateway, options.config);
    if (options.dev === true) process.stdout.write(devBanner(gateway.url() ?? ''));
    await ended;
    await gateway.stop();
  } finally {
    // What was left behind may keep the process, but not for ever.
    setTimeout(() => process.exit(), lastMs).unref();
  }
}

async function check({ config }: { readonly config: string }): Promise<void> {
  await loadConfig(config, { env: process.env, hasVerifier: false });
  process.stdout.write(`${config} is fine\n`);
}

function versionOf(): string {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return version;
}

function program(): Command {
  const dragoman = new Command('dragoman')
    .description('One chat gateway for many live-chat protocols.')
    .version(versionOf())
    .exitOverride();
  dragoman
    .command('serve')
    .description('Serve until SIGTERM or SIGINT.')
    .option('--config <file>', 'what to serve, as JSON')
    .option('--dev', 'every protocol on one local port, with fixed public credentials')
    .option('--port <number>', 'with --dev: the port, 4000 unless given', parsePort)
    .option('--host <address>', 'with --dev: 127.0.0.1, and nothing else')
    .option('--data <folder>', 'with --dev: where data is kept, ./data unless given')
    .action(serve);
  dragoman
    .command('check')
    .description('Say what is wrong with a config, its secrets included, without serving it.')
    .requiredOption('--config <file>', 'what would be served, as JSON')
    .action(check);
  dragoman
    .command('schema')
    .description('Print the JSON Schema of the config file.')
    .action(() => void process.stdout.write(`${JSON.stringify(configSchemaFile(), null, 2)}\n`));
  return dragoman;
}

/** Says in one place what went wrong, in words for the person at the terminal. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof UsageError) {
    process.stderr.write(`dragoman: ${error.message}\n`);
    return exitCodes.usage;
  }
  if (error instanceof Fault) {
    process.stderr.write(`dragoman: ${error.code}: ${error.message}\n  what to do: ${remedies[error.code]}\n`);
    return error.code === 'CONFIG_INVALID' ? exitCodes.config : exitCodes.unavailable;
  }
  process.stderr.write(`dragoman: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.failure;
}

try {
  await program().parseAsync();
  process.exitCode = exitCodes.ok;
} catch (error) {
  process.exitCode = report(error);
}
